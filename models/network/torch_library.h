// libtorch, for those who need it: PPO, GPUs, networks of the reference, several learners. It is
// large and takes long to load, so what computes with it is a library of its own (models/torch),
// which is loaded when it is first needed.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "models/network/precision.h"

namespace hod::models {

class Backend;
class Collective;
class DeviceNetwork;
class PpoTrainer;
class ReferenceNetwork;
class ReferenceTrainer;
class Trainer;
struct CollectiveOptions;
struct Network;
struct PpoTrainerConfig;
struct ReferenceWeights;
struct TrainerConfig;
struct TrainerState;

// The library's functions. HasCuda(), DevicePeakRate(), MakeTorchBackend(), MakeDeviceNetwork(),
// MakeTorchTrainer(), MakePpoTrainer(), MakeReferenceTrainer(), MakeReferenceNetwork() and
// JoinCollective() call them, and say what they require.
struct TorchLibrary {
  const char* version;  // Has to be that of the program.
  bool (*has_cuda)();
  double (*peak_rate)(Device, Precision);
  std::unique_ptr<Backend> (*make_backend)(const Network&, Device, Precision);
  std::unique_ptr<DeviceNetwork> (*make_device_network)(const Network&, Device, Precision);
  std::unique_ptr<Trainer> (*make_trainer)(const TrainerState&, const TrainerConfig&);
  std::unique_ptr<PpoTrainer> (*make_ppo_trainer)(const TrainerState&, const PpoTrainerConfig&);
  std::unique_ptr<ReferenceTrainer> (*make_reference_trainer)(const ReferenceWeights&,
                                                              const TrainerConfig&, int length);
  std::unique_ptr<ReferenceNetwork> (*make_reference_network)(const ReferenceWeights&);
  // Null if it was built without the headers of Gloo.
  absl::StatusOr<std::unique_ptr<Collective>> (*join_collective)(const CollectiveOptions&);
};

// Loads it, the first time. An error says which file is missing or does not fit.
absl::StatusOr<const TorchLibrary*> LoadTorchLibrary();

}  // namespace hod::models
