// Recorded episodes of people in the time of the game, step by step, with nothing of what comes
// later: what the human saw, and what was done.
//
// Recordings of people are of two kinds (docs/traces.md): of people alone, and joint ones of a
// builder and an assistant. Both become games of two players: beside a person alone an assistant
// stands idle in a corner above the house, so that networks see the same game. Episodes that Hod
// recorded are read as well; their human is the player who sees the goal, participant 0, or that of
// the folder's name in a study (hod study play).
//
// A recorded person's waits are set among the steps. The recorder noted one for each 0.8 s without
// an own action, but shows in all of them what was seen at their end. Here the i-th of a wait
// happens 0.8 (i - 1) s after the last own action, after what the assistant had done by then, and
// the world is what the rules made of that.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "env/game/game.h"

namespace hod::engine {

// Folders of a study's participants: "participant-007".
inline constexpr char kParticipantPrefix[] = "participant-";

// Seconds without an own action that make one noop of a person.
inline constexpr double kWaitSeconds = 0.8;

struct TimelineStep {
  // What was observed before the step: as recorded, in waits as the rules made it of the step
  // before. Its timestep is the number of the step; interacted_at counts in steps too. A player's
  // last_action is what it did, if it had an effect: of the human when it last decided, of the
  // assistant since then.
  env::State state;
  absl::InlinedVector<env::Action, 2> actions;  // [num_players]
  // Whether the human acted or waited. Else the assistant acted and nothing is known of what the
  // human would have done.
  bool human_decides = true;
  // The step whose own action ends the human's wait; of all else the step itself.
  int ends_with = 0;
  // Whether the recorded world is what the rules made of the step before.
  bool explained = true;
  double assistant_reward = 0;  // What the rules give.
};

struct HumanTimeline {
  explicit HumanTimeline(env::Game rules) : game(std::move(rules)) {}

  std::string name;  // E.g. "human_alone/04".
  int participant = 0;
  bool assisted = false;  // Recorded with an assistant.
  env::Game game;
  int human = 0, assistant = 1;  // Players.
  std::vector<TimelineStep> steps;
};

// Calls `use` for every episode of a recording of people alone or of two together (joint), or of
// Hod's own recording of one or two players. Other recordings of people do not hold all that was
// done and are refused, as are joint rows whose `view_row` do not ascend. An error of `use` ends
// the reading. Errors name the file.
absl::Status ReadHumanTimelines(const std::string& path,
                                absl::FunctionRef<absl::Status(HumanTimeline)> use);

}  // namespace hod::engine
