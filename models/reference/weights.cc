#include "models/reference/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::models {
namespace {

absl::Status Refused(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

absl::StatusOr<ReferenceConfig> ParseConfig(const std::string& path, SafeTensors& file) {
  const auto missing = [&](const char* key) {
    return Refused(path, absl::StrCat("metadata \"", key, "\" is missing"));
  };
  if (file.metadata.count("format") == 0) return missing("format");
  if (file.metadata["format"] != kReferenceFormat) {
    return Refused(path, absl::StrCat("metadata \"format\" is \"", file.metadata["format"],
                                      "\", expected \"", kReferenceFormat, "\""));
  }
  if (file.metadata.count("config") == 0) return missing("config");
  const absl::StatusOr<nlohmann::json> json = ParseJson(file.metadata["config"]);
  absl::StatusOr<ReferenceConfig> config =
      json.ok() ? ReferenceConfigFromJson(*json) : json.status();
  if (!config.ok()) {
    return Refused(path,
                   absl::StrCat("metadata \"config\": ", std::string(config.status().message())));
  }
  return config;
}

}  // namespace

absl::Status SaveReference(const std::string& path, const ReferenceWeights& weights) {
  SafeTensors file;
  file.metadata = {{"format", kReferenceFormat}, {"config", DumpJson(ToJson(weights.config))}};
  for (const ReferenceTensor& spec : ReferenceLayout(weights.config)) {
    const std::vector<float>& values = weights.tensors.at(spec.name);
    SafeTensor tensor{Dtype::kF32, spec.shape, std::string(values.size() * sizeof(float), '\0')};
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    file.tensors.emplace(spec.name, std::move(tensor));
  }
  return WriteSafeTensors(path, file);
}

absl::StatusOr<ReferenceWeights> ReferenceFrom(const std::string& path, SafeTensors file) {
  ASSIGN_OR_RETURN(ReferenceConfig config, ParseConfig(path, file));
  ASSIGN_OR_RETURN(auto tensors,
                   TakeTensors(path, ReferenceLayout(config), TensorNames::kHod, file));
  if (!file.tensors.empty()) {
    return Refused(path, absl::StrCat("tensor ", file.tensors.begin()->first, " is not expected"));
  }
  return ReferenceWeights{std::move(config), std::move(tensors)};
}

bool IsReference(const SafeTensors& file) {
  const auto format = file.metadata.find("format");
  return format != file.metadata.end() && format->second == kReferenceFormat;
}

absl::StatusOr<std::map<std::string, std::vector<float>>> TakeTensors(
    const std::string& path, const std::vector<ReferenceTensor>& layout, TensorNames names,
    SafeTensors& file) {
  std::map<std::string, std::vector<float>> result;
  for (const ReferenceTensor& spec : layout) {
    const bool ours = names == TensorNames::kHod;
    const std::string& name = ours ? spec.name : spec.reference_name;
    const std::vector<int64_t>& shape = ours ? spec.shape : spec.reference_shape;
    const auto node = file.tensors.extract(name);
    if (node.empty()) return Refused(path, absl::StrCat("tensor ", name, " is missing"));
    const SafeTensor& tensor = node.mapped();
    if (tensor.dtype != Dtype::kF32 || tensor.shape != shape) {
      return Refused(path, absl::StrCat("tensor ", name, " is ", Name(tensor.dtype), " [",
                                        absl::StrJoin(tensor.shape, ", "), "], expected F32 [",
                                        absl::StrJoin(shape, ", "), "]"));
    }
    std::vector<float> values(spec.Size());
    std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
    const bool is_variance = absl::EndsWith(spec.name, ".variance");
    for (size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i]) && !(is_variance && values[i] < 0)) continue;
      return Refused(path,
                     absl::StrCat("tensor ", name, " is ", values[i], " at element ", i,
                                  ", expected a finite ", is_variance ? "variance" : "value"));
    }
    result.emplace(spec.name, std::move(values));
  }
  return result;
}

}  // namespace hod::models
