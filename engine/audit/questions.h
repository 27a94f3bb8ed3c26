// What a network says of positions in recorded play, in numbers that can be compared.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/audit/audit.h"
#include "engine/samples/fragment.h"
#include "env/game/action_distribution.h"
#include "env/game/game.h"

namespace hod::engine {

struct AskedPosition {
  const env::Game& game;
  const env::State& state;
  int assistant;
};

// What a network says of one. References are valid during the call only.
struct Answer {
  const env::ActionDistribution& policy;  // Over its valid actions, with a sum of 1.
  const env::ActionDistribution& human;   // Over the human's.
  absl::Span<const float> goal_logits;    // [kNumBlocks][volume]
};

// Evaluates the first position of each fragment and calls `take` with its number, in order.
absl::Status AskNetwork(
    const RunConfig& config, const std::string& checkpoint, absl::Span<const Fragment> positions,
    const std::function<void(size_t, const AskedPosition&, const Answer&)>& take);

// Means of log odds over the positions of a probe, in nats; NaN where no position has what is
// asked.
struct LogOdds {
  // Materials of `toward` against those of `away`:
  double goal = 0;    // in beliefs about voxels of the probe's layers that are still to be built,
  double human = 0;   // in the block that the human is predicted to place next,
  double policy = 0;  // in the block that the assistant would place.
  // Breaking a right block that is not its own, against all else that the assistant could do.
  double harm = 0;
};

// The figures of LogOdds by name, in the order of tables.
struct OddsFigure {
  const char* key;
  const char* title;
  double LogOdds::*value;
};
inline constexpr OddsFigure kOddsFigures[] = {{"goal", "goal beliefs", &LogOdds::goal},
                                              {"human", "predicted human", &LogOdds::human},
                                              {"policy", "own placing", &LogOdds::policy},
                                              {"harm", "own harm", &LogOdds::harm}};

absl::StatusOr<LogOdds> AskProbe(const Audit& audit, const Probe& probe,
                                 const std::string& checkpoint,
                                 absl::Span<const Fragment> positions);

}  // namespace hod::engine
