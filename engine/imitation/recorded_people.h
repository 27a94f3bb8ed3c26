// Recorded people as models of them meet them: every decision of a builder, what it saw, what it
// could do and what it did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/human_timeline.h"

namespace hod::engine {

// Which episodes: of builders alone, with an assistant, or both (Laidlaw et al. 2025).
enum class Split { kAlone, kAssisted, kCombined };
inline constexpr Split kSplits[] = {Split::kAlone, Split::kAssisted, Split::kCombined};
const char* NameOf(Split split);

// What is seen in a wait. The recorder shows in all its rows what was seen when it ended, so also
// what the assistant did in the meantime; that is how the paper learns and scores. Causal is what
// there was to be seen (human_timeline.h).
enum class Protocol { kPaper, kCausal };
inline constexpr Protocol kProtocols[] = {Protocol::kPaper, Protocol::kCausal};
const char* NameOf(Protocol protocol);

struct Decision {
  int step = 0;       // Step of the timeline.
  int ends_with = 0;  // The decision that ends the wait; of all else the decision itself.
  int32_t action = 0;
  // Those valid with line of sight, given what was to be seen; ascending.
  std::vector<int32_t> valid_actions;
  // Whether they hold the action. Else it isn't learnt from or scored: the recorder often shows a
  // block before the action that placed it.
  bool valid = false;
};

struct PersonEpisode {
  HumanTimeline timeline;
  std::vector<Decision> decisions;  // Ordered as they were made.

  bool In(Split split) const {
    return split == Split::kCombined || timeline.assisted == (split == Split::kAssisted);
  }
  // What the human saw. In a wait under kPaper: the observation of the action that ends it, with
  // the timestep of the wait's beginning.
  env::State Observation(int decision, Protocol protocol) const;
  const std::vector<int32_t>& ValidActions(int decision, Protocol protocol) const;
};

// Reads all recordings in a directory (.jsonl, .jsonl.gz) that are of people alone or joint, or
// Hod's own, whose human is participant 0; views and tutorials are passed over. Errors name the
// file; an episode that comes twice, or a directory without any, is one.
absl::StatusOr<std::vector<PersonEpisode>> LoadPeople(const std::string& directory);

// Ascending.
std::vector<int> ParticipantsOf(const std::vector<PersonEpisode>& people);

// A decision among many episodes.
struct DecisionRef {
  const PersonEpisode* episode;
  int decision;
};

// The valid decisions of a split, but for those of one participant.
std::vector<DecisionRef> DecisionsWithout(const std::vector<PersonEpisode>& people, Split split,
                                          std::optional<int> held_out);

}  // namespace hod::engine
