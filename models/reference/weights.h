// The weights of a network of the reference, and the file Hod keeps them in.
//
// A .safetensors file with every tensor of ReferenceLayout() as F32 under Hod's name and nothing
// else. Metadata: "format" (kReferenceFormat) and "config" (JSON of the ReferenceConfig).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/files/safetensors.h"
#include "models/reference/config.h"

namespace hod::models {

inline constexpr char kReferenceFormat[] = "hod-reference-1";

struct ReferenceWeights {
  ReferenceConfig config;
  std::map<std::string, std::vector<float>> tensors;  // Exactly those of ReferenceLayout().
};

// Replaces the file as a whole or not at all (safetensors.h). Requires a valid config.
absl::Status SaveReference(const std::string& path, const ReferenceWeights& weights);

// The network of the file read from `path`. Refuses a file of another format, an invalid config, a
// tensor missing, left over, of another shape or type, with values that are not finite or a
// negative variance. Errors name the file and the tensor or key.
absl::StatusOr<ReferenceWeights> ReferenceFrom(const std::string& path, SafeTensors file);

// Whether a file says that it is one of these, whatever else is in it.
bool IsReference(const SafeTensors& file);

// Takes all tensors of a layout out of a file that has them under Hod's names and shapes or under
// the reference's; what is left in `file` is not of the network. Checks as in ReferenceFrom().
enum class TensorNames { kHod, kReference };
absl::StatusOr<std::map<std::string, std::vector<float>>> TakeTensors(
    const std::string& path, const std::vector<ReferenceTensor>& layout, TensorNames names,
    SafeTensors& file);

}  // namespace hod::models
