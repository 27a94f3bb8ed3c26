// Speed of networks: of predictions as the search asks for them, and of the network alone.
#include "models/reference/network.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/networks.h"
#include "benchmarks/suites.h"
#include "env/base/clock.h"
#include "env/game/action_mask.h"
#include "models/backends/decode.h"
#include "models/backends/device_network.h"
#include "models/backends/kernels.h"
#include "models/backends/make_evaluator.h"
#include "models/backends/network_evaluator.h"
#include "models/backends/torch_backend.h"
#include "models/network/features.h"

namespace hod::benchmarks {
namespace {

using models::Backend;
using models::Precision;
using models::Workspace;

constexpr int kPositions = 64;  // Different ones.
constexpr int kBatches[] = {1, 2, 4, 8, 16, 32, 64, 128, 256}, kFewBatches[] = {1, 8, 32};

const PlayedPositions& Positions() {
  static const PlayedPositions positions(/*seed=*/1, kPositions);
  return positions;
}

thread_local double seconds_in_network = 0;

// A backend whose passes are timed, in the thread that makes them.
class TimedBackend : public Backend {
 public:
  explicit TimedBackend(std::unique_ptr<Backend> inner) : inner_(std::move(inner)) {}

  std::unique_ptr<Workspace> MakeWorkspace(const env::WorldSize& size) const override {
    return std::make_unique<TimedWorkspace>(inner_->MakeWorkspace(size));
  }
  int positions_per_pass() const override { return inner_->positions_per_pass(); }

 private:
  class TimedWorkspace : public Workspace {
   public:
    explicit TimedWorkspace(std::unique_ptr<Workspace> inner) : inner_(std::move(inner)) {
      planes = inner_->planes;
      globals = inner_->globals;
      goal_logits = inner_->goal_logits;
      values = inner_->values;
    }
    void Run(int positions) override {
      const Stopwatch watch;
      inner_->Run(positions);
      seconds_in_network += watch.Seconds();
    }
    void ActionLogits(int position, models::Actor actor, const env::ActionSpace& actions,
                      absl::Span<const int32_t> ids, absl::Span<float> action_logits) override {
      const Stopwatch watch;
      inner_->ActionLogits(position, actor, actions, ids, action_logits);
      seconds_in_network += watch.Seconds();
    }

   private:
    std::unique_ptr<Workspace> inner_;
  };

  std::unique_ptr<Backend> inner_;
};

// What is measured on the processor: in what precision a network is computed there.
struct Variant {
  std::string name;
  Precision precision;
  std::function<std::unique_ptr<Backend>(const models::Network&)> make;
};

// Times `pass` over `batch` positions. `peak` is the rate of what computes them, which is measured
// right before; on the processor by as many threads.
void Measure(benchmark::State& bench, double peak, const Cost& cost, int batch,
             const std::function<absl::Status()>& pass) {
  if (absl::Status status = pass(); !status.ok()) {
    bench.SkipWithError(std::string(status.message()).c_str());
  }
  seconds_in_network = 0;
  const Stopwatch watch;
  for (auto _ : bench) {
    if (absl::Status status = pass(); !status.ok()) {
      bench.SkipWithError(std::string(status.message()).c_str());
    }
  }
  const double seconds = watch.Seconds();
  const double positions = static_cast<double>(bench.iterations()) * batch;
  bench.SetItemsProcessed(bench.iterations() * batch);
  bench.counters["MFLOP"] = benchmark::Counter(1e-6 * cost.needed, benchmark::Counter::kAvgThreads);
  bench.counters["GFLOP/s"] = 1e-9 * positions * cost.needed / seconds;
  bench.counters["nominal_GFLOP/s"] = 1e-9 * positions * cost.nominal / seconds;
  const auto average = [&](double value) {
    return benchmark::Counter(value, benchmark::Counter::kAvgThreads);
  };
  bench.counters["of_peak"] = average(positions * cost.needed / seconds / peak);
  if (seconds_in_network > 0) {
    bench.counters["encode_decode"] = average(1 - seconds_in_network / seconds);
  }
}

void Register(const std::string& name, int threads,
              const std::function<void(benchmark::State&)>& function) {
  benchmark::RegisterBenchmark(absl::StrCat(name, "/", threads).c_str(), function)
      ->Threads(threads)
      ->UseRealTime()
      ->MinTime(0.1)
      ->Unit(benchmark::kMicrosecond);
}

void Encode(const models::NetworkConfig& config, absl::Span<const mcts::Position> positions,
            const Workspace& into) {
  const size_t row = into.planes.size() / positions.size();
  const size_t globals = into.globals.size() / positions.size();
  for (size_t i = 0; i < positions.size(); ++i) {
    models::EncodeFeatures(config, positions[i], into.planes.subspan(i * row, row),
                           into.globals.subspan(i * globals, globals));
  }
}

// Registers a network of Hod's own kind.
void RegisterNetwork(const std::string& name, const models::NetworkConfig& config,
                     const Variant& variant, bool evaluate, absl::Span<const int> batches) {
  const Cost cost = CostOf(config, env::WorldSize());
  const auto network =
      std::make_shared<const models::Network>(models::RandomNetwork(config, Rng(1)));
  const std::string kind = evaluate ? "evaluate" : "forward";
  for (const int threads : {1, 2}) {
    const std::shared_ptr<Backend> backend = variant.make(*network);
    const auto evaluator = std::make_shared<models::NetworkEvaluator>(
        config, std::make_unique<TimedBackend>(variant.make(*network)));
    for (const int batch : batches) {
      const auto full = absl::StrCat(kind, "/", name, "/", variant.name, "/", batch);
      if (evaluate) {
        Register(full, threads, [=](benchmark::State& bench) {
          const std::vector<mcts::Position> positions = Positions().Batch(batch);
          std::vector<mcts::Evaluation> evaluations(batch);
          Measure(bench, PeakRate(models::FastestKernels(variant.precision)), cost, batch,
                  [&] { return evaluator->Evaluate(positions, absl::MakeSpan(evaluations)); });
        });
      } else {
        Register(full, threads, [=](benchmark::State& bench) {
          const auto workspace = backend->MakeWorkspace(Positions().game().size());
          const int pass = backend->positions_per_pass();
          Encode(config, Positions().Batch(pass), *workspace);
          Measure(bench, PeakRate(models::FastestKernels(variant.precision)), cost, batch, [&] {
            for (int left = batch; left > 0; left -= pass) workspace->Run(std::min(left, pass));
            return absl::OkStatus();
          });
        });
      }
    }
  }
}

// What of_peak compares with.
void Peak(benchmark::State& bench, Precision precision) {
  constexpr int64_t kSteps = 100000;
  const models::Kernels& kernels = models::FastestKernels(precision);
  double operations = 0;
  const Stopwatch watch;
  for (auto _ : bench) operations += kernels.multiply_add(kSteps);
  bench.counters["GFLOP/s"] = 1e-9 * operations / watch.Seconds();
}

// The paper's network with all that a search needs of it: features, memory of the timestep before,
// and both distributions over valid actions.
void EvaluatePaper(benchmark::State& bench, int batch) {
  static const models::ReferenceWeights weights = RandomPaperNetwork(1);
  static const auto& made = *new auto(models::MakeReferenceNetwork(weights));
  if (!made.ok()) return bench.SkipWithError(made.status().ToString().c_str());
  const models::ReferenceNetwork& network = **made;
  const std::vector<mcts::Position> positions = Positions().Batch(batch);
  std::vector<models::ReferenceOutput> outputs(batch);
  std::vector<models::ReferenceMemory> memories(batch);
  std::vector<int32_t> human_actions;
  std::vector<float> policy, human_policy;
  Measure(bench, PeakRate(models::FastestKernels(Precision::kFloat32)),
          CostOf(weights.config, Positions().game().size()), batch, [&] {
            std::vector<models::ReferenceInput> inputs;
            for (int i = 0; i < batch; ++i) {
              const mcts::Position& p = positions[i];
              inputs.push_back({models::ObservationOf(*p.game, *p.state, p.player), &memories[i]});
            }
            absl::Status status = network.Step(inputs, absl::MakeSpan(outputs));
            for (int i = 0; i < batch; ++i) {
              const mcts::Position& p = positions[i];
              const env::ActionSpace& actions = p.game->actions();
              models::ActionProbabilities(outputs[i].policy, actions, p.valid_actions, policy);
              env::ValidActions(*p.game, *p.state, 0, /*line_of_sight=*/true, human_actions);
              models::ActionProbabilities(outputs[i].human, actions, human_actions, human_policy);
              memories[i].swap(outputs[i].memory);
            }
            return status;
          });
}

// All that can be had here.
std::vector<Variant> Variants() {
  using Choice = models::PrecisionChoice;
  struct Named {
    const char* name;
    Choice choice;
    Precision precision;
  };
  const models::Network tiny = models::RandomNetwork({.channels = 1, .blocks = 0}, Rng(1));
  std::vector<Variant> variants;
  for (const auto& [name, choice, precision] :
       {Named{"float32", Choice::kFloat32, Precision::kFloat32},
        Named{"bfloat16", Choice::kBfloat16, Precision::kBfloat16},
        Named{"int8", Choice::kInt8, Precision::kInt8}}) {
    if (!models::MakeBackend(tiny, choice).ok()) continue;
    variants.push_back({name, precision, [choice](const models::Network& network) {
                          return *models::MakeBackend(network, choice);
                        }});
  }
  return variants;
}

// Evaluations on a GPU by several threads, which share its passes.
void RegisterOnGpu(const std::string& name, const models::NetworkConfig& config) {
  const Cost cost = CostOf(config, env::WorldSize());
  const auto network =
      std::make_shared<const models::Network>(models::RandomNetwork(config, Rng(1)));
  for (const int batch : {8, 32, 128}) {
    for (const int per_pass : {256, 1024}) {
      const std::shared_ptr<mcts::Evaluator> evaluator = *models::MakeNetworkEvaluator(
          *network, {.device = models::Device::kCuda, .positions_per_pass = per_pass});
      for (const int threads : {1, 8, 16, 32}) {
        const auto full = absl::StrCat("evaluate/", name, "/cuda-bfloat16/", per_pass, "/", batch);
        Register(full, threads, [=](benchmark::State& bench) {
          const std::vector<mcts::Position> positions = Positions().Batch(batch);
          std::vector<mcts::Evaluation> evaluations(batch);
          const double peak = *models::DevicePeakRate(models::Device::kCuda, Precision::kBfloat16);
          Measure(bench, peak / bench.threads(), cost, batch,
                  [&] { return evaluator->Evaluate(positions, absl::MakeSpan(evaluations)); });
        });
      }
    }
  }
}

}  // namespace

void AddNetworkSuite() {
  const models::NetworkConfig hod, demo = kDemoNetwork;
  for (const Variant& variant : Variants()) {
    for (const int threads : {1, 2}) {
      Register(absl::StrCat("peak/", variant.name), threads,
               [variant](benchmark::State& bench) { Peak(bench, variant.precision); });
    }
    for (const bool evaluate : {true, false}) {
      RegisterNetwork("hod", hod, variant, evaluate, kBatches);
      RegisterNetwork("demo", demo, variant, evaluate, kBatches);
    }
  }
  if (models::HasCuda().value_or(false)) {
    RegisterOnGpu("hod", hod);
    RegisterOnGpu("demo", demo);
    for (const int channels : {64, 128}) {
      RegisterOnGpu(absl::StrCat(channels, "x8"), {.channels = channels, .blocks = 8});
    }
  }
  const auto libtorch = [](const models::Network& network) {
    return *models::MakeTorchBackend(network, models::Device::kCpu, Precision::kFloat32);
  };
  const Variant reference = {"libtorch-float32", Precision::kFloat32, libtorch};
  RegisterNetwork("hod", hod, reference, /*evaluate=*/false, kFewBatches);
  RegisterNetwork("demo", demo, reference, /*evaluate=*/false, kFewBatches);
  for (const int threads : {1, 2}) {
    for (const int batch : {1, 16}) {
      Register(absl::StrCat("evaluate/paper/float32/", batch), threads,
               [batch](benchmark::State& bench) { EvaluatePaper(bench, batch); });
    }
  }
}

}  // namespace hod::benchmarks
