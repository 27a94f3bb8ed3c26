#include "models/checkpoints/checkpoint.h"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "models/files/safetensors.h"

namespace hod::models {
namespace {

using nlohmann::json;

constexpr char kNetwork[] = "network/";
constexpr char kAverage[] = "average/";
constexpr char kPublished[] = "published/";
constexpr char kFirstMoment[] = "optimizer/first_moment/";
constexpr char kSecondMoment[] = "optimizer/second_moment/";

absl::Status Refused(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

json ToJson(const NetworkConfig& config) {
  return {{"channels", config.channels},
          {"blocks", config.blocks},
          {"block", Name(config.block)},
          {"goal_visible", config.goal_visible},
          {"inventories", config.inventories}};
}

absl::StatusOr<NetworkConfig> ParseNetworkConfig(const std::string& path, const std::string& text) {
  const json parsed = ParseJson(text).value_or(json());
  NetworkConfig config;
  const auto read = [&](const char* key, int& value) {
    const auto it = parsed.find(key);
    if (it == parsed.end() || !it->is_number_integer()) return false;
    const auto number = it->get<int64_t>();
    value = static_cast<int>(number);
    return value == number;
  };
  const auto read_flag = [&](const char* key, bool& value) {
    const auto it = parsed.find(key);
    if (it == parsed.end() || !it->is_boolean()) return false;
    value = it->get<bool>();
    return true;
  };
  // Before there were dense blocks, none was named.
  const auto read_block = [&] {
    const auto it = parsed.find("block");
    if (it == parsed.end()) return parsed.size() == 4;
    if (!it->is_string() || parsed.size() != 5) return false;
    const std::optional<BlockKind> kind = BlockKindNamed(it->get<std::string>());
    config.block = kind.value_or(config.block);
    return kind.has_value();
  };
  if (!parsed.is_object() || !read("channels", config.channels) || !read("blocks", config.blocks) ||
      !read_block() || !read_flag("goal_visible", config.goal_visible) ||
      !read_flag("inventories", config.inventories)) {
    return Refused(path, absl::StrCat("metadata \"network\" is ", text,
                                      ", expected channels, blocks, block (factorised or dense), "
                                      "goal_visible and inventories"));
  }
  if (absl::Status s = Validate(config); !s.ok()) return Refused(path, std::string(s.message()));
  return config;
}

// Adds the tensors of a flat vector, each under `prefix`.
absl::Status Put(const std::string& path, const NetworkConfig& config, const std::string& prefix,
                 const std::vector<float>& values, SafeTensors& file) {
  if (static_cast<int64_t>(values.size()) != NumParameters(config)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", prefix, " has ", values.size(),
                                                   " values, expected ", NumParameters(config)));
  }
  const float* next = values.data();
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    const int64_t size = spec.Size();
    for (int64_t i = 0; i < size; ++i) {
      if (!std::isfinite(next[i])) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ": tensor ", prefix, spec.name, " is not finite at element ", i));
      }
    }
    SafeTensor tensor{Dtype::kF32, spec.shape, std::string(size * sizeof(float), '\0')};
    std::memcpy(tensor.data.data(), next, tensor.data.size());
    file.tensors.emplace(absl::StrCat(prefix, spec.name), std::move(tensor));
    next += size;
  }
  return absl::OkStatus();
}

// Takes them out of the file again.
absl::StatusOr<std::vector<float>> Take(const std::string& path, const NetworkConfig& config,
                                        const std::string& prefix, SafeTensors& file) {
  std::vector<float> values;
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    const std::string name = absl::StrCat(prefix, spec.name);
    const auto node = file.tensors.extract(name);
    if (node.empty()) return Refused(path, absl::StrCat("tensor ", name, " is missing"));
    const SafeTensor& tensor = node.mapped();
    if (tensor.dtype != Dtype::kF32 || tensor.shape != spec.shape) {
      return Refused(path, absl::StrCat("tensor ", name, " is ", Name(tensor.dtype), " [",
                                        absl::StrJoin(tensor.shape, ", "), "], expected F32 [",
                                        absl::StrJoin(spec.shape, ", "), "]"));
    }
    const size_t begin = values.size();
    values.resize(begin + spec.Size());
    std::memcpy(values.data() + begin, tensor.data.data(), tensor.data.size());
    for (size_t i = begin; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) {
        return Refused(path,
                       absl::StrCat("tensor ", name, " is not finite at element ", i - begin));
      }
    }
  }
  return values;
}

absl::StatusOr<SafeTensors> NetworkTensors(const std::string& path, const Network& network,
                                           const std::string& run) {
  if (!ParseJson(run).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": run is not JSON: ", run));
  }
  SafeTensors file;
  file.metadata = {
      {"format", kCheckpointFormat}, {"network", DumpJson(ToJson(network.config))}, {"run", run}};
  RETURN_IF_ERROR(Put(path, network.config, kNetwork, network.parameters, file));
  return file;
}

// The network and run of a file of either kind, whose tensors are taken from `file`.
absl::StatusOr<NetworkFile> TakeNetwork(const std::string& path, SafeTensors& file) {
  const auto missing = [&](const char* key) {
    return Refused(path, absl::StrCat("metadata \"", key, "\" is missing"));
  };
  if (file.metadata.count("format") == 0) return missing("format");
  if (file.metadata["format"] != kCheckpointFormat) {  // Whatever else such a file should have.
    return Refused(path, absl::StrCat("metadata \"format\" is \"", file.metadata["format"],
                                      "\", expected \"", kCheckpointFormat, "\""));
  }
  for (const char* key : {"network", "run"}) {
    if (file.metadata.count(key) == 0) return missing(key);
  }
  if (!ParseJson(file.metadata["run"]).ok()) return Refused(path, "metadata \"run\" is not JSON");
  ASSIGN_OR_RETURN(const NetworkConfig config, ParseNetworkConfig(path, file.metadata["network"]));
  ASSIGN_OR_RETURN(std::vector<float> parameters, Take(path, config, kNetwork, file));
  return NetworkFile{{config, std::move(parameters)}, file.metadata["run"]};
}

absl::StatusOr<Checkpoint> TakeCheckpoint(const std::string& path, NetworkFile network,
                                          SafeTensors& file) {
  Checkpoint checkpoint{{std::move(network.network), {}, {}, {}, {}, 0}, std::move(network.run)};
  TrainerState& state = checkpoint.state;
  const auto first_average = file.tensors.lower_bound(kAverage);
  if (first_average != file.tensors.end() && absl::StartsWith(first_average->first, kAverage)) {
    ASSIGN_OR_RETURN(std::vector<float> taken, Take(path, state.network.config, kAverage, file));
    state.average = std::move(taken);
  }
  for (const auto& [prefix, values] :
       {std::pair(kPublished, &state.published), std::pair(kFirstMoment, &state.first_moment),
        std::pair(kSecondMoment, &state.second_moment)}) {
    ASSIGN_OR_RETURN(std::vector<float> taken, Take(path, state.network.config, prefix, file));
    *values = std::move(taken);
  }
  for (const float square : state.second_moment) {
    if (square < 0) return Refused(path, "a second moment of the optimizer is negative");
  }
  const std::string& steps = file.metadata["steps"];
  if (!absl::SimpleAtoi(steps, &state.steps) || state.steps < 0) {
    return Refused(path,
                   absl::StrCat("metadata \"steps\" is \"", steps, "\", expected at least 0"));
  }
  return checkpoint;
}

absl::Status CheckNothingLeft(const std::string& path, const SafeTensors& file) {
  if (file.tensors.empty()) return absl::OkStatus();
  return Refused(path, absl::StrCat("tensor ", file.tensors.begin()->first, " is not expected"));
}

}  // namespace

absl::Status SaveNetwork(const std::string& path, const NetworkFile& file) {
  const absl::StatusOr<SafeTensors> tensors = NetworkTensors(path, file.network, file.run);
  return tensors.ok() ? WriteSafeTensors(path, *tensors) : tensors.status();
}

absl::Status SaveCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  const TrainerState& state = checkpoint.state;
  ASSIGN_OR_RETURN(SafeTensors file, NetworkTensors(path, state.network, checkpoint.run));
  file.metadata["steps"] = absl::StrCat(state.steps);
  for (const auto& [prefix, values] :
       {std::pair(kPublished, &state.published), std::pair(kFirstMoment, &state.first_moment),
        std::pair(kSecondMoment, &state.second_moment)}) {
    RETURN_IF_ERROR(Put(path, state.network.config, prefix, *values, file));
  }
  if (!state.average.empty()) {
    RETURN_IF_ERROR(Put(path, state.network.config, kAverage, state.average, file));
  }
  return WriteSafeTensors(path, file);
}

absl::StatusOr<NetworkFile> NetworkFrom(const std::string& path, SafeTensors file) {
  ASSIGN_OR_RETURN(NetworkFile network, TakeNetwork(path, file));
  if (!file.tensors.empty()) {  // Then it must be a whole training checkpoint.
    ASSIGN_OR_RETURN(const Checkpoint checkpoint, TakeCheckpoint(path, network, file));
    network.network = checkpoint.state.Acting();
  }
  RETURN_IF_ERROR(CheckNothingLeft(path, file));
  return network;
}

absl::StatusOr<Checkpoint> LoadCheckpoint(const std::string& path) {
  ASSIGN_OR_RETURN(SafeTensors file, ReadSafeTensors(path));
  ASSIGN_OR_RETURN(NetworkFile network, TakeNetwork(path, file));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, TakeCheckpoint(path, std::move(network), file));
  RETURN_IF_ERROR(CheckNothingLeft(path, file));
  return checkpoint;
}

}  // namespace hod::models
