// hod draw as a user runs it.
#include <filesystem>

#include "absl/strings/str_split.h"
#include "env/base/files.h"
#include "env/traces/trace_recorder.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/apng_decoder.h"
#include "tests/support/env/drawn_games.h"
#include "tests/support/env/npy_bytes.h"
#include "tests/support/env/program.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {
namespace {

constexpr int kLength = 12;

// A directory with a recorded episode.
class Workplace {
 public:
  Workplace() : trace_(*this / "episode.jsonl.gz") {
    const env::Game game = env::SmallGame(kLength);
    env::State state = env::SmallStart(game);
    auto recorder = env::TraceRecorder::Create(trace_, &game, state, "test", 1);
    REQUIRE(recorder.ok());
    for (const std::vector<env::Action>& actions : env::RandomPlay(game)) {
      const env::StepOutcome outcome = game.Step(state, actions);
      REQUIRE(recorder->Step(actions, outcome, state).ok());
    }
    REQUIRE(recorder->Finish().ok());
  }

  std::string operator/(const std::string& name) const { return dir_.path() + "/" + name; }
  const std::string& trace() const { return trace_; }

  // Output of "hod draw ARGUMENTS...", which must end with `status`.
  std::string Draw(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(), "draw");
    const Ended ended = RunProgram(arguments, *this / "output.log");
    INFO(ended.output);
    CHECK(ended.status == status);
    return ended.output;
  }
  std::string Refuse(const std::vector<std::string>& arguments) const { return Draw(arguments, 1); }

 private:
  TempDir dir_;
  std::string trace_;
};

TEST_CASE("hod draw episode: animation, strip, text") {
  const Workplace work;
  const std::string apng = work / "episode.apng", png = work / "strip.png";
  work.Draw({"episode", work.trace(), "--out", apng, "--fps", "20"});
  const env::DecodedApng all = env::DecodeApng(*ReadFile(apng));
  REQUIRE(all.frames.size() == kLength + 1);
  CHECK(all.frames.front().delay_numerator == 50);
  CHECK(all.frames.back().delay_numerator == 2000);
  work.Draw({"episode", work.trace(), "--out", apng, "--from", "2", "--to", "9", "--every", "3"});
  const env::DecodedApng some = env::DecodeApng(*ReadFile(apng));
  REQUIRE(some.frames.size() == 4);
  CHECK(some.frames[1].pixels == all.frames[5].pixels);
  CHECK(some.frames[3].pixels == all.frames[9].pixels);

  work.Draw({"episode", work.trace(), "--out", png});
  CHECK_THAT(*ReadFile(png), Catch::StartsWith("\x89PNG"));
  const std::string text = work.Draw({"episode", work.trace(), "--text", "--every", "6"});
  CHECK_THAT(text, Catch::StartsWith("step 0, ") && Catch::Contains("\nstep 6, ") &&
                       Catch::Contains("\nstep 12, "));
  CHECK(text.find('\033') == std::string::npos);  // Standard output is no terminal here.
}

TEST_CASE("hod draw state: one step, the last by default") {
  const Workplace work;
  const std::string png = work / "state.png";
  work.Draw(
      {"state", work.trace(), "--step", "3", "--out", png, "--view", "both", "--goal", "beside"});
  CHECK_THAT(*ReadFile(png), Catch::StartsWith("\x89PNG"));
  CHECK_THAT(work.Draw({"state", work.trace(), "--step", "3", "--text"}),
             Catch::StartsWith("step 3, "));
  CHECK_THAT(work.Draw({"state", work.trace(), "--text"}), Catch::StartsWith("step 12, "));
}

TEST_CASE("hod draw goal: generated houses and files") {
  const Workplace work;
  const std::string png = work / "goal.png";
  work.Draw({"goal", "--index", "3", "--out", png});
  CHECK_THAT(*ReadFile(png), Catch::StartsWith("\x89PNG"));
  CHECK_THAT(work.Draw({"goal", "--index", "3", "--text"}), Catch::StartsWith("generated-3\n"));

  const env::WorldSize size{2, 2, 2};
  REQUIRE(MakeDirectories(work / "houses").ok());
  REQUIRE(WriteFileAtomically(work / "houses/one.npy",
                              env::NpyBytes(size, std::vector<env::Block>(8, env::kPlanks)))
              .ok());
  const std::string goals = "npy:" + (work / "houses");
  CHECK_THAT(work.Draw({"goal", "--goals", goals, "--text"}), Catch::Contains(" P P"));
  CHECK_THAT(work.Refuse({"goal", "--goals", goals, "--index", "1", "--text"}),
             Catch::Contains("--index: expected 0 to 0, got 1"));
}

TEST_CASE("hod draw: recordings of people, with both players and what changed without an action") {
  const Workplace work;
  const std::string people = work / "people.jsonl.gz", apng = work / "people.apng";
  const auto record = [&](env::RecordingKind timeline) {
    std::vector<std::string> lines;
    for (const auto& line : env::SmallRecording(timeline)) lines.push_back(line.dump());
    WriteGzipLines(people, lines);
    return lines.size() - 1;
  };
  const size_t num_rows = record(env::RecordingKind::kJoint);
  work.Draw({"episode", people, "--out", apng});
  CHECK(env::DecodeApng(*ReadFile(apng)).frames.size() == num_rows + 1);
  // The second player builds, so is the human. Glass appears before anyone places it.
  const std::string text = work.Draw({"state", people, "--step", "4", "--text"});
  CHECK_THAT(text, Catch::StartsWith("step 4, ") && Catch::Contains("human: waits\n") &&
                       Catch::Contains("assistant: places wool at 2,1,2\n") &&
                       Catch::Contains("!G") && Catch::Contains("1: human  2: assistant"));

  record(env::RecordingKind::kView);
  CHECK_THAT(
      work.Draw({"state", people, "--step", "3", "--text"}),
      Catch::Contains("human: breaks 1,1,1\n") && Catch::Contains("assistant: not recorded\n"));
  for (const env::RecordingKind timeline :
       {env::RecordingKind::kAlone, env::RecordingKind::kTutorial}) {
    record(timeline);
    CHECK_THAT(work.Draw({"state", people, "--step", "1", "--text"}),
               Catch::Contains("human: ") && !Catch::Contains("assistant"));
    work.Draw({"episode", people, "--out", work / "strip.png"});
  }
}

TEST_CASE("hod draw: mistakes are named, and leave no file") {
  const Workplace work;
  const std::string gif = work / "a.gif";
  const std::string& trace = work.trace();
  CHECK_THAT(work.Refuse({"episode", trace, "--out", gif}), Catch::Contains(gif + ": expected"));
  CHECK_THAT(work.Refuse({"state", trace, "--text", "--step", "13"}),
             Catch::Contains("--step: expected 0 to 12, got 13"));
  CHECK_THAT(work.Refuse({"state", trace, "--text", "--episode", "1"}),
             Catch::Contains(trace + ": holds 1 episode, numbered from 0; got 1"));
  CHECK_THAT(work.Refuse({"episode", trace, "--text", "--from", "9", "--to", "5"}),
             Catch::Contains("--from: expected 0 to 5, got 9"));
  CHECK_FALSE(std::filesystem::exists(gif));

  // Command lines that make no sense.
  CHECK(RunProgram({"draw", "state", trace, "--text", "--out", gif}, work / "log").status > 100);
  CHECK(RunProgram({"draw", "episode", trace, "--text", "--every", "0"}, work / "log").status >
        100);
}

TEST_CASE("hod draw: a damaged trace is an error with file and line") {
  const Workplace work;
  const std::string bytes = *ReadFile(work.trace()), cut = work / "cut.jsonl.gz";
  for (const size_t size : {bytes.size() / 4, bytes.size() - 40}) {
    REQUIRE(WriteFileAtomically(cut, bytes.substr(0, size)).ok());
    CHECK_THAT(work.Refuse({"state", cut, "--text"}), Catch::Contains(cut));
  }
}

}  // namespace
}  // namespace hod::engine
