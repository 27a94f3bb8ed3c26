// hod explain as a user runs it.
#include <nlohmann/json.hpp>

#include "engine/config/run_config.h"
#include "engine/training/run_directory.h"
#include "env/base/files.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/explained_moments.h"
#include "tests/support/env/program.h"

namespace hod::engine {
namespace {

// A directory with a recorded episode and an untrained network.
class Workplace {
 public:
  Workplace() : trace_(*this / "episode.jsonl.gz"), checkpoint_(*this / "c.safetensors") {
    Record(SmallEpisode(), trace_);
    RunConfig config;
    config.network = {.channels = 4, .blocks = 1};
    config.evaluation.simulations = 7;
    const RunProgress run = {.config = ToToml(config)};
    const models::Network network = models::InitialNetwork(config.network, Rng(1));
    REQUIRE(models::SaveNetwork(checkpoint_, {network, run.ToJson()}).ok());
  }

  std::string operator/(const std::string& name) const { return dir_.path() + "/" + name; }
  const TempDir& dir() const { return dir_; }
  const std::string& trace() const { return trace_; }
  const std::string& checkpoint() const { return checkpoint_; }

  // Output of "hod explain ARGUMENTS...", which must end with `status`.
  std::string Explain(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(), "explain");
    const Ended ended = RunProgram(arguments, *this / "output.log");
    INFO(ended.output);
    CHECK(ended.status == status);
    return ended.output;
  }
  // The same, of the checkpoint.
  std::string ExplainStep(const std::string& step, std::vector<std::string> more,
                          int status = 0) const {
    more.insert(more.begin(), {trace_, "--step", step, "--checkpoint", checkpoint_});
    return Explain(more, status);
  }

 private:
  TempDir dir_;
  std::string trace_, checkpoint_;
};

TEST_CASE("hod explain: text, picture and JSON, with the checkpoint's settings or others") {
  const Workplace work;
  const std::string png = work / "e.png";
  const std::string text = work.ExplainStep("1", {"--out", png});
  CHECK_THAT(text, Catch::StartsWith("step 1, ") && Catch::Contains("assistant: 7 simulations"));
  CHECK_THAT(*ReadFile(png), Catch::StartsWith("\x89PNG"));
  CHECK_THAT(work.ExplainStep("0", {"--simulations", "3"}), Catch::Contains("3 simulations"));

  const std::string config =
      work.dir().Write("other.toml", "[evaluation]\nsimulations = 5\n[search]\ngamma = 0.9\n");
  const nlohmann::json json = nlohmann::json::parse(work.ExplainStep(
      "2", {"--json", "--config", config, "--set", "search.selection=flat", "--top", "2"}));
  CHECK(json["simulations"] == 5);
  CHECK(json["checkpoint"] == work.checkpoint());
  CHECK(json["human"]["actions"].size() == 2);
}

TEST_CASE("hod explain: without a checkpoint, the assistant is the one that is shipped") {
  const Workplace work;
  const auto explained = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {work.trace(), "--step", "1", "--simulations", "2", "--json"});
    return nlohmann::json::parse(work.Explain(more));
  };
  nlohmann::json by_default = explained({});
  CHECK(by_default["checkpoint"] == "shipped:11x10x10");
  nlohmann::json named = explained({"--checkpoint", "shipped:11x10x10"});
  for (nlohmann::json* json : {&by_default, &named}) json->erase("milliseconds");
  CHECK(by_default == named);
}

TEST_CASE("hod explain: within a limit of time, up to the simulations asked for") {
  const Workplace work;
  const auto simulations = [&](std::vector<std::string> more) {
    more.push_back("--json");
    return nlohmann::json::parse(work.ExplainStep("0", more))["simulations"].get<int>();
  };
  CHECK(simulations({"--time-ms", "60000", "--simulations", "30"}) == 30);
  CHECK(simulations({"--time-ms", "0.001"}) == 1);
  CHECK(simulations({"--time-ms", "300"}) > 7);
  CHECK_THAT(work.ExplainStep("0", {"--time-ms", "9", "--set", "search.selection=gumbel"}, 1),
             Catch::Contains("gumbel") && Catch::Contains("--simulations"));
}

TEST_CASE("hod explain: mistakes are named") {
  const Workplace work;
  CHECK_THAT(work.ExplainStep("3", {}, 1),
             Catch::Contains(work.trace() + ": step: expected 0 to 2, got 3"));
  CHECK_THAT(work.ExplainStep("0", {"--episode", "4"}, 1), Catch::Contains("holds 1 episode"));
  CHECK_THAT(work.ExplainStep("0", {"--out", "e.jpg"}, 105), Catch::Contains(".png"));
  CHECK_THAT(work.ExplainStep("0", {"--set", "search.gama=1"}, 1),
             Catch::Contains("search.gama: no such setting"));
  const std::string missing = work / "missing";
  CHECK_THAT(work.Explain({missing, "--step", "0", "--checkpoint", work.checkpoint()}, 1),
             Catch::Contains(missing));
  CHECK_THAT(work.Explain({work.trace(), "--step", "0", "--checkpoint", missing}, 1),
             Catch::Contains(missing));
  CHECK_THAT(work.Explain({work.trace(), "--step", "0", "--checkpoint", work.trace()}, 1),
             Catch::Contains(work.trace()));

  const std::string truncated = work / "truncated.jsonl.gz";
  const std::string whole = *ReadFile(work.trace());
  REQUIRE(WriteFileAtomically(truncated, whole.substr(0, whole.size() / 2)).ok());
  CHECK_THAT(work.Explain({truncated, "--step", "0", "--checkpoint", work.checkpoint()}, 1),
             Catch::Contains(truncated));

  const std::string finite = work / "finite.jsonl.gz";
  Record(SmallEpisode(SmallAssistedGame(/*inf_blocks=*/false)), finite);
  CHECK_THAT(work.Explain({finite, "--step", "0", "--checkpoint", work.checkpoint()}, 1),
             Catch::Contains(work.checkpoint() + ": the game has finite blocks"));
}

}  // namespace
}  // namespace hod::engine
