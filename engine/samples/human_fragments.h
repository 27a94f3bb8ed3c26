// Recordings of people as fragments, to learn from as from self-play.
//
// The steps are those of a HumanTimeline. A step in which the human acted or waited holds that as
// a certain human policy; in the others nothing is to be learnt of it. What an assistant did,
// waiting included, is a certain policy in every step. A fragment ends where the
// world changed in a way that the recorded actions do not explain, and the next one starts from
// what was observed then. Rewards are those of the rules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/fragment.h"

namespace hod::engine {

// All episodes of one participant in a recording.
struct HumanFragments {
  std::string recording;  // E.g. "human_alone".
  int participant = 0;
  bool assisted = false;  // Whether someone assisted.
  env::GameConfig game;
  std::vector<Fragment> fragments;
  int episodes = 0;
  int64_t timesteps = 0;
  int64_t unexplained = 0;  // Changes that ended a fragment.
};

// Reads a recording as ReadHumanTimelines() does. Fragments have at most `length` steps and values
// discounted by `gamma` behind their last. Participants ascend. Errors name the file.
absl::StatusOr<std::vector<HumanFragments>> FragmentsOfRecording(const std::string& path,
                                                                 int length, double gamma);

// Writes a shard for each participant: worker and metadata's "participant" are the participant's
// number. Returns the paths. After an error none of them is left, so that nothing is learnt from
// twice when the same is tried again.
absl::StatusOr<std::vector<std::string>> WriteHumanShards(
    const std::vector<HumanFragments>& participants, const std::string& directory);

}  // namespace hod::engine
