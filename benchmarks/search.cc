// Speed of the search with a network that costs nothing. Items are simulations.
#include "mcts/search.h"

#include <benchmark/benchmark.h>

#include "benchmarks/positions.h"
#include "benchmarks/suites.h"

namespace hod::benchmarks {
namespace {

void FreeSimulations(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, 0);
  mcts::SearchOptions options;
  options.num_simulations = static_cast<int>(bench.range(0));
  const env::Game game = mcts::PlanningGame(episode.game, options);

  // One uniform evaluation for all positions: only the search itself is measured.
  const auto num_actions = static_cast<size_t>(game.actions().num_actions());
  mcts::Evaluation evaluation;
  evaluation.policy.assign(num_actions, 1.0f / static_cast<float>(num_actions));
  evaluation.human_policy = evaluation.policy;
  evaluation.goal_logits.assign(env::kNumBlocks * game.goal().size(), 0.0f);

  mcts::Search search;
  uint64_t seed = 0;
  for (auto _ : bench) {
    search.Start(options, &game, episode.start, 1, env::Rng(++seed));
    while (search.NextLeaf() != nullptr) {
      if (!search.Deliver(evaluation).ok()) {
        bench.SkipWithError("the evaluation was refused");
        return;
      }
    }
    benchmark::DoNotOptimize(search.result());
  }
  bench.SetItemsProcessed(bench.iterations() * options.num_simulations);
}

}  // namespace

void AddSearchSuite() {
  benchmark::RegisterBenchmark("simulations_free", FreeSimulations)
      ->ArgName("simulations")
      ->Arg(20)
      ->Arg(100);
}

}  // namespace hod::benchmarks
