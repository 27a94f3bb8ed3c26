// An episode as trace lines, the format shared by recorder and verifier: the recorder writes these
// lines, the verifier makes them anew and compares. docs/traces.md explains every key.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "env/game/game.h"

namespace hod::env {

// How much of a step is written out in full. The reference does so every 10th step.
struct TraceDetail {
  bool valid_actions = false;  // The lists behind the mask checksums.
  bool inventories = false;    // Slots, not only counts (finite blocks).
  bool mask_los = true;        // The line-of-sight mask; costly with teleportation.
};

// The default of step number `step` (1 for the first) of an episode.
TraceDetail DefaultDetail(const GameConfig& config, int step);

// Follows one episode and describes it line by line.
class EpisodeTrace {
 public:
  // `game` outlives this.
  explicit EpisodeTrace(const Game* game) : game_(game) {}

  // The reset line for the episode's first state. `name` and `seed` are labels only.
  nlohmann::json Reset(const State& state, const std::string& name, int64_t seed);

  // The line of a step that led to `state`.
  nlohmann::json Step(absl::Span<const Action> actions, const StepOutcome& outcome,
                      const State& state, const TraceDetail& detail);

 private:
  // Valid actions of every player, with and without line of sight (absent: not computed).
  struct Masks {
    std::vector<std::vector<int32_t>> plain, los;
  };
  Masks MakeMasks(const State& state, bool los) const;
  void DescribeView(const State& state, const Masks& masks, nlohmann::json& line) const;

  const Game* game_;
  Masks masks_;  // Before the next step.
  std::vector<Block> blocks_;
  std::vector<int8_t> last_interacted_;
};

// Gap coding of ascending lists: the running sum of the gaps gives the values.
std::vector<int32_t> GapEncode(const std::vector<int32_t>& values);
std::vector<int32_t> GapDecode(const std::vector<int32_t>& gaps);

}  // namespace hod::env
