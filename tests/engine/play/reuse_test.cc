// Play with a cache of evaluations, and with searches that keep their subtrees.
#include "engine/evaluation/evaluate.h"
#include "engine/play/episode.h"
#include "env/game/roles.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

int64_t EvaluationsOf(const RunConfig& config) {
  EpisodeSetup setup = TinySetup(1);
  setup.seats[env::kAssistant] = EvaluationSearches(config, 12);
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  PlayToEnd(*episode);
  CHECK(episode->done());
  return episode->num_evaluations();
}

TEST_CASE("Searches that keep their subtrees ask for fewer evaluations") {
  RunConfig config = TinyConfig();
  CHECK_FALSE(EvaluationSearches(config, 12).reuse_tree);
  const int64_t without = EvaluationsOf(config);
  CHECK(without % 12 == 0);
  config.reuse_tree = true;
  CHECK(SelfPlaySearches(config).reuse_tree);
  const int64_t with = EvaluationsOf(config);
  CHECK(with < without);
  CHECK(with > without / 12);
}

TEST_CASE("Gumbel selection and the reuse of trees exclude each other") {
  RunConfig config;
  REQUIRE(Override(config, "search.reuse_tree=true").ok());
  CHECK(config.reuse_tree);
  const absl::Status status = Override(config, "search.selection=gumbel");
  CHECK_THAT(std::string(status.message()), Catch::Contains("search.reuse_tree: expected false"));
}

TEST_CASE("An evaluation counts what searches asked for and what the cache knew") {
  const TempDir dir;
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 2;
  setup.config.evaluation.simulations = 6;
  const std::string assistant = dir.path() + "/untrained.safetensors";
  const models::Network network = models::InitialNetwork(TinyConfig().network, Rng(1));
  REQUIRE(models::SaveNetwork(assistant, {network, "{}"}).ok());
  setup.assistant = *OpenAssistant(assistant);
  const absl::StatusOr<EvaluationReport> without = Evaluate(setup);
  REQUIRE(without.ok());
  CHECK(without->evaluations > 0);
  CHECK(without->evaluations % 6 == 0);
  CHECK(without->known_evaluations == 0);

  setup.config.cached_positions = 1000;
  const absl::StatusOr<EvaluationReport> with = Evaluate(setup);
  REQUIRE(with.ok());
  CHECK(with->known_evaluations > 0);
  CHECK(with->known_evaluations < with->evaluations);
  CHECK(FormatTable(*with).find("the cache knew") != std::string::npos);
  CHECK(EvaluationFromJson(ToJson(*with))->known_evaluations == with->known_evaluations);
}

}  // namespace
}  // namespace hod::engine
