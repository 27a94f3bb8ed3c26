// Speed of learning: reading positions to learn from out of the replay window, and whole steps of
// the learner. Items are positions.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmarks/networks.h"
#include "benchmarks/positions.h"
#include "benchmarks/suites.h"
#include "engine/samples/replay.h"
#include "env/base/clock.h"
#include "env/game/action_mask.h"
#include "models/backends/device_network.h"
#include "models/reference/initial.h"
#include "models/reference/trainer.h"
#include "models/training/network_pass.h"
#include "models/training/trainer.h"

namespace hod::benchmarks {
namespace {

constexpr int kFragmentLength = 64;  // What self-play writes.

// Random play with policies of the size that searches and human models give.
engine::Fragment MakeFragment(uint64_t seed, int search_policy_size) {
  const Episode episode = MakeEpisode(seed, kFragmentLength);
  engine::Fragment fragment;
  fragment.assistant = 1;
  fragment.human = 0;
  fragment.goal = episode.game.goal();
  fragment.start = episode.start;
  env::State state = episode.start;
  std::vector<int32_t> valid;
  for (int t = 0; t < kFragmentLength; ++t) {
    engine::Timestep& step = fragment.steps.emplace_back();
    for (const env::Action& action : episode.JointAction(t)) {
      step.actions.push_back(episode.game.actions().Flatten(action));
    }
    step.human_policy = {{step.actions[0], 1.0f}};
    env::ValidActions(episode.game, state, fragment.assistant, /*line_of_sight=*/true, valid);
    if (static_cast<int>(valid.size()) > search_policy_size) valid.resize(search_policy_size);
    for (const int32_t id : valid) {
      step.search_policy.emplace_back(id, 1.0f / static_cast<float>(valid.size()));
    }
    episode.game.Step(state, episode.JointAction(t));
  }
  return fragment;
}

const engine::ReplayWindow& Window() {
  static const engine::ReplayWindow window = [] {
    engine::ReplayWindow filled({.permute_blocks = 0.5});
    for (uint64_t seed = 1; seed <= 64; ++seed) {
      filled.Add({env::GameConfig{}, {}, {MakeFragment(seed, 20)}});
    }
    return filled;
  }();
  return window;
}

void Load(benchmark::State& bench, int batch) {
  Rng rng(1);
  for (auto _ : bench) benchmark::DoNotOptimize(Window().Sample(batch, rng));
  bench.SetItemsProcessed(bench.iterations() * batch);
}

// How steps are computed.
struct Way {
  const char* name;
  int threads;
  models::Device device = models::Device::kCpu;
  bool torch = false;  // On the processor by libtorch.
};

// The share of the peak of the GPU, or of as many threads, which is measured right before.
struct Share {
  explicit Share(const Way& way)
      : peak(way.device == models::Device::kCuda
                 ? *models::DevicePeakRate(way.device, models::Precision::kBfloat16)
                 : way.threads * PeakRate(models::FastestKernels(models::Precision::kFloat32))) {}
  void Count(benchmark::State& bench, const models::NetworkConfig& config, double positions) {
    const double rate =
        positions * LearningCostOf(config, env::WorldSize()).needed / watch.Seconds();
    bench.counters["GFLOP/s"] = 1e-9 * rate;
    bench.counters["of_peak"] = rate / peak;
  }
  double peak;
  Stopwatch watch;
};

void CountSteps(benchmark::State& bench, int batch, absl::Duration loading) {
  bench.SetItemsProcessed(bench.iterations() * batch);
  bench.counters["steps"] =
      benchmark::Counter(static_cast<double>(bench.iterations()), benchmark::Counter::kIsRate);
  bench.counters["load_seconds"] =
      benchmark::Counter(absl::ToDoubleSeconds(loading), benchmark::Counter::kAvgIterations);
}

// Does what the learner does: samples a batch, then learns from it.
void Step(benchmark::State& bench, models::NetworkConfig config, int batch, Way way) {
  const models::TrainerState state =
      models::InitialTrainerState(models::InitialNetwork(config, Rng(1)));
  const models::TrainerConfig how = {.threads = way.threads, .device = way.device};
  absl::StatusOr<std::unique_ptr<models::Trainer>> made =
      way.torch ? models::MakeTorchTrainer(state, how) : models::MakeTrainer(state, how);
  if (!made.ok()) return bench.SkipWithError(made.status().ToString().c_str());
  const std::unique_ptr<models::Trainer> trainer = *std::move(made);
  Rng rng(1);
  absl::Duration loading;
  Share share(way);
  for (auto _ : bench) {
    const Stopwatch watch;
    const engine::Batch samples = Window().Sample(batch, rng);
    loading += watch.Elapsed();
    if (!trainer->Step(samples.examples, {}).ok()) bench.SkipWithError("the step failed");
  }
  CountSteps(bench, batch, loading);
  share.Count(bench, config, static_cast<double>(bench.iterations()) * batch);
}

// The share of a thread's peak that learning reaches in some of the processor's time.
double ShareOfPeak(const models::NetworkConfig& config, const models::Kernels& kernels,
                   double positions, double seconds) {
  return positions * LearningCostOf(config, env::WorldSize()).needed / seconds / PeakRate(kernels);
}

// Steps in float32 and in bfloat16 in turns, on the same batches and one thread, by the processor's
// time.
void Precisions(benchmark::State& bench, models::NetworkConfig config, int batch) {
  struct Side {
    models::PrecisionChoice choice;
    models::Precision precision;
    std::unique_ptr<models::Trainer> trainer;
    double seconds = 0;
  };
  Side sides[] = {{models::PrecisionChoice::kFloat32, models::Precision::kFloat32, nullptr},
                  {models::PrecisionChoice::kBfloat16, models::Precision::kBfloat16, nullptr}};
  for (Side& side : sides) {
    auto made =
        models::MakeTrainer(models::InitialTrainerState(models::InitialNetwork(config, Rng(1))),
                            {.threads = 1, .precision = side.choice});
    if (!made.ok()) return bench.SkipWithError(made.status().ToString().c_str());
    side.trainer = *std::move(made);
  }
  Rng rng(1);
  for (auto _ : bench) {
    const engine::Batch samples = Window().Sample(batch, rng);
    for (Side& side : sides) {
      const double start = ProcessorSeconds();
      if (!side.trainer->Step(samples.examples, {}).ok()) bench.SkipWithError("the step failed");
      side.seconds += ProcessorSeconds() - start;
    }
  }
  const double positions = static_cast<double>(bench.iterations()) * batch;
  bench.SetItemsProcessed(bench.iterations() * batch);
  for (const Side& side : sides) {
    const std::string name = Name(side.precision);
    bench.counters[name + "/s"] = positions / side.seconds;
    bench.counters[name + "_of_peak"] =
        ShareOfPeak(config, models::FastestKernels(side.precision), positions, side.seconds);
  }
  bench.counters["times_float32"] = sides[0].seconds / sides[1].seconds;
}

// Both passes over one position, by given kernels, in the processor's time.
void Passes(benchmark::State& bench, models::NetworkConfig config, const models::Kernels& kernels) {
  models::PackedNetwork network(config, kernels);
  const models::Network initial = models::RandomNetwork(config, Rng(1));
  network.Pack(initial.parameters);
  models::NetworkGradient gradient(network.layers());
  models::NetworkPass pass(config, env::WorldSize(), kernels);
  const PlayedPositions played(/*seed=*/1, 1);
  pass.See(played.Batch(1).front());
  pass.value_gradient() = 1;
  const double start = ProcessorSeconds();
  for (auto _ : bench) {
    pass.Forward(network);
    pass.Backward(network, gradient);
  }
  const double seconds = ProcessorSeconds() - start;
  const auto positions = static_cast<double>(bench.iterations());
  bench.SetItemsProcessed(bench.iterations());
  bench.counters["of_peak"] = ShareOfPeak(config, kernels, positions, seconds);
}

// The paper's network, on a sequence.
void PaperStep(benchmark::State& bench, int batch, int threads) {
  const auto trainer = models::MakeReferenceTrainer(
      models::InitialReference(models::PaperConfig(), Rng(1)), {.threads = threads}, batch);
  if (!trainer.ok()) return bench.SkipWithError(trainer.status().ToString().c_str());
  const engine::Fragment fragment = MakeFragment(1, 20);
  const std::vector<float> values = engine::ValueTargets(fragment, 0.95);
  absl::Duration loading;
  for (auto _ : bench) {
    const Stopwatch watch;
    engine::Batch samples;
    engine::AddExamples(env::GameConfig{}, fragment, values, 0, batch, {}, samples);
    loading += watch.Elapsed();
    if (!(*trainer)->Step(samples.examples, {}).ok()) bench.SkipWithError("the step failed");
  }
  CountSteps(bench, batch, loading);
}

void RegisterSteps(const models::NetworkConfig& config, int batch, const Way& way) {
  benchmark::RegisterBenchmark(
      absl::StrCat(way.name, "/", config.channels, "x", config.blocks, "/", batch, "/", way.threads)
          .c_str(),
      Step, config, batch, way)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

void AddLearnerSuite() {
  for (const int batch : {64, 512}) {
    benchmark::RegisterBenchmark(absl::StrCat("load/", batch).c_str(), Load, batch)
        ->Unit(benchmark::kMillisecond);
  }
  for (const models::NetworkConfig config : {models::NetworkConfig{.channels = 16, .blocks = 4},
                                             models::NetworkConfig{.channels = 32, .blocks = 6}}) {
    for (const auto& [batch, threads] : {std::pair(64, 1), std::pair(64, 2), std::pair(512, 1)}) {
      RegisterSteps(config, batch, {.name = "step", .threads = threads});
      RegisterSteps(config, batch, {.name = "libtorch", .threads = threads, .torch = true});
    }
    for (const models::Kernels* kernels : models::RunnableKernels()) {
      if (kernels->add_weight_gradient == nullptr) continue;
      benchmark::RegisterBenchmark(absl::StrCat("passes/", config.channels, "x", config.blocks, "/",
                                                Name(kernels->precision), "/", kernels->name)
                                       .c_str(),
                                   Passes, config, *kernels)
          ->Unit(benchmark::kMillisecond);
    }
    if (models::MultipliesBfloat16()) {
      benchmark::RegisterBenchmark(
          absl::StrCat("precisions/", config.channels, "x", config.blocks, "/64").c_str(),
          Precisions, config, 64)
          ->Unit(benchmark::kMillisecond);
    }
  }
  if (models::HasCuda().value_or(false)) {
    for (const models::NetworkConfig config :
         {models::NetworkConfig{.channels = 16, .blocks = 4}, models::NetworkConfig{},
          models::NetworkConfig{.channels = 64, .blocks = 8},
          models::NetworkConfig{.channels = 128, .blocks = 8}}) {
      for (const int batch : {64, 512, 2048}) {
        RegisterSteps(config, batch,
                      {.name = "cuda", .threads = 8, .device = models::Device::kCuda});
      }
    }
  }
  benchmark::RegisterBenchmark("step/paper/16/1", PaperStep, 16, 1)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace hod::benchmarks
