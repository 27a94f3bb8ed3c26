#include "models/network/torch_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "env/base/version.h"

namespace hod::models {
namespace {

// It lies where the program's or the Python module's run path points.
constexpr char kFile[] = "libhod-torch.so";

absl::StatusOr<const TorchLibrary*> Load() {
  void* const handle = dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(
        "PPO, GPUs, networks of the reference and several learners need ", kFile, ": ", dlerror()));
  }
  const auto functions =
      reinterpret_cast<const TorchLibrary* (*)()>(dlsym(handle, "HodTorchLibrary"));
  if (functions == nullptr) return absl::DataLossError(absl::StrCat(kFile, ": ", dlerror()));
  const TorchLibrary* const library = functions();
  if (std::string(library->version) != kVersion) {
    return absl::FailedPreconditionError(absl::StrCat(kFile, ": is of version ", library->version,
                                                      ", expected this program's, ", kVersion));
  }
  return library;
}

}  // namespace

absl::StatusOr<const TorchLibrary*> LoadTorchLibrary() {
  static const auto& library = *new absl::StatusOr<const TorchLibrary*>(Load());
  return library;
}

}  // namespace hod::models
