// Run configurations: what is read, what is refused and how, and what is written.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/config/fields.h"
#include "engine/config/run_config.h"
#include "engine/play/human_file.h"
#include "env/base/files.h"
#include "env/game/roles.h"
#include "env/settings/toml.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

using settings::Setting;
using settings::Value;

std::string Error(const std::string& text) {
  const absl::StatusOr<RunConfig> config = ParseRunConfig(text, "run.toml");
  return config.ok() ? "accepted" : std::string(config.status().message());
}

std::string OverrideError(const std::string& assignment) {
  RunConfig config;
  const absl::Status status = Override(config, assignment);
  return status.ok() ? "accepted" : std::string(status.message());
}

// Gives a setting another value that it accepts.
void Change(Setting& setting) {
  const std::string before = ToToml(setting.get());
  std::vector<Value> candidates = {
      {Value::List{{Value::List{{int64_t{0}}, {1.5}}}, {Value::List{{int64_t{900}}, {0.1}}}}},
      {Value::List{{int64_t{6}}, {int64_t{7}}, {int64_t{8}}}},
      {Value::List{{0.55}, {0.95}}},
      {before == "false"},
      {std::string("npy:/a \"quoted\"\\ path/\u00fc # [x]\t'single'\n")}};
  const Value value = setting.get();
  if (const auto* i = std::get_if<int64_t>(&value.data)) candidates.push_back({*i + 1});
  if (const auto* d = std::get_if<double>(&value.data)) {
    for (const double other : {*d / 3 + 0.1, *d + 1.0 / 3, (1 + *d) / 2})
      candidates.push_back({other});
  }
  // The names of a choice.
  absl::string_view names = setting.expected;
  if (absl::ConsumePrefix(&names, "one of ")) {
    for (const absl::string_view name : absl::StrSplit(names, ", ")) {
      candidates.push_back({std::string(name)});
    }
  }
  for (const Value& candidate : candidates) {
    if (setting.set(candidate) && ToToml(setting.get()) != before) return;
  }
  FAIL("no other value found for " << setting.key);
}

TEST_CASE("Every shipped configuration is read") {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(SourceDir() + "/configs")) {
    if (!file.is_regular_file()) continue;
    const std::string name = file.path().filename();
    // These describe several runs, or what is made of them.
    if (absl::EndsWith(name, "_study.toml") || name == "assistants.toml") continue;
    const absl::StatusOr<RunConfig> config = LoadRunConfig(file.path().string(), {});
    INFO(file.path() << ": " << config.status());
    CHECK(config.ok());
    ++count;
  }
  CHECK(count >= 2);
}

TEST_CASE("Every shipped human file is read") {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(SourceDir() + "/configs/humans")) {
    const absl::StatusOr<HumanFile> human = LoadHumanFile(file.path().string());
    INFO(file.path() << ": " << human.status());
    CHECK(human.ok());
    ++count;
  }
  CHECK(count >= 2);
}

TEST_CASE("What ToToml writes is read back, with every setting changed") {
  RunConfig changed;
  settings::Declaration declaration = Declare(changed);
  for (Setting& setting : declaration.settings()) Change(setting);
  CHECK(Differences(RunConfig(), changed).size() == declaration.settings().size());
  // These do not go with others as they are now: with teleportation, reuse_tree and PPO.
  changed.search.plan_prior = 0;
  changed.look_back = false;
  changed.learner.samples = kSelfPlay;
  changed.learner.learners = 1;
  changed.learner.optimizer = models::OptimizerKind::kAdam;

  const absl::StatusOr<RunConfig> read = ParseRunConfig(ToToml(changed), "changed.toml");
  INFO(ToToml(changed) << read.status());
  REQUIRE(read.ok());
  CHECK(Differences(*read, changed).empty());
  CHECK(ToToml(*read) == ToToml(changed));
  CHECK(read->goals == changed.goals);
  CHECK(read->game.players[env::kAssistant].rewards.noop.At(450) == Approx(0.8));
}

TEST_CASE("The optimizer is one of two, and PPO learns by Adam") {
  RunConfig config;
  REQUIRE(Override(config, "learner.optimizer=muon").ok());
  CHECK(config.learner.optimizer == models::OptimizerKind::kMuon);
  CHECK_THAT(ToToml(config), Catch::Contains("optimizer = 'muon'"));
  CHECK_THAT(std::string(Override(config, "learner.algorithm=ppo").message()),
             Catch::Contains("learner.optimizer: expected adam with learner.algorithm = ppo"));
  CHECK_FALSE(Override(config, "learner.optimizer=sgd").ok());
}

TEST_CASE("A search that looks back does not keep its tree") {
  RunConfig config;
  REQUIRE(Override(config, "search.look_back=true").ok());
  CHECK_THAT(std::string(Override(config, "search.reuse_tree=true").message()),
             Catch::Contains("search.reuse_tree: expected false with search.look_back"));
}

TEST_CASE("Numbers are written with as many digits as they need") {
  CHECK(ToToml(Value{0.1}) == "0.1");
  CHECK(ToToml(Value{3.0}) == "3.0");
  CHECK(ToToml(Value{1e-9}) == "1e-09");
  for (const double value :
       {1.0 / 3, 2e-3, 987654.321, std::numeric_limits<double>::denorm_min()}) {
    RunConfig config;
    config.game.players[env::kHuman].rewards.noop = env::Schedule(value);
    const absl::StatusOr<RunConfig> read = ParseRunConfig(ToToml(config), "numbers.toml");
    REQUIRE(read.ok());
    CHECK(read->game.players[env::kHuman].rewards.noop.At(0) == value);
  }
}

TEST_CASE("A refused file is named with the line, the key and what was expected") {
  struct Case {
    const char* text;
    std::vector<const char*> parts;
  };
  const Case cases[] = {
      {"seed = 3\n[search]\nnum_simulation = 5\n",
       {"run.toml: line 3", "search.num_simulation: no such setting"}},
      {"[serach]\nc_puct = 1.0\n", {"line 2", "serach.c_puct: no such setting"}},
      {"\n\nseed = \"one\"\n",
       {"run.toml: line 3", "seed: expected an integer from 0", "got 'one'"}},
      {"seed = 1.5\n", {"seed: expected an integer", "got 1.5"}},
      {"seed = -1\n", {"seed: expected an integer from 0", "got -1"}},
      {"seed = 2024-01-31\n", {"line 1", "seed: expected a flag, a number, a string or a list"}},
      {"goals = \"\"\n", {"goals: expected generated, npy:DIR, set:DIR"}},
      {"goals = 3\n", {"goals: expected generated, npy:DIR, set:DIR", "got 3"}},
      {"[game]\nhorizon = 0\n", {"line 2", "game.horizon: expected an integer from 1 to 100000"}},
      {"[game]\ninf_blocks = 1\n", {"game.inf_blocks: expected true or false, got 1"}},
      {"[game]\nworld_size = [6, 6]\n", {"world_size: expected three integers from 4 to 64"}},
      {"[game]\nworld_size = [3, 6, 6]\n", {"expected three integers", "got [3, 6, 6]"}},
      {"[game]\nworld_size = [6, 6, 65]\n", {"expected three integers", "got [6, 6, 65]"}},
      {"[game]\nworld_size = [6, 6.0, 6]\n", {"expected three integers", "got [6, 6.0, 6]"}},
      {"[search]\ngamma = 1.01\n", {"search.gamma: expected a number from 0 to 1, got 1.01"}},
      {"[search]\ngamma = nan\n", {"search.gamma: expected a number from 0 to 1"}},
      {"[search]\nc_puct = inf\n", {"search.c_puct: expected a number"}},
      {"[search]\nselection = \"best\"\n",
       {"search.selection: expected one of bilevel, bilevel_unscaled, flat", "best"}},
      {"[network]\nchannels = 0\n", {"network.channels: expected an integer from 1"}},
      {"[network]\nblock = \"thick\"\n",
       {"network.block: expected one of factorised, dense", "thick"}},
      {"seed = \n", {"run.toml: line 1"}},
      {"seed = 1\nseed = 2\n", {"run.toml: line 2", "seed"}},
      {"[learner\n", {"run.toml: line 1"}},
      {"goals = \"\xff\"\n", {"run.toml: line 1"}},
  };
  for (const Case& c : cases) {
    const std::string error = Error(c.text);
    for (const char* part : c.parts) CHECK_THAT(error, Catch::Contains(part));
  }
}

TEST_CASE("Rewards may be schedules of the training timestep") {
  const absl::StatusOr<RunConfig> config = ParseRunConfig(
      "[game.human_rewards]\nnoop = -1\n"
      "[game.assistant_rewards]\naction = [[100, 0], [300, -0.5]]\n",
      "run.toml");
  REQUIRE(config.ok());
  CHECK(config->game.players[env::kHuman].rewards.noop.At(123) == -1);
  const env::Schedule& action = config->game.players[env::kAssistant].rewards.action;
  CHECK(action.At(0) == 0);
  CHECK(action.At(200) == Approx(-0.25));
  CHECK(action.At(1000) == -0.5);

  for (const char* schedule :
       {"[]", "[[0]]", "[[0, 1, 2]]", "[0, 1]", "[[5, 1], [5, 2]]", "[[5, 1], [4, 2]]",
        "[[\"a\", 1]]", "[[0.5, 1]]", "\"high\"", "inf", "nan", "[[0, inf]]"}) {
    CHECK_THAT(Error(std::string("[game.human_rewards]\naction = ") + schedule + "\n"),
               Catch::Contains("line 2: game.human_rewards.action: expected a number or "
                               "[[timestep, value], ...] with rising timesteps"));
  }
}

TEST_CASE("Overrides take TOML's values and bare words") {
  RunConfig config;
  for (const char* assignment :
       {"seed=7", "goals=npy:/some/dir=with/signs", "human=\"random\"", "search.gamma=1",
        "game.world_size=[6, 7, 8]", "search.selection=flat", "learner.mirror=false",
        "game.truncate_on_no_progress_timesteps=40",
        "game.assistant_rewards.noop=[[0, 0.0], [10, -1.0]]"}) {
    const absl::Status status = Override(config, assignment);
    INFO(assignment << ": " << status);
    CHECK(status.ok());
  }
  CHECK(config.seed == 7);
  CHECK(config.goals == "npy:/some/dir=with/signs");
  CHECK(config.human == "random");
  CHECK(config.search.gamma == 1);
  CHECK(config.game.size == env::WorldSize{6, 7, 8});
  CHECK(config.search.selection == mcts::Selection::kFlat);
  CHECK_FALSE(config.learner.mirror);
  CHECK(config.game.truncate_on_no_progress_timesteps == 40);
  CHECK(config.game.players[env::kAssistant].rewards.noop.At(5) == -0.5);
  CHECK(Override(config, "game.truncate_on_no_progress_timesteps=0").ok());
  CHECK_FALSE(config.game.truncate_on_no_progress_timesteps.has_value());
}

TEST_CASE("A refused override is named with what was expected") {
  CHECK(OverrideError("seed") == "--set seed: expected key=value");
  CHECK(OverrideError("sead=1") == "--set sead=1: sead: no such setting");
  CHECK_THAT(OverrideError("seed="), Catch::Contains("--set seed=: seed: expected an integer"));
  CHECK_THAT(OverrideError("=1"), Catch::Contains("--set =1: : no such setting"));
  CHECK_THAT(OverrideError("search.gamma=2"),
             Catch::Contains("search.gamma: expected a number from 0 to 1, got 2"));
  CHECK_THAT(OverrideError("learner.mirror=yes"), Catch::Contains("expected true or false, got"));
  CHECK_THAT(OverrideError("search={gamma=0.5}"), Catch::Contains("search: no such setting"));
}

TEST_CASE("Several learners are refused where one alone can learn") {
  RunConfig config;
  REQUIRE(Override(config, "learner.learners=3").ok());
  CHECK(config.learner.StepSize() == 3 * config.learner.batch_size);
  for (const char* alone : {"learner.algorithm=ppo", "learner.device=cuda"}) {
    RunConfig other = config;
    const absl::Status status = Override(other, alone);
    CHECK_THAT(std::string(status.message()), Catch::Contains("learner.learners: 3, expected 1"));
  }
}

TEST_CASE("A file is read under its overrides, errors name whichever is wrong") {
  const TempDir dir;
  const std::string path = dir.Write("run.toml", "seed = 3\n[search]\ngamma = 0.5\n");
  const absl::StatusOr<RunConfig> config = LoadRunConfig(path, {"seed=4", "seed=5"});
  REQUIRE(config.ok());
  CHECK(config->seed == 5);
  CHECK(config->search.gamma == 0.5);

  const auto error = [](const absl::StatusOr<RunConfig>& read) {
    return read.ok() ? "accepted" : std::string(read.status().message());
  };
  CHECK_THAT(error(LoadRunConfig(path, {"seed=x"})), Catch::Contains("--set seed=x: seed"));
  const std::string missing = dir.path() + "/missing.toml";
  CHECK_THAT(error(LoadRunConfig(missing, {})), Catch::Contains(missing));
  CHECK_THAT(error(LoadRunConfig(dir.path(), {})), Catch::Contains(dir.path()));
  const std::string broken = dir.Write("broken.toml", "seed = 1\nhuman == 2\n");
  CHECK_THAT(error(LoadRunConfig(broken, {})), Catch::Contains(broken + ": line 2"));
}

TEST_CASE("The network sees inventories exactly where blocks are finite") {
  absl::StatusOr<RunConfig> config = ParseRunConfig("[game]\ninf_blocks = false\n", "run.toml");
  REQUIRE(config.ok());
  CHECK(config->network.inventories);
  REQUIRE(Override(*config, "game.inf_blocks=true").ok());
  CHECK_FALSE(config->network.inventories);
  CHECK_FALSE(ParseRunConfig("", "run.toml")->network.inventories);
}

TEST_CASE("Threads are shared as the settings say, and else by the processor's number") {
  RunConfig config;
  const auto threads = [&](int available) {
    const ThreadShares shares = ThreadsOf(config, available);
    return std::pair(shares.learner, shares.selfplay);
  };
  CHECK(threads(1) == std::pair(1, 1));
  CHECK(threads(2) == std::pair(1, 1));
  CHECK(threads(16) == std::pair(4, 12));
  config.selfplay.workers = 3;
  CHECK(threads(16) == std::pair(4, 4));
  config.selfplay.workers = 100;
  CHECK(threads(16) == std::pair(4, 1));
  config.selfplay.workers = 1;
  config.learner.learners = 2;
  CHECK(threads(16) == std::pair(2, 12));
  CHECK(threads(2) == std::pair(1, 1));
  config.learner.learners = 1;
  config.backend.device = models::Device::kCuda;
  CHECK(threads(16) == std::pair(4, 24));
  config.learner.threads = 6;
  CHECK(threads(16) == std::pair(6, 20));
  config.selfplay.threads = 3;
  CHECK(threads(16) == std::pair(6, 3));
}

TEST_CASE("Differences name the key and both values") {
  RunConfig here, there;
  CHECK(Differences(here, there).empty());
  here.seed = 5;
  there.game.size = {6, 6, 6};
  CHECK(Differences(here, there) ==
        std::vector<std::string>{"seed: 5 here, 1 there",
                                 "game.world_size: [11, 10, 10] here, [6, 6, 6] there"});
}

TEST_CASE("Text that a file cannot hold is refused when it is set") {
  CHECK_THAT(OverrideError("goals=npy:/houses/\xff"),
             Catch::Contains("goals: expected text in UTF-8, got 'npy:/houses/\\xff'"));
  CHECK_THAT(OverrideError("seed=\xff"), Catch::Contains("seed: expected text in UTF-8"));
  CHECK(OverrideError("goals=npy:/h\xc3\xa4user") == "accepted");
}

TEST_CASE("An override is one value") {
  CHECK(OverrideError("goals=npy:/x\nseed = 2") == "accepted");
  CHECK_THAT(OverrideError("seed=1\nhuman = 'random'"),
             Catch::Contains("seed: expected an integer"));
}

}  // namespace
}  // namespace hod::engine
