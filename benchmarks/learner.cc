// Speed of learning: reading positions to learn from out of the replay window, and whole steps of
// the learner. Items are positions.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmarks/positions.h"
#include "benchmarks/suites.h"
#include "engine/samples/replay.h"
#include "env/base/clock.h"
#include "env/game/action_mask.h"
#include "models/reference/initial.h"
#include "models/reference/trainer.h"
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
    engine::ReplayWindow filled(env::GameConfig{}, {.permute_blocks = 0.5});
    for (uint64_t seed = 1; seed <= 64; ++seed) filled.Add(MakeFragment(seed, 20));
    return filled;
  }();
  return window;
}

void Load(benchmark::State& bench, int batch) {
  Rng rng(1);
  for (auto _ : bench) benchmark::DoNotOptimize(Window().Sample(batch, rng));
  bench.SetItemsProcessed(bench.iterations() * batch);
}

void CountSteps(benchmark::State& bench, int batch, absl::Duration loading) {
  bench.SetItemsProcessed(bench.iterations() * batch);
  bench.counters["steps"] =
      benchmark::Counter(static_cast<double>(bench.iterations()), benchmark::Counter::kIsRate);
  bench.counters["load_seconds"] =
      benchmark::Counter(absl::ToDoubleSeconds(loading), benchmark::Counter::kAvgIterations);
}

// Does what the learner does: samples a batch, then learns from it.
void Step(benchmark::State& bench, models::NetworkConfig config, int batch, int threads) {
  const auto trainer = models::MakeTrainer(
      models::InitialTrainerState(models::InitialNetwork(config, Rng(1))), {.threads = threads});
  if (!trainer.ok()) return bench.SkipWithError(trainer.status().ToString().c_str());
  Rng rng(1);
  absl::Duration loading;
  for (auto _ : bench) {
    const Stopwatch watch;
    const engine::Batch samples = Window().Sample(batch, rng);
    loading += watch.Elapsed();
    if (!(*trainer)->Step(samples.examples, {}).ok()) bench.SkipWithError("the step failed");
  }
  CountSteps(bench, batch, loading);
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

}  // namespace

void AddLearnerSuite() {
  for (const int batch : {64, 512}) {
    benchmark::RegisterBenchmark(absl::StrCat("load/", batch).c_str(), Load, batch)
        ->Unit(benchmark::kMillisecond);
  }
  for (const models::NetworkConfig config :
       {models::NetworkConfig{.channels = 16, .blocks = 4}, models::NetworkConfig{},
        models::NetworkConfig{.channels = 32, .blocks = 6}}) {
    for (const auto& [batch, threads] : {std::pair(64, 1), std::pair(64, 2), std::pair(512, 1)}) {
      benchmark::RegisterBenchmark(
          absl::StrCat("step/", config.channels, "x", config.blocks, "/", batch, "/", threads)
              .c_str(),
          Step, config, batch, threads)
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
    }
  }
  benchmark::RegisterBenchmark("step/paper/16/1", PaperStep, 16, 1)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace hod::benchmarks
