// Recorded people under both protocols, and who is held out.
#include "engine/imitation/recorded_people.h"

#include "env/game/action_mask.h"
#include "env/traces/trace_recorder.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/small_people.h"

namespace hod::engine {
namespace {

using env::RecordingKind;

TEST_CASE("Recordings in a directory are read, views and tutorials passed over") {
  const TempDir dir;
  WriteSmallPeople(dir);
  dir.Write("view.jsonl", SmallRecordingText(RecordingKind::kView, 3));
  dir.Write("tutorial.jsonl", SmallRecordingText(RecordingKind::kTutorial, 3));
  dir.Write("notes.txt", "not a recording");
  const auto people = LoadPeople(dir.path());
  INFO(people.status());
  REQUIRE(people.ok());
  REQUIRE(people->size() == 6);
  CHECK(ParticipantsOf(*people) == kSmallParticipants);
  for (const PersonEpisode& episode : *people) {
    const bool assisted = episode.timeline.assisted;
    CHECK(episode.In(Split::kCombined));
    CHECK(episode.In(Split::kAssisted) == assisted);
    CHECK(episode.In(Split::kAlone) == !assisted);
    CHECK(episode.decisions.size() == (assisted ? 11u : 14u));
    for (const Decision& decision : episode.decisions) {
      const TimelineStep& step = episode.timeline.steps[decision.step];
      const env::Game& game = episode.timeline.game;
      CHECK(decision.action == game.actions().Flatten(step.actions[episode.timeline.human]));
      const auto mask = env::ActionMask(game, step.state, episode.timeline.human, true);
      CHECK(decision.valid == (mask[decision.action] == 1));
    }
  }
}

TEST_CASE("Episodes that Hod recorded stand beside people's, as of participant 0") {
  const TempDir dir;
  WriteSmallPeople(dir);
  env::GameConfig config;
  config.horizon = 3;
  config.players[1].goal_visible = false;
  std::vector<env::Block> goal(config.size.Volume(), env::kAir);
  goal.front() = env::kBedrock;
  const env::Game game(config, goal);
  Rng rng(1);
  env::State state = game.Reset(rng);
  {
    auto recorder = env::TraceRecorder::Create(dir.path() + "/own.jsonl", &game, state, "noop", 1);
    REQUIRE(recorder.ok());
    for (int t = 0; t < config.horizon; ++t) {
      const std::vector<env::Action> waits(game.num_players());
      const env::StepOutcome outcome = game.Step(state, waits);
      REQUIRE(recorder->Step(waits, outcome, state).ok());
    }
    REQUIRE(recorder->Finish().ok());
  }
  const auto people = LoadPeople(dir.path());
  INFO(people.status());
  REQUIRE(people.ok());
  CHECK(people->size() == 7);
  CHECK(ParticipantsOf(*people) == std::vector<int>{0, 3, 4, 7});
}

TEST_CASE("In a wait the paper shows its end, and causally there is what was to be seen") {
  int waits = 0, differing = 0;
  for (const PersonEpisode& episode : SmallPeople()) {
    for (int i = 0; i < static_cast<int>(episode.decisions.size()); ++i) {
      const Decision& decision = episode.decisions[i];
      const env::State& seen = episode.timeline.steps[decision.step].state;
      CHECK(episode.Observation(i, Protocol::kCausal) == seen);
      const env::State shown = episode.Observation(i, Protocol::kPaper);
      if (decision.ends_with == i) {
        CHECK(decision.action != 0);
        CHECK(shown == seen);
        continue;
      }
      ++waits;
      CHECK(decision.action == 0);
      const Decision& end = episode.decisions[decision.ends_with];
      CHECK(end.action != 0);
      const env::State& last = episode.timeline.steps[end.step].state;
      CHECK(shown.blocks == last.blocks);
      CHECK(shown.last_interacted == last.last_interacted);
      CHECK(shown.timestep <= seen.timestep);
      CHECK(shown.players[episode.timeline.human].last_action ==
            seen.players[episode.timeline.human].last_action);
      CHECK(episode.ValidActions(i, Protocol::kPaper) == end.valid_actions);
      differing += shown.blocks != seen.blocks;
      // What the human did last: nothing from the second of a wait on.
      if (i > 0 && episode.decisions[i - 1].ends_with == decision.ends_with) {
        CHECK(seen.players[episode.timeline.human].last_action == env::Action{});
      }
    }
  }
  CHECK(waits == 3 * (4 + 4));
  CHECK(differing > 0);
}

TEST_CASE("States hold what the human did when it last decided, if it had an effect") {
  for (const PersonEpisode& episode : SmallPeople()) {
    const int human = episode.timeline.human;
    for (size_t i = 1; i < episode.decisions.size(); ++i) {
      const TimelineStep& before = episode.timeline.steps[episode.decisions[i - 1].step];
      env::State after = before.state;
      const env::StepOutcome outcome = episode.timeline.game.Step(after, before.actions);
      const env::State& now = episode.timeline.steps[episode.decisions[i].step].state;
      CHECK(now.players[human].last_action == outcome.players[human].effective_action);
    }
  }
}

TEST_CASE("Nobody who is held out is among the decisions to learn from") {
  const std::vector<PersonEpisode> people = SmallPeople();
  for (const Split split : kSplits) {
    size_t all = 0;
    for (const PersonEpisode& episode : people) {
      for (const Decision& decision : episode.decisions) all += episode.In(split) && decision.valid;
    }
    CHECK(DecisionsWithout(people, split, std::nullopt).size() == all);
    size_t held_out = 0;
    for (const int participant : kSmallParticipants) {
      const std::vector<DecisionRef> rest = DecisionsWithout(people, split, participant);
      for (const DecisionRef& ref : rest) {
        REQUIRE(ref.episode->timeline.participant != participant);
        REQUIRE(ref.episode->In(split));
        REQUIRE(ref.episode->decisions[ref.decision].valid);
      }
      held_out += all - rest.size();
    }
    CHECK(held_out == all);
  }
}

TEST_CASE("Directories without people, and recordings that are damaged, are refused") {
  const auto error_of = [](const TempDir& dir) {
    return std::string(LoadPeople(dir.path()).status().message());
  };
  const TempDir empty;
  CHECK_THAT(error_of(empty), Catch::Contains("no recordings of people"));
  CHECK_THAT(std::string(LoadPeople("/nowhere").status().message()), Catch::Contains("/nowhere"));
  const TempDir twice;
  WriteSmallPeople(twice);
  twice.Write("again.jsonl", SmallRecordingText(RecordingKind::kAlone, 4));
  CHECK_THAT(error_of(twice), Catch::Contains("comes twice"));
  const TempDir cut;
  const std::string text = SmallRecordingText(RecordingKind::kJoint, 4);
  cut.Write("joint.jsonl", text.substr(0, text.size() - 40));
  CHECK_THAT(error_of(cut), Catch::Contains("joint.jsonl: line"));
  const TempDir other;
  other.Write("episode.jsonl", "{\"type\":\"reset\"}\n");
  CHECK_THAT(error_of(other), Catch::Contains("episode.jsonl"));
}

TEST_CASE("The public recordings have as many decisions as documented") {
  const std::string directory = SharedData("human");
  if (directory.empty()) return;
  const auto people = LoadPeople(directory);
  INFO(people.status());
  REQUIRE(people.ok());
  CHECK(ParticipantsOf(*people) == std::vector<int>{3, 4, 7, 9, 11});
  int64_t decisions[2] = {}, invalid[2] = {};
  for (const PersonEpisode& episode : *people) {
    for (const Decision& decision : episode.decisions) {
      ++decisions[episode.timeline.assisted];
      invalid[episode.timeline.assisted] += !decision.valid;
    }
  }
  // What the reference's mask gives.
  CHECK(decisions[0] == 9642);
  CHECK(decisions[1] == 9759);
  CHECK(invalid[0] == 20);
  CHECK(invalid[1] == 242);
}

}  // namespace
}  // namespace hod::engine
