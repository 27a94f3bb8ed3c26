// A network on a device with memory of its own, to which a bus leads: what crosses it is as little
// as a search needs. One position of the paper's world takes 92 kB there and 25 kB back in
// bfloat16, where whole logits in floats would take 470 kB.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "env/game/game.h"
#include "models/network/network.h"
#include "models/network/precision.h"

namespace hod::models {

// The memory of one pass over several positions.
class DevicePass {
 public:
  virtual ~DevicePass() = default;

  // Puts a position at a place: its features (features.h) and the actions whose logits are wanted,
  // as flat ids, to those of other players the number of actions added. Several threads may put at
  // once, each at places of its own.
  virtual void Put(int place, absl::Span<const float> planes, absl::Span<const float> globals,
                   absl::Span<const int32_t> actions) = 0;

  // Computes the first `positions` places. One thread at a time.
  virtual void Run(int positions) = 0;

  // What Run() found, in the order of the actions that were put there.
  virtual absl::Span<const float> ActionLogits(int place) const = 0;
  virtual float Value(int place) const = 0;
  // Writes [kNumBlocks][volume].
  virtual void GoalLogits(int place, absl::Span<float> logits) const = 0;
};

// May be used by several threads at once.
class DeviceNetwork {
 public:
  virtual ~DeviceNetwork() = default;
  // For games of the size and the actions of `game`. The network outlives its passes.
  virtual std::unique_ptr<DevicePass> MakePass(const env::Game& game, int capacity) const = 0;
};

// Whether libtorch has a GPU to compute on. Fails where LoadTorchLibrary() does, as the next does.
absl::StatusOr<bool> HasCuda();

// Keeps its own copy of the parameters. Requires a valid network and a device that is there.
absl::StatusOr<std::unique_ptr<DeviceNetwork>> MakeDeviceNetwork(const Network& network,
                                                                 Device device,
                                                                 Precision precision);

// Floating-point operations a second that the device reaches in a large product of matrices.
absl::StatusOr<double> DevicePeakRate(Device device, Precision precision);

}  // namespace hod::models
