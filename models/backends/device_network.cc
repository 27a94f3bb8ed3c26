#include "models/backends/device_network.h"

#include "env/base/status.h"
#include "models/network/torch_library.h"

namespace hod::models {

absl::StatusOr<bool> HasCuda() {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->has_cuda();
}

absl::StatusOr<std::unique_ptr<DeviceNetwork>> MakeDeviceNetwork(const Network& network,
                                                                 Device device,
                                                                 Precision precision) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_device_network(network, device, precision);
}

absl::StatusOr<double> DevicePeakRate(Device device, Precision precision) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->peak_rate(device, precision);
}

}  // namespace hod::models
