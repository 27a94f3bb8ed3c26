#include "engine/config/trained_config.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"

namespace hod::engine {

absl::StatusOr<RunConfig> TrainedConfig(const models::LoadedNetwork& network) {
  if (network.of_the_reference()) return RunConfig();
  const absl::StatusOr<nlohmann::json> run = ParseJson(network.run);
  if (!run.ok() || !run->is_object() || !run->contains("config") ||
      !run->at("config").is_string()) {
    return absl::DataLossError(
        absl::StrCat(network.path, ": run: expected an object with the text config"));
  }
  return ParseRunConfig(run->at("config").get<std::string>(), network.path);
}

}  // namespace hod::engine
