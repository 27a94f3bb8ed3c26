// Speed of the search: with a network that costs nothing, of many games with a real one, of a
// single game; of what is remembered. Items are simulations unless said otherwise.
#include "mcts/search.h"

#include <benchmark/benchmark.h>

#include "benchmarks/many_games.h"
#include "benchmarks/positions.h"
#include "benchmarks/suites.h"
#include "env/game/action_mask.h"
#include "mcts/evaluation_cache.h"
#include "mcts/parallel_evaluator.h"
#include "mcts/run_search.h"
#include "models/backends/network_evaluator.h"
#include "models/reference/evaluator.h"
#include "models/reference/initial.h"

namespace hod::benchmarks {
namespace {

// All that a tree holds where blocks are infinite.
size_t BytesOf(const mcts::Tree& tree) {
  size_t bytes = 0;
  const auto add = [&](const auto& pool) { bytes += pool.size() * sizeof(pool[0]); };
  add(tree.nodes);
  add(tree.edges);
  add(tree.ids);
  add(tree.untried);
  add(tree.human_ids);
  add(tree.human_cumulative);
  add(tree.target_locations);
  add(tree.target_logits);
  return bytes;
}

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
  double bytes = 0, actions = 0, nodes = 0;
  for (auto _ : bench) {
    for (const env::State& position : positions) {
      env::ValidActions(game, position, 0, options.line_of_sight, human_actions);
      evaluation.human_policy.clear();
      for (const int32_t id : human_actions) evaluation.human_policy.push_back({id, 1.0f});
      search.Start(options, &game, position, 1, Rng(++seed));
      while (const mcts::Position* leaf = search.NextLeaf()) {
        evaluation.policy.assign(leaf->valid_actions.size(), 1.0f);
        if (!search.Deliver(evaluation).ok()) {
          bench.SkipWithError("the evaluation was refused");
          return;
        }
      }
      benchmark::DoNotOptimize(search.result());
      bytes += static_cast<double>(BytesOf(search.tree()));
      actions += static_cast<double>(search.tree().ids.size());
      nodes += static_cast<double>(search.nodes().size());
    }
  }
  bench.counters["bytes_per_node"] = bytes / nodes;
  bench.counters["actions_per_node"] = actions / nodes;
  bench.SetItemsProcessed(bench.iterations() * kPositions * options.num_simulations);
}

// Many games with a network: all of self-play but the writing of samples.
void PlayGames(benchmark::State& bench, mcts::Evaluator& evaluator, int games, int threads,
               int leaves_per_game) {
  int64_t evaluations = 0;
  double network = 0, seconds = 0;
  for (auto _ : bench) {
    engine::Timeline timeline;
    const absl::StatusOr<ManyGames> played =
        PlayManyGames(evaluator, games, threads, leaves_per_game, &timeline);
    if (!played.ok()) {
      bench.SkipWithError(std::string(played.status().message()).c_str());
      return;
    }
    bench.SetIterationTime(played->seconds);
    evaluations += played->evaluations;
    network += timeline.Seconds(engine::Work::kNetwork, timeline.Now() - played->seconds);
    seconds += played->seconds;
  }
  bench.SetItemsProcessed(evaluations);
  bench.counters["network_share"] = network / (seconds * threads);
}

void NetworkSimulations(benchmark::State& bench) {
  models::NetworkConfig config;
  config.channels = static_cast<int>(bench.range(0));
  config.blocks = static_cast<int>(bench.range(1));
  const std::unique_ptr<mcts::Evaluator> network = UntrainedNetwork(config);
  PlayGames(bench, *network, static_cast<int>(bench.range(2)), static_cast<int>(bench.range(3)),
            /*leaves_per_game=*/24);
}

void PaperSimulations(benchmark::State& bench) {
  auto paper =
      models::MakeReferenceNetwork(models::InitialReference(models::PaperConfig(), Rng(1)));
  if (!paper.ok()) return bench.SkipWithError(paper.status().ToString().c_str());
  models::ReferenceEvaluator network(*std::move(paper));
  PlayGames(bench, network, static_cast<int>(bench.range(0)), static_cast<int>(bench.range(1)),
            /*leaves_per_game=*/2);
}

// One game, as in live play: several leaves of its tree in each batch.
void SingleGame(benchmark::State& bench) {
  const int in_flight = static_cast<int>(bench.range(0)),
            threads = static_cast<int>(bench.range(1));
  const Episode episode = MakeEpisode(1, 0);
  mcts::SearchOptions options;
  options.max_in_flight = in_flight;
  const env::Game game = mcts::PlanningGame(episode.game, options);
  models::NetworkEvaluator network(models::InitialNetwork({}, Rng(1)));
  mcts::ParallelEvaluator evaluator(&network, threads);
  mcts::Search search;
  for (auto _ : bench) {
    search.Start(options, &game, episode.start, 1, Rng(1));
    if (!mcts::RunSearch(search, evaluator, {}).ok()) bench.SkipWithError("the search failed");
  }
  bench.SetItemsProcessed(bench.iterations() * options.num_simulations);
}

// A position that the cache knows. Items are positions.
void KnownPosition(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, 0);
  std::vector<int32_t> valid;
  env::ValidActions(episode.game, episode.start, 1, true, valid);
  const mcts::Position position = {&episode.game, &episode.start, 1, valid};
  mcts::EvaluationCache cache(
      std::make_unique<models::NetworkEvaluator>(models::InitialNetwork({}, Rng(1))), 1);
  mcts::Evaluation evaluation;
  for (auto _ : bench) {
    if (!cache.Evaluate({position}, {&evaluation, 1}).ok()) bench.SkipWithError("no evaluation");
  }
  bench.SetItemsProcessed(bench.iterations());
}

// Goes from a search of 100 simulations to the start of the next, with the subtree of a move after
// which the human did nothing. Items are moves.
void AdvanceTree(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, 0);
  const mcts::SearchOptions options;
  const env::Game game = mcts::PlanningGame(episode.game, options);
  mcts::Evaluation evaluation;
  evaluation.goal_logits.assign(env::kNumBlocks * game.goal().size(), 0.0f);
  evaluation.human_policy = {{0, 1.0f}};
  mcts::Search finished;
  finished.Start(options, &game, episode.start, 1, Rng(1));
  while (const mcts::Position* leaf = finished.NextLeaf()) {
    evaluation.policy.assign(leaf->valid_actions.size(), 1.0f);
    evaluation.policy.front() = static_cast<float>(leaf->valid_actions.size());
    if (!finished.Deliver(evaluation).ok()) bench.SkipWithError("the evaluation was refused");
  }
  env::State next = episode.start;
  game.Step(next, std::vector<env::Action>(2));
  int kept = 0;
  for (auto _ : bench) {
    bench.PauseTiming();
    mcts::Search search = finished;
    bench.ResumeTiming();
    kept = search.Advance(options, next, Rng(2));
  }
  bench.SetItemsProcessed(bench.iterations());
  bench.counters["kept"] = kept;
}

}  // namespace

void AddSearchSuite() {
  benchmark::RegisterBenchmark("simulations_free", FreeSimulations)
      ->ArgName("simulations")
      ->Arg(20)
      ->Arg(100);
  benchmark::RegisterBenchmark("simulations_network", NetworkSimulations)
      ->ArgNames({"channels", "blocks", "games", "threads"})
      ->Args({32, 4, 64, 1})  // The default network.
      ->Args({32, 4, 64, 2})
      ->Args({16, 4, 64, 1})  // The demo's.
      ->Args({16, 4, 64, 2})
      ->Unit(benchmark::kMillisecond)
      ->UseManualTime();
  benchmark::RegisterBenchmark("simulations_paper", PaperSimulations)
      ->ArgNames({"games", "threads"})
      ->ArgsProduct({{16}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseManualTime();
  benchmark::RegisterBenchmark("single_game", SingleGame)
      ->ArgNames({"in_flight", "threads"})
      ->ArgsProduct({{1, 4, 8, 16}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RegisterBenchmark("known_position", KnownPosition);
  benchmark::RegisterBenchmark("advance", AdvanceTree);
}

}  // namespace hod::benchmarks
