// Networks on the processor: its vector units or, to compare them with, libtorch. Only tensors as
// plain memory here; what they mean is the evaluator's (network_evaluator.h).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "env/game/actions.h"
#include "env/game/geometry.h"
#include "models/network/network.h"
#include "models/network/precision.h"

namespace hod::models {

// Planes of logits per position: the player's actions, the other players', then the goal.
inline constexpr int kNumLogitPlanes = 2 * env::kNumActionChannels + env::kNumBlocks;

// Memory of one pass over up to `positions` positions of one world size, with the pass itself. Of
// one thread at a time.
class Workspace {
 public:
  virtual ~Workspace() = default;

  // Computes the logits and values of the first `positions` planes and globals.
  virtual void Run(int positions) = 0;

  absl::Span<float> planes;        // [positions][NumPlanes][w][h][d]
  absl::Span<float> globals;       // [positions][NumGlobals]
  absl::Span<const float> logits;  // [positions][kNumLogitPlanes][w][h][d]
  absl::Span<const float> values;  // [positions]
};

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
