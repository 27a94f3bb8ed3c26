// Small recordings of people in each of the formats, made up by playing.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "env/traces/human_recording.h"

namespace hod::env {

// One episode, a header and its rows. With infinite blocks some rows wait, some blocks change
// without an action. The viewer of kView is player 1.
std::vector<nlohmann::json> SmallRecording(Timeline timeline);

}  // namespace hod::env
