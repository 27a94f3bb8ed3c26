// Networks on the processor: its vector units or, to compare them with, libtorch. Only tensors as
// plain memory here; what they mean is the evaluator's (network_evaluator.h).
//
// Most logits of actions are of no use to a search: actions that the game does not have, and places
// out of reach. So a pass ends before them, and those that are wanted are asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "env/game/actions.h"
#include "env/game/geometry.h"
#include "models/network/network.h"
#include "models/network/precision.h"

namespace hod::models {

// Whose next action: the position's player's, or the others'.
enum class Actor { kPlayer, kOthers };

// Memory of one pass over up to `positions` positions of one world size, with the pass itself. Of
// one thread at a time.
class Workspace {
 public:
  virtual ~Workspace() = default;

  // Computes the first `positions` planes and globals.
  virtual void Run(int positions) = 0;

  // Writes the logits of flat actions `ids` (ascending) of a game of this size, for a position that
  // the last Run() computed. An action without a location has the log of the sum of its channel's
  // exponentials over all voxels.
  virtual void ActionLogits(int position, Actor actor, const env::ActionSpace& actions,
                            absl::Span<const int32_t> ids, absl::Span<float> logits) = 0;

  absl::Span<float> planes;             // [positions][NumPlanes][w][h][d]
  absl::Span<float> globals;            // [positions][NumGlobals]
  absl::Span<const float> goal_logits;  // [positions][kNumBlocks][w][h][d]
  absl::Span<const float> values;       // [positions]
};

// Every logit of a position that the last Run() computed, for comparisons: of all actions that
// there may be, the player's and the others', then the goal's.
std::vector<float> AllLogits(Workspace& workspace, int position, const env::WorldSize& size);

// A network that can be computed. May be used by several threads at once.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<Workspace> MakeWorkspace(const env::WorldSize& size) const = 0;
  // Positions that a pass should take, at most: more gain nothing.
  virtual int positions_per_pass() const = 0;
};

// kAuto: the faster one of float32 and bfloat16, as measured on this processor
// (measured_kernels.h); bfloat16 on a GPU.
enum class PrecisionChoice { kAuto, kFloat32, kBfloat16, kInt8 };

// Computes on the vector units. Keeps its own copy of the parameters. Error: a processor without
// the precision. Requires a valid network.
absl::StatusOr<std::unique_ptr<Backend>> MakeBackend(const Network& network,
                                                     PrecisionChoice precision);

}  // namespace hod::models
