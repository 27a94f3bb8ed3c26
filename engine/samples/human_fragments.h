// Recordings of people as fragments, to learn from as from self-play.
//
// An episode of two people becomes fragments as it is: one assists, the other is the human, and a
// step holds the action of the one and the noop of the other. In an episode of a person alone an
// assistant stands idle in a corner above the house, so that networks see the same game. A fragment
// ends where the world changed in a way that the recorded actions do not explain, and the next one
// starts from what was observed then. Rewards are those of the rules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/fragment.h"

namespace hod::engine {

// All episodes of one participant in a recording.
struct HumanFragments {
  std::string recording;  // As in "human_alone".
  int participant = 0;
  env::GameConfig game;
  std::vector<Fragment> fragments;
  int episodes = 0;
  int64_t timesteps = 0;
  int64_t unexplained = 0;  // Changes that ended a fragment.
};

// Reads a recording of people alone or of two together (joint); other kinds do not hold all that
// was done. Fragments have at most `length` steps and values discounted by `gamma` behind their
// last. Participants ascend. Errors name the file.
absl::StatusOr<std::vector<HumanFragments>> FragmentsOfRecording(const std::string& path,
                                                                 int length, double gamma);

// Writes a shard for each participant: worker and metadata's "participant" are the participant's
// number. Returns the paths.
absl::StatusOr<std::vector<std::string>> WriteHumanShards(
    const std::vector<HumanFragments>& participants, const std::string& directory);

}  // namespace hod::engine
