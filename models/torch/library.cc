#include "models/torch/library.h"

#include "env/base/version.h"
#include "models/network/torch_library.h"

extern "C" __attribute__((visibility("default"))) const hod::models::TorchLibrary*
HodTorchLibrary() {
  using namespace hod::models;
#ifdef HOD_HAS_GLOO
  constexpr auto join_collective = NewCollective;
#else
  constexpr auto join_collective = nullptr;
#endif
  static const TorchLibrary library = {hod::kVersion,  HasCudaDevice,       PeakRate,
                                       NewBackend,     NewDeviceNetwork,    NewTrainer,
                                       NewPpoTrainer,  NewReferenceTrainer, NewReferenceNetwork,
                                       join_collective};
  return &library;
}
