// Speed of the search with a network that costs nothing. Items are simulations.
#include "mcts/search.h"

#include <benchmark/benchmark.h>

#include "benchmarks/positions.h"
#include "benchmarks/suites.h"
#include "env/game/action_mask.h"

namespace hod::benchmarks {
namespace {

void FreeSimulations(benchmark::State& bench) {
  constexpr int kPositions = 64;
  const Episode episode = MakeEpisode(1, 0);
  mcts::SearchOptions options;
  options.num_simulations = static_cast<int>(bench.range(0));
  const env::Game game = mcts::PlanningGame(episode.game, options);

  const std::vector<env::State> positions = MakePositions(game, kPositions, 4);

  // Uniform evaluations: only the search itself is measured. The human is expected to do any of
  // what it can do at the root.
  mcts::Evaluation evaluation;
  evaluation.goal_logits.assign(env::kNumBlocks * game.goal().size(), 0.0f);
  std::vector<int32_t> human_actions;
  mcts::Search search;
  uint64_t seed = 0;
  for (auto _ : bench) {
    for (const env::State& position : positions) {
      env::ValidActions(game, position, 0, options.line_of_sight, human_actions);
      evaluation.human_policy.clear();
      for (const int32_t id : human_actions) evaluation.human_policy.push_back({id, 1.0f});
      search.Start(options, &game, position, 1, env::Rng(++seed));
      while (const mcts::Position* leaf = search.NextLeaf()) {
        evaluation.policy.assign(leaf->valid_actions.size(), 1.0f);
        if (!search.Deliver(evaluation).ok()) {
          bench.SkipWithError("the evaluation was refused");
          return;
        }
      }
      benchmark::DoNotOptimize(search.result());
    }
  }
  bench.SetItemsProcessed(bench.iterations() * kPositions * options.num_simulations);
}

}  // namespace

void AddSearchSuite() {
  benchmark::RegisterBenchmark("simulations_free", FreeSimulations)
      ->ArgName("simulations")
      ->Arg(20)
      ->Arg(100);
}

}  // namespace hod::benchmarks
