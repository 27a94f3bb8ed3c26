// What this library gives to TorchLibrary (models/network/torch_library.h).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "models/backends/backend.h"
#include "models/backends/device_network.h"
#include "models/reference/network.h"
#include "models/reference/trainer.h"
#include "models/training/collective.h"
#include "models/training/ppo_trainer.h"
#include "models/training/trainer.h"

namespace hod::models {

bool HasCudaDevice();
double PeakRate(Device device, Precision precision);
std::unique_ptr<Backend> NewBackend(const Network& network, Device device, Precision precision);
std::unique_ptr<DeviceNetwork> NewDeviceNetwork(const Network& network, Device device,
                                                Precision precision);
std::unique_ptr<Trainer> NewTrainer(const TrainerState& state, const TrainerConfig& config);
std::unique_ptr<PpoTrainer> NewPpoTrainer(const TrainerState& state,
                                          const PpoTrainerConfig& config);
std::unique_ptr<ReferenceTrainer> NewReferenceTrainer(const ReferenceWeights& weights,
                                                      const TrainerConfig& config, int length);
std::unique_ptr<ReferenceNetwork> NewReferenceNetwork(const ReferenceWeights& weights);
absl::StatusOr<std::unique_ptr<Collective>> NewCollective(const CollectiveOptions& options);

}  // namespace hod::models
