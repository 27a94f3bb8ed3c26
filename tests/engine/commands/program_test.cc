// The program from the outside: training, evaluation, reports, verification, and what it says to
// mistakes.
#include "tests/support/env/program.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/report/report.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/run_directory.h"
#include "env/base/files.h"
#include "env/base/gzip_lines.h"
#include "env/base/json.h"
#include "env/base/json_lines.h"
#include "tests/support/base/jumping_clock.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/env/npy_bytes.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {
namespace {

namespace fs = std::filesystem;

// A directory with the tiny configuration, and the program run over it.
class Workplace {
 public:
  Workplace() { config_ = dir_.Write("tiny.toml", TinyToml()); }

  std::string operator/(const std::string& name) const { return dir_.path() + "/" + name; }
  const TempDir& dir() const { return dir_; }
  const std::string& config() const { return config_; }

  Ended Run(const std::vector<std::string>& arguments) const {
    return RunProgram(arguments, *this / "output.log");
  }
  // Its output; it must succeed.
  std::string Succeed(const std::vector<std::string>& arguments) const {
    const Ended ended = Run(arguments);
    INFO(ended.output);
    REQUIRE(ended.status == 0);
    return ended.output;
  }
  // The same, and it must refuse.
  std::string Refuse(const std::vector<std::string>& arguments) const {
    const Ended ended = Run(arguments);
    INFO(ended.output);
    CHECK(ended.status == 1);
    return ended.output;
  }

 private:
  TempDir dir_;
  std::string config_;
};

void CheckSelfContained(const std::string& path) {
  const absl::StatusOr<std::string> html = ReadFile(path);
  REQUIRE(html.ok());
  CHECK_THAT(*html, Catch::StartsWith("<!doctype html>") && Catch::EndsWith("</html>\n"));
  for (const char* outside : {"http:", "https:", "file:", "href=", "url(", "@import", "<script"}) {
    CHECK_FALSE(Contains(*html, outside));
  }
  int images = 0;
  for (size_t at = html->find("src="); at != std::string::npos; at = html->find("src=", at + 1)) {
    CHECK(html->compare(at, 27, "src=\"data:image/png;base64,") == 0);
    ++images;
  }
  CHECK(images >= 6);
}

// A copy of a trace with one number changed: the goal percentage after the third step.
void Tamper(const std::string& from, const std::string& to) {
  auto reader = GzipLineReader::Open(from);
  auto writer = GzipLineWriter::Create(to);
  REQUIRE(reader.ok());
  REQUIRE(writer.ok());
  std::string line;
  for (int i = 0; *reader->Next(line); ++i) {
    if (i == 3) {
      nlohmann::json json = nlohmann::json::parse(line);
      REQUIRE(json.contains("goal_similarity"));
      json["goal_similarity"] = json["goal_similarity"].get<int>() + 1;
      line = json.dump();
    }
    REQUIRE(writer->Write(line).ok());
  }
  REQUIRE(writer->Finish().ok());
}

TEST_CASE("The program does not link libtorch, which takes half a second to load") {
  const Workplace work;
  REQUIRE(setenv("LD_TRACE_LOADED_OBJECTS", "1", 1) == 0);  // The loader prints what it loads.
  const std::string loaded = work.Succeed({"--version"});
  unsetenv("LD_TRACE_LOADED_OBJECTS");
  CHECK(Contains(loaded, "libstdc++"));
  CHECK_FALSE(Contains(loaded, "torch"));
}

TEST_CASE("hod train: trains, records, reuses, reports, its episodes verify") {
  const Workplace work;
  const std::string run = work / "run", episodes = work / "episodes";
  const std::vector<std::string> train = {"train", "--config", work.config(), "--out",
                                          run,     "--record", episodes};
  work.Succeed(train);
  const auto opened = RunDirectory::Open(run);
  REQUIRE(opened.ok());
  CHECK((*opened->LatestCheckpoint())->first == 30);
  CHECK_FALSE(ListShards(opened->shards())->empty());
  const auto metrics = ReadJsonLines(opened->metrics() + "/learner.jsonl");
  REQUIRE(metrics.ok());
  REQUIRE_FALSE(metrics->empty());
  CHECK(metrics->back()["loss"].is_number());

  CHECK_THAT(work.Succeed(train), Catch::Contains("already trained (30 steps"));
  CHECK_THAT(work.Refuse({"train", "--config", work.config(), "--out", run, "--set", "seed=2"}),
             Catch::Contains(run) && Catch::Contains("seed: 2 here, 1 there"));

  // A run of recorded play ends by passes, and knows it.
  const std::vector<std::string> learn = {"train",
                                          "--config",
                                          work.config(),
                                          "--out",
                                          work / "recorded",
                                          "--set",
                                          "learner.samples=" + opened->shards(),
                                          "--set",
                                          "learner.passes=0.1",
                                          "--set",
                                          "learner.max_steps=1000"};
  work.Succeed(learn);
  CHECK_THAT(work.Succeed(learn), Catch::Contains("recorded is already trained ("));
  std::vector<std::string> more = learn;
  more.insert(more.end(), {"--set", "learner.passes=0.2"});
  CHECK_THAT(work.Refuse(more), Catch::Contains("learner.passes: 0.2 here, 0.1 there"));

  // Without an evaluation there is a report all the same.
  CHECK_THAT(work.Succeed({"report", "--run", run}), Catch::Contains(run + "/report.html"));
  CheckSelfContained(run + "/report.html");
  CHECK_THAT(*ReadFile(run + "/report.html"), Catch::Contains("Not evaluated yet"));

  // Damaged metrics and evaluations are named or passed over.
  std::ofstream(opened->metrics() + "/selfplay-000.jsonl", std::ios::app)
      << R"({"event": 3, "time": "noon"})"
      << "\n"
      << R"({"event": "episode", "time": null, "goal_percent": {}})"
      << "\n";
  work.Succeed({"report", "--run", run});
  std::ofstream(run + "/evaluation.json") << R"({"origin": 3, "seconds": 1})";
  CHECK_THAT(work.Refuse({"report", "--run", run}),
             Catch::Contains(run + "/evaluation.json: not an evaluation"));

  std::vector<std::string> verify = {"verify"};
  for (const auto& file : fs::directory_iterator(episodes)) {
    CHECK(fs::path(file.path().stem()).extension() == ".jsonl");  // None half written.
    verify.push_back(file.path());
  }
  REQUIRE(verify.size() > 1);
  CHECK_THAT(work.Succeed(verify), Catch::Contains("1 episodes") && Catch::Contains("equal"));
  const std::string tampered = work / "tampered.jsonl.gz";
  Tamper(verify[1], tampered);
  CHECK_THAT(work.Refuse({"verify", tampered}), Catch::Contains("DIFFERENT") &&
                                                    Catch::Contains(tampered + ": line 4") &&
                                                    Catch::Contains("goal_similarity"));
}

TEST_CASE("hod config --describe: docs/configuration.md is of this program") {
  const Workplace work;
  const absl::StatusOr<std::string> head = ReadFile(SourceDir() + "/docs/configuration.head.md");
  REQUIRE(head.ok());
  INFO("`make docs` brings it up to date");
  CHECK(*ReadFile(SourceDir() + "/docs/configuration.md") ==
        *head + work.Succeed({"config", "--describe"}));
}

TEST_CASE("hod experiment: trains, evaluates and reports, and reuses all of it") {
  const Workplace work;
  const std::string run = work / "run";
  const std::vector<std::string> experiment = {"experiment", "--config", work.config(), "--out",
                                               run};
  CHECK_THAT(work.Succeed(experiment),
             Catch::Contains("human alone") && Catch::Contains("Report: " + run + "/report.html"));
  const auto evaluation = LoadEvaluation(run + "/evaluation.json");
  INFO(evaluation.status());
  REQUIRE(evaluation.ok());
  CHECK(evaluation->houses.size() == 3);
  CheckSelfContained(run + "/report.html");
  const std::string html = *ReadFile(run + "/report.html");
  CHECK_THAT(html, Catch::Contains("human place/break actions") && !Catch::Contains("yet."));

  CHECK_THAT(work.Succeed(experiment),
             Catch::Contains("already trained") &&
                 Catch::Contains("evaluation.json is of this checkpoint: reusing it"));
  // Other houses are another evaluation, of the same training.
  CHECK_THAT(work.Succeed({"experiment", "--config", work.config(), "--out", run, "--set",
                           "evaluation.episodes=2"}),
             Catch::Contains("already trained") && Catch::Contains("Means over 2 houses") &&
                 !Catch::Contains("reusing it\n\n"));
  CHECK(LoadEvaluation(run + "/evaluation.json")->houses.size() == 2);

  const std::string json = work / "report.json";
  const std::string checkpoint = (*RunDirectory::Open(run)->LatestCheckpoint())->second;
  CHECK_THAT(work.Succeed({"evaluate", "--assistant", checkpoint, "--episodes", "2", "--human",
                           "random", "--json", json}),
             Catch::Contains("Means over 2 houses"));
  CHECK(LoadEvaluation(json)->origin["human"] == "random");
}

TEST_CASE("hod study training: trains every run once, judges it, and reuses it") {
  const Workplace work;
  const std::string study =
      work.dir().Write("study.toml", absl::StrCat("config = \"", work.config(),
                                                  R"("
[[curve]]
name = "steps"
along = "learner.max_steps"
values = [10, 20]
[[houses]]
name = "generated"
goals = "generated"
episodes = 2
play = true
)"));
  const std::string out = work / "out";
  const std::vector<std::string> command = {"study", "training", study, "--out", out};
  CHECK_THAT(work.Succeed(command),
             Catch::Contains("| steps, learner.max_steps = 20 | 1 | 20 | 160 |"));
  const auto json = ParseJson(*ReadFile(out + "/study.json"));
  REQUIRE(json.ok());
  CHECK((*json)["trainings"][1]["positions"] == 160);
  CHECK((*json)["trainings"][1]["judged"][0]["saved_percent"]["mean"].is_number());
  CHECK(ReadFile(out + "/study.png")->substr(1, 3) == "PNG");
  CHECK_THAT(work.Succeed(command),
             Catch::Contains("steps--learner.max_steps-10--seed-1 is already trained (10 steps") &&
                 Catch::Contains("seed-1--generated.json is of this checkpoint: reusing it"));
}

TEST_CASE("hod train: a builder learns alone, and plays as a human then") {
  const Workplace work;
  const std::string run = work / "builder";
  work.Succeed({"train", "--config", work.config(), "--out", run, "--set", "player=human"});
  const absl::StatusOr<RunDirectory> opened = RunDirectory::Open(run);
  REQUIRE(opened.ok());
  const std::string network = (*opened->LatestCheckpoint())->second;
  CHECK_THAT(work.Succeed({"evaluate", "--human", network, "--assistant", "noop", "--episodes", "1",
                           "--set", "game.world_size=[6,6,6]", "--set", "game.horizon=20"}),
             Catch::Contains("Means over 1 house"));
  CHECK_THAT(work.Refuse({"evaluate", "--assistant", network, "--episodes", "1"}),
             Catch::Contains(network + ": its network sees the goal"));
}

TEST_CASE("hod learn and hod selfplay work over one run directory by hand") {
  const Workplace work;
  const std::string run = work / "run";
  REQUIRE(RunDirectory::CreateOrResume(run, TinyConfig()).ok());
  Program worker({"selfplay", "--run", run, "--worker", "0"}, work / "worker-0.log");
  Program second({"selfplay", "--run", run, "--worker", "1"}, work / "worker-1.log");
  work.Succeed({"learn", "--run", run});
  for (Program* program : {&worker, &second}) {
    INFO(program->Output());
    CHECK(program->Running());
    program->Interrupt();
    CHECK(program->Wait() == 0);
  }
  const auto opened = RunDirectory::Open(run);
  CHECK((*opened->LatestCheckpoint())->first == 30);
  const auto shards = ListShards(opened->shards());
  REQUIRE(shards.ok());
  CHECK(shards->front().worker == 0);
  CHECK(shards->back().worker == 1);
}

TEST_CASE("A role that is taken is refused to a second process, and the run to a training") {
  const Workplace work;
  const std::string run = work / "run";
  REQUIRE(RunDirectory::CreateOrResume(run, TinyConfig()).ok());
  const auto opened = RunDirectory::Open(run);
  REQUIRE(opened.ok());
  const auto lock = RoleLock::Take(*opened, "selfplay-000");
  REQUIRE(lock.ok());
  const std::string config = *ReadFile(run + "/config.toml");
  Program train({"train", "--config", work.config(), "--out", run, "--set", "learner.max_steps=40"},
                work / "train.log");
  const std::string held = run + "/selfplay-000.lock: held by another process";
  CHECK_THAT(work.Refuse({"selfplay", "--run", run}), Catch::Contains(held));
  CHECK(train.Wait() == 1);
  CHECK_THAT(train.Output(), Catch::Contains(held) && !Catch::Contains("training"));
  CHECK(*ReadFile(run + "/config.toml") == config);
}

TEST_CASE("A second training of a run is refused before it shows or changes anything") {
  const Workplace work;
  const std::string run = work / "run";
  const std::vector<std::string> train = {
      "train", "--config", work.config(), "--out", run, "--set", "learner.max_steps=1000000"};
  Program first(train, work / "first.log");
  while (first.Running() && !fs::exists(run + "/metrics/learner.jsonl")) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  const std::string config = *ReadFile(run + "/config.toml");
  const std::string said = work.Refuse(
      {"train", "--config", work.config(), "--out", run, "--set", "learner.max_steps=2000000"});
  CHECK_THAT(said, Catch::Contains(run + "/trainer.lock: held by another process"));
  CHECK_THAT(said, !Catch::Contains("training") && !Catch::Contains("resuming"));
  CHECK(*ReadFile(run + "/config.toml") == config);
  CHECK(first.Running());
  first.Interrupt();
  CHECK(first.Wait() == 130);
}

TEST_CASE("Why a process failed is known where its log finds no room") {
  const Workplace work;
  const std::string run = work / "run";
  REQUIRE(MakeDirectories(run + "/logs").ok());
  fs::create_symlink("/dev/full", run + "/logs/selfplay-000.log");
  const std::string houses = work / "nowhere";
  CHECK_THAT(
      work.Refuse(
          {"train", "--config", work.config(), "--out", run, "--set", "goals=npy:" + houses}),
      Catch::Contains("hod selfplay failed (exit status 1)") && Catch::Contains(houses + ":"));
}

TEST_CASE("hod train stops when asked at any moment, and says how to go on") {
  const Workplace work;
  const std::string run = work / "run";
  const std::vector<std::string> train = {
      "train", "--config", work.config(), "--out", run, "--set", "learner.max_steps=1000000"};
  // Before its processes are started, while they start, and when they work.
  for (const char* sign :
       {"config.toml", "logs/selfplay-000.log", "checkpoints/step-000000000.safetensors"}) {
    fs::remove_all(run);
    Program program(train, work / "train.log");
    while (program.Running() && !fs::exists(run + "/" + sign)) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    program.Interrupt();
    CHECK(program.Wait() == 130);
    CHECK_THAT(program.Output(), Catch::Contains("the same command goes on"));
  }
}

TEST_CASE("A wall clock that is set, back or forth, changes no budget and no figure") {
#ifdef __SANITIZE_ADDRESS__
  WARN("skipped: the sanitizer has to be loaded first");
  return;
#endif
  for (const int jump : {-3600, 3600}) {
    const Workplace work;
    const std::string run = work / "run", learner_metrics = run + "/metrics/learner.jsonl";
    {
      const JumpingClock clock(work / "now", jump);
      Program program({"train", "--config", work.config(), "--out", run, "--set",
                       "learner.max_steps=1000", "--set", "learner.max_minutes=50"},
                      work / "train.log");
      while (program.Running() && ReadFile(learner_metrics).value_or("").empty()) {
        absl::SleepFor(absl::Milliseconds(1));
      }
      work.dir().Write("now", "");
      CHECK(program.Wait() == 0);
    }
    const auto opened = RunDirectory::Open(run);
    CHECK((*opened->LatestCheckpoint())->first == 1000);
    const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
    for (const std::string& path : {learner_metrics, run + "/metrics/selfplay-000.jsonl"}) {
      const auto lines = ReadJsonLines(path);
      REQUIRE(lines.ok());
      REQUIRE_FALSE(lines->empty());
      double before = 0;
      for (const nlohmann::json& line : *lines) {
        const double seconds = line["seconds"];
        CHECK(seconds >= before);
        CHECK(seconds < 600);
        before = seconds;
      }
      // The clock did jump.
      if (path != learner_metrics) CHECK(std::abs(NumberAt(lines->back(), "time") - now) > 3000);
    }
  }
}

TEST_CASE("hod evaluate that is stopped reports the houses it has") {
  const int signal = GENERATE(SIGTERM, SIGINT, SIGHUP);
  const Workplace work;
  const std::string json = work / "e.json", episodes = work / "episodes";
  Program program(
      {"evaluate", "--assistant", "mirror", "--episodes", "100000", "--set",
       "game.world_size=[6,6,6]", "--set", "game.horizon=50", "--json", json, "--record", episodes},
      work / "log");
  while (program.Running() && !fs::exists(episodes + "/house-000-assisted.jsonl.gz")) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  kill(program.pid(), signal);
  CHECK(program.Wait() == 130);
  const absl::StatusOr<EvaluationReport> report = LoadEvaluation(json);
  INFO(program.Output());
  REQUIRE(report.ok());
  CHECK(report->houses.size() > 0);
  CHECK(report->houses.size() < 100000);
  CHECK(WasStopped(*report));
  CHECK(ParseJson(ReadBytes(json))->at("stopped") == true);
  for (const PairedFigures& house : report->houses) {
    CHECK(house.alone.timesteps > 0);
    CHECK(house.assisted.timesteps > 0);
  }
  CHECK_THAT(program.Output(), Catch::Contains("It was stopped; 100000 houses were asked for") &&
                                   Catch::Contains(" of 100000 houses"));
}

TEST_CASE("Outputs that cannot be are refused before any work, by every command") {
  const Workplace work;
  const std::string file = work.dir().Write("file", "");
  const std::vector<std::string> folders[] = {
      {"train", "--config", work.config(), "--out"},
      {"train", "--config", work.config(), "--out", work / "run", "--record"},
      {"experiment", "--config", work.config(), "--out"},
      {"selfplay", "--run", work / "run", "--record"},
      {"learn", "--run", work / "run", "--play", "--record"},
      {"evaluate", "--record"},
      {"goals", "import", work.dir().path(), "--out"},
      {"humans", "import", "x", "--out"},
      {"humans", "stats", "--record"},
      {"humans", "compare", "x", "--out"},
      {"humans", "cross-validate", "--recordings", "x", "--config", "x", "--out"},
      {"study", "search", "x", "--assistant", "x", "--out"},
      {"study", "networks", "x", "--data", "a=b", "--out"},
      {"study", "assistants", "x", "--out"},
      {"study", "training", "x", "--out"}};
  const std::vector<std::string> files[] = {
      {"evaluate", "--json"},
      {"humans", "stats", "--json"},
      {"humans", "evaluate", "--recordings", "x", "--human", "x", "--json"},
      {"study", "beliefs", "x", "--json"},
      {"weights", "export", "x", "--out"},
      {"weights", "import", "--weights", "x", "--config", "x", "--out"},
      {"draw", "episode", "x", "--out"}};
  const std::vector<std::string> pictures[] = {
      {"draw", "goal", "--out"},
      {"draw", "state", "x", "--out"},
      {"explain", "x", "--checkpoint", "x", "--step", "0", "--out"},
      {"goals", "sheet", "--out"},
      {"study", "beliefs", "x", "--picture"}};
  const auto refuse = [&](std::vector<std::string> arguments, const std::string& path) {
    const std::string option = arguments.back();
    arguments.push_back(path);
    const Ended ended = work.Run(arguments);
    INFO(absl::StrJoin(arguments, " ") << "\n" << ended.output);
    CHECK(ended.status > 100);
    CHECK_THAT(ended.output, Catch::StartsWith(option + ": ") && Catch::Contains(path));
  };
  const int num_files = work.dir().NumFiles() + 1;  // With the output of what was run.
  for (const auto& command : folders) {
    for (const std::string& path : {std::string(), file, file + "/below"}) refuse(command, path);
  }
  for (const auto& command : files) {
    for (const std::string& path : {std::string(), work.dir().path(), work / "no/file"}) {
      refuse(command, path);
    }
  }
  for (const auto& command : pictures) {
    for (const std::string& path : {std::string(), work / "no/file.png", work / "file.jpg"}) {
      refuse(command, path);
    }
  }
  CHECK(work.dir().NumFiles() == num_files);
}

TEST_CASE("Standard output that is full fails every command that prints") {
  const Workplace work;
  const std::vector<std::string> commands[] = {
      {"--version"},
      {"--help"},
      {"train", "--help"},
      {"config", "--describe"},
      {"config", "--config", work.config()},
      {"goals", "stats", "--count", "2"},
      {"goals", "sheet", "--count", "1", "--out", work / "sheet.png"},
      {"draw", "goal", "--text"},
      {"evaluate", "--assistant", "noop", "--human", "random", "--episodes", "1", "--set",
       "game.world_size=[6,6,6]", "--set", "game.horizon=20"}};
  fs::create_symlink("/dev/full", work / "full");
  for (const auto& command : commands) {
    INFO(absl::StrJoin(command, " "));
    CHECK(RunProgram(command, work / "full").status == 1);
  }
}

TEST_CASE("Figures reach their file if they cannot be printed, and are printed if it fails") {
  const Workplace work;
  const std::string json = work / "e.json";
  std::vector<std::string> evaluate = {"evaluate", "--assistant",     "noop",
                                       "--human",  "random",          "--episodes",
                                       "1",        "--set",           "game.world_size=[6,6,6]",
                                       "--set",    "game.horizon=20", "--json",
                                       json};
  fs::create_symlink("/dev/full", work / "full");
  CHECK(RunProgram(evaluate, work / "full").status == 1);
  CHECK(LoadEvaluation(json).ok());
  evaluate.back() = "/dev/full";
  const Ended ended = RunProgram(evaluate, work / "log");
  CHECK(ended.status == 1);
  CHECK_THAT(ended.output, Catch::Contains("human place/break actions") &&
                               Catch::Contains("/dev/full: cannot write: No space left"));
}

TEST_CASE("Text that is not UTF-8 goes through results, and no setting takes it") {
  const Workplace work;
  const std::string bad = "b\xff";
  const std::vector<std::string> evaluate = {
      "evaluate", "--assistant",    "noop",
      "--human",  "random",         "--episodes",
      "1",        "--set",          "game.world_size=[6,6,6]",
      "--set",    "game.horizon=20"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), evaluate.begin(), evaluate.end());
    return more;
  };
  const std::string json = work / (bad + ".json");
  work.Succeed(with({"--json", json, "--record", work / bad}));
  CHECK(LoadEvaluation(json).ok());
  work.Succeed({"verify", work / (bad + "/house-000-alone.jsonl.gz")});

  // A house's name is that of its file.
  REQUIRE(MakeDirectories(work / "houses").ok());
  const env::WorldSize size = {4, 4, 4};
  work.dir().Write("houses/" + bad + ".npy",
                   env::NpyBytes(size, std::vector<env::Block>(size.Volume(), env::kPlanks)));
  work.Succeed(with({"--goals", "npy:" + (work / "houses"), "--json", json}));
  CHECK(LoadEvaluation(json)->houses[0].goal == "b\xEF\xBF\xBD.npy");

  CHECK_THAT(work.Refuse(with({"--goals", "npy:" + bad})),
             Catch::Contains("evaluation.goals: expected text in UTF-8, got 'npy:b\\xff'"));
  const std::string run = work / bad;
  work.Succeed({"train", "--config", work.config(), "--out", run, "--set", "learner.max_steps=2"});
  CHECK_THAT(work.Succeed({"train", "--config", work.config(), "--out", run, "--set",
                           "learner.max_steps=2"}),
             Catch::Contains("already trained"));
  work.Succeed({"report", "--run", run});
}

TEST_CASE("Mistakes are named") {
  const Workplace work;
  const auto train = [&](const std::string& assignment) {
    return work.Refuse(
        {"train", "--config", work.config(), "--out", work / "run", "--set", assignment});
  };
  CHECK_THAT(train("learner.max_step=3"), Catch::Contains("learner.max_step: no such setting"));
  CHECK_THAT(train("network.channels=0"),
             Catch::Contains("network.channels: expected an integer from 1 to 512, got 0"));
  const std::string missing = work / "missing.toml";
  CHECK_THAT(work.Refuse({"train", "--config", missing, "--out", work / "run"}),
             Catch::Contains(missing));
  CHECK_FALSE(fs::exists(work / "run"));

  const std::string checkpoint = work / "missing.safetensors";
  CHECK_THAT(work.Refuse({"evaluate", "--assistant", checkpoint}), Catch::Contains(checkpoint));
  for (const std::string threshold : {"1e999", "0.2", "sure", ""}) {
    CHECK_THAT(work.Refuse({"evaluate", "--assistant", "mirror", "--threshold", threshold}),
               Catch::Contains("evaluation.threshold") && Catch::Contains(threshold));
  }
  CHECK_THAT(work.Refuse({"report", "--run", work / "nowhere"}),
             Catch::Contains((work / "nowhere") + ": not a run directory"));
  CHECK_THAT(work.Refuse({"verify", work / "none.jsonl.gz"}),
             Catch::Contains(work / "none.jsonl.gz"));
}

TEST_CASE("Houses that do not fit the world are named") {
  const Workplace work;
  REQUIRE(MakeDirectories(work / "houses").ok());
  const env::WorldSize size = {7, 4, 4};
  const std::string house = work.dir().Write(
      "houses/long.npy", env::NpyBytes(size, std::vector<env::Block>(size.Volume(), env::kPlanks)));
  const std::string goals = "goals=npy:" + (work / "houses");
  CHECK_THAT(work.Refuse({"train", "--config", work.config(), "--out", work / "run", "--set", goals,
                          "--set", "game.world_size=[8, 6, 6]"}),
             Catch::Contains(house) && Catch::Contains("7x4x4") && Catch::Contains("6x4x4"));
}

TEST_CASE("An import of people that fails leaves nothing, and the same command goes on") {
  const Workplace work;
  std::string lines;
  for (const nlohmann::json& line : env::SmallRecording(env::RecordingKind::kAlone)) {
    lines += line.dump() + "\n";
  }
  const std::string good = work.dir().Write("good.jsonl", lines);
  const std::string other = work.dir().Write("other.jsonl", "{\n");
  const std::vector<std::string> import = {"humans", "import", good,
                                           other,    "--out",  work / "people"};
  CHECK_THAT(work.Refuse(import), Catch::Contains(other));
  for (const fs::directory_entry& left : fs::recursive_directory_iterator(work / "people")) {
    CHECK(left.is_directory());
  }
  work.dir().Write("other.jsonl", lines);
  work.Succeed(import);
  CHECK(ListShards(work / "people/combined")->size() == 2);
}

}  // namespace
}  // namespace hod::engine
