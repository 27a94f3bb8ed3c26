// Speed of the rules: steps, undo, masks, observations. Items are joint steps, masks of one player
// and observations of one player.
#include <benchmark/benchmark.h>

#include "benchmarks/positions.h"
#include "env/game/observation.h"

namespace hod::env {
namespace {

constexpr int kSteps = 500;

void BM_Step(benchmark::State& bench) {
  const BenchmarkPosition position = MakeBenchmarkPosition(kSteps);
  const absl::Span<const Action> actions = position.actions;
  for (auto _ : bench) {
    State state = position.state;
    for (int t = 0; t < kSteps; ++t) {
      benchmark::DoNotOptimize(position.game.Step(state, actions.subspan(2 * t, 2)));
    }
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}
BENCHMARK(BM_Step);

void BM_StepAndUndo(benchmark::State& bench) {
  const BenchmarkPosition position = MakeBenchmarkPosition(kSteps);
  const absl::Span<const Action> actions = position.actions;
  State state = position.state;
  std::vector<StepUndo> undos(kSteps);
  for (auto _ : bench) {
    for (int t = 0; t < kSteps; ++t) {
      position.game.Step(state, actions.subspan(2 * t, 2), &undos[t]);
    }
    for (int t = kSteps; t-- > 0;) position.game.Undo(state, undos[t]);
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}
BENCHMARK(BM_StepAndUndo);

void BM_Mask(benchmark::State& bench) {
  const bool line_of_sight = bench.range(0) != 0;
  const BenchmarkPosition position = MakeBenchmarkPosition(0);
  std::vector<int32_t> valid;
  for (auto _ : bench) {
    ValidActions(position.game, position.state, 1, line_of_sight, valid);
    benchmark::DoNotOptimize(valid.data());
  }
  bench.SetItemsProcessed(bench.iterations());
}
BENCHMARK(BM_Mask)->ArgName("line_of_sight")->Arg(0)->Arg(1);

void BM_Observation(benchmark::State& bench) {
  const BenchmarkPosition position = MakeBenchmarkPosition(0);
  std::vector<uint8_t> observation(kNumObservationChannels * position.game.goal().size());
  for (auto _ : bench) {
    WorldObservation(position.game, position.state, 1, absl::MakeSpan(observation));
    benchmark::DoNotOptimize(observation.data());
  }
  bench.SetItemsProcessed(bench.iterations());
}
BENCHMARK(BM_Observation);

}  // namespace
}  // namespace hod::env
