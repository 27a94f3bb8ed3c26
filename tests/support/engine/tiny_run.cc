#include "tests/support/engine/tiny_run.h"

#include <utility>

#include "engine/play/batched_play.h"
#include "engine/play/player_spec.h"
#include "env/houses/sources/source.h"
#include "mcts/traces/trace_evaluator.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {

std::string TinyToml() { return ReadBytes(SourceDir() + "/tests/support/engine/tiny.toml"); }

RunConfig TinyConfig() {
  absl::StatusOr<RunConfig> config = ParseRunConfig(TinyToml(), "tiny.toml");
  INFO(config.status());
  REQUIRE(config.ok());
  return *config;
}

EpisodeSetup TinySetup(uint64_t seed, bool assisted) {
  RunConfig config = TinyConfig();
  config.search.num_simulations = 5;
  config.selfplay.full_search_fraction = 0.5;
  config.selfplay.fast_simulations = 2;
  auto goals = env::MakeGoalSource("generated", config.game, 1);
  REQUIRE(goals.ok());
  EpisodeSetup setup;
  setup.game = config.game;
  setup.goal = (*goals)->Get(static_cast<int>(seed));
  setup.seats = {*MakePlayerFactory("heuristic")};
  if (assisted) setup.seats.push_back(SelfPlaySearches(config));
  setup.seed = seed;
  return setup;
}

std::unique_ptr<Episode> TinyEpisode(EpisodeSetup setup) {
  auto episode = Episode::Create(std::move(setup));
  INFO(episode.status());
  REQUIRE(episode.ok());
  return *std::move(episode);
}

void PlayToEnd(Episode& episode) {
  mcts::TraceEvaluator evaluator;
  mcts::Evaluation evaluation;
  for (;;) {
    absl::StatusOr<const mcts::Position*> leaf = episode.NextLeaf();
    REQUIRE(leaf.ok());
    if (*leaf == nullptr) break;
    REQUIRE(evaluator.Evaluate({*leaf, 1}, {&evaluation, 1}).ok());
    REQUIRE(episode.Deliver(evaluation).ok());
  }
  REQUIRE(episode.done());
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace hod::engine
