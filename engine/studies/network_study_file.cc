// Reads the file of a study.
#include <toml++/toml.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/config/toml_keys.h"
#include "engine/studies/network_study.h"
#include "env/base/files.h"
#include "env/base/status.h"
#include "models/reference/initial.h"

namespace hod::engine {
namespace {

absl::StatusOr<StudiedNetwork> NetworkFrom(const toml::table& table) {
  StudiedNetwork network;
  std::string kind;
  int channels = 64, blocks = 4, kernel = 5;
  TomlKeys keys;
  keys.Text("name", network.name);
  keys.Text("kind", kind);
  keys.Integer("channels", channels, 1, 512);
  keys.Integer("blocks", blocks, 0, 64);
  keys.Number("ema_decay", network.ema_decay, 0, 1);
  keys.Integer("kernel", kernel, 1, 11);
  keys.Number("learning_rate", network.learning_rate, 1e-9, 1);
  keys.Number("final_learning_rate", network.final_learning_rate, 0, 1);
  RETURN_IF_ERROR(keys.Read(table, ""));
  if (network.name.empty()) return absl::InvalidArgumentError("name: missing");
  const auto refuse = [&](const char* key) {
    return absl::InvalidArgumentError(absl::StrCat(key, ": not of a network of kind ", kind));
  };
  if (kind == "hod") {
    if (table.contains("kernel")) return refuse("kernel");
    network.config = models::NetworkConfig{.channels = channels, .blocks = blocks};
  } else if (kind == "reference") {
    for (const char* key : {"blocks", "ema_decay"}) {
      if (table.contains(key)) return refuse(key);
    }
    models::ReferenceConfig config = models::PaperConfig();
    config.hidden_size = channels;
    for (models::ReferenceLayer& layer : config.layers) {
      if (layer.kernel > 1) layer.kernel = kernel;
    }
    RETURN_IF_ERROR(models::Validate(config));
    network.config = config;
  } else {
    return absl::InvalidArgumentError("kind: expected hod or reference");
  }
  return network;
}

absl::StatusOr<NetworkStudy> StudyFrom(const toml::table& table) {
  NetworkStudy study;
  int seed = 1;
  TomlKeys keys;
  keys.Text("baseline", study.baseline);
  keys.Integer("seed", seed, 0, INT32_MAX);
  keys.Integer("sequence_length", study.data.sequence_length, 1, 4096);
  keys.Integer("train_sequences", study.data.train_sequences, 1, 1000000);
  keys.Integer("test_sequences", study.data.test_sequences, 1, 1000000);
  keys.Integers("held_out_participants", study.data.held_out_participants);
  keys.Number("held_out_share", study.data.held_out_share, 0, 1);
  keys.Integer("batch_sequences", study.batch_sequences, 1, 4096);
  keys.Integer("epochs", study.epochs, 1, 1000);
  keys.Flag("mirror", study.mirror);
  keys.Integer("warm_up", study.warm_up, 0, 4095);
  keys.Integer("speed_batch", study.speed_batch, 1, 4096);
  keys.Integer("speed_rounds", study.speed_rounds, 1, 1000);
  keys.Other("network");
  RETURN_IF_ERROR(keys.Read(table, ""));
  study.data.seed = static_cast<uint64_t>(seed);
  if (study.warm_up >= study.data.sequence_length) {
    return absl::InvalidArgumentError("warm_up: expected less than sequence_length");
  }
  const toml::array* networks = table["network"].as_array();
  for (size_t i = 0; networks != nullptr && i < networks->size(); ++i) {
    const toml::table* entry = networks->get(i)->as_table();
    if (entry == nullptr) {
      return absl::InvalidArgumentError("network: expected tables [[network]]");
    }
    absl::StatusOr<StudiedNetwork> network = NetworkFrom(*entry);
    if (!network.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("network ", i, ": ", std::string(network.status().message())));
    }
    study.networks.push_back(*std::move(network));
  }
  const auto named = std::count_if(study.networks.begin(), study.networks.end(),
                                   [&](const auto& n) { return n.name == study.baseline; });
  if (named != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("baseline: \"", study.baseline, "\" names no network of this study, or two"));
  }
  return study;
}

}  // namespace

absl::StatusOr<NetworkStudy> LoadNetworkStudy(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  const auto refuse = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  };
  try {  // toml++ reports syntax errors by exceptions.
    absl::StatusOr<NetworkStudy> study = StudyFrom(toml::parse(text));
    if (!study.ok()) return refuse(std::string(study.status().message()));
    return study;
  } catch (const toml::parse_error& error) {
    return refuse(
        absl::StrCat("line ", error.source().begin.line, ": ", std::string(error.description())));
  }
}

}  // namespace hod::engine
