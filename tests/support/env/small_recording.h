// Small recordings of people in each of the formats, made up by playing.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "env/recordings/human_recording.h"

namespace hod::env {

// What a script does next: an action, or a block that changes before anything is observed. A noop
// is a wait.
struct ScriptedEvent {
  int player = 0;
  Action action{};
  int appears_at = -1;
  Block block = kAir;
  double seconds = 0;
};

inline constexpr WorldSize kSmallSize = {6, 5, 6};

// One episode, a header and its rows. The viewer of kView is player 1.
std::vector<nlohmann::json> ScriptedRecording(RecordingKind timeline,
                                              const std::vector<ScriptedEvent>& script);

// With infinite blocks, some rows wait, some blocks change without an action. A wait takes 0.8 s,
// an action 0.1 s.
std::vector<nlohmann::json> SmallRecording(RecordingKind timeline);

}  // namespace hod::env
