// Reads the file of a study.
#include <toml++/toml.h>

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "engine/io/files.h"
#include "engine/networks/network_study.h"
#include "models/reference/initial.h"

namespace hod::engine {
namespace {

// The keys of one table, each with what it sets. Unknown keys, wrong types and values out of range
// are errors that name the key.
class Keys {
 public:
  void Integer(const char* key, int& target, int lo, int hi) {
    Add(key, absl::StrCat("an integer from ", lo, " to ", hi), [&target, lo, hi](auto& node) {
      const auto value = node.template value_exact<int64_t>();
      if (!value || *value < lo || *value > hi) return false;
      target = static_cast<int>(*value);
      return true;
    });
  }
  void Number(const char* key, double& target, double lo, double hi) {
    Add(key, absl::StrCat("a number from ", lo, " to ", hi), [&target, lo, hi](auto& node) {
      const auto value = node.template value<double>();
      if (!value || !(*value >= lo && *value <= hi)) return false;
      target = *value;
      return true;
    });
  }
  void Flag(const char* key, bool& target) {
    Add(key, "true or false", [&target](auto& node) {
      const auto value = node.template value_exact<bool>();
      target = value.value_or(false);
      return value.has_value();
    });
  }
  void Text(const char* key, std::string& target) {
    Add(key, "a text", [&target](auto& node) {
      target = node.template value_exact<std::string>().value_or("");
      return !target.empty();
    });
  }
  void Integers(const char* key, std::vector<int>& target) {
    Add(key, "a list of integers", [&target](auto& node) {
      const toml::array* list = node.as_array();
      for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto value = list->get(i)->template value_exact<int64_t>();
        if (!value) return false;
        target.push_back(static_cast<int>(*value));
      }
      return list != nullptr;
    });
  }
  // A key that is read elsewhere.
  void Other(const char* key) {
    Add(key, "", [](auto&) { return true; });
  }

  absl::Status Read(const toml::table& table, const std::string& prefix) const {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const auto known = std::find_if(keys_.begin(), keys_.end(),
                                      [&](const Key& entry) { return entry.name == name; });
      if (known == keys_.end()) {
        return absl::InvalidArgumentError(absl::StrCat(prefix, name, ": unknown key"));
      }
      if (!known->set(node)) {
        return absl::InvalidArgumentError(
            absl::StrCat(prefix, name, ": expected ", known->expected));
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Key {
    std::string name, expected;
    std::function<bool(const toml::node&)> set;
  };
  void Add(const char* key, std::string expected, std::function<bool(const toml::node&)> set) {
    keys_.push_back({key, std::move(expected), std::move(set)});
  }
  std::vector<Key> keys_;
};

absl::StatusOr<StudiedNetwork> NetworkFrom(const toml::table& table) {
  StudiedNetwork network;
  std::string kind;
  int channels = 64, blocks = 4, kernel = 5;
  Keys keys;
  keys.Text("name", network.name);
  keys.Text("kind", kind);
  keys.Integer("channels", channels, 1, 512);
  keys.Integer("blocks", blocks, 0, 64);
  keys.Number("ema_decay", network.ema_decay, 0, 1);
  keys.Integer("kernel", kernel, 1, 11);
  keys.Number("learning_rate", network.learning_rate, 1e-9, 1);
  keys.Number("final_learning_rate", network.final_learning_rate, 0, 1);
  if (absl::Status s = keys.Read(table, ""); !s.ok()) return s;
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
    if (absl::Status s = models::Validate(config); !s.ok()) return s;
    network.config = config;
  } else {
    return absl::InvalidArgumentError("kind: expected hod or reference");
  }
  return network;
}

absl::StatusOr<NetworkStudy> StudyFrom(const toml::table& table) {
  NetworkStudy study;
  int seed = 1;
  Keys keys;
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
  if (absl::Status s = keys.Read(table, ""); !s.ok()) return s;
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
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const auto refuse = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  };
  try {  // toml++ reports syntax errors by exceptions.
    absl::StatusOr<NetworkStudy> study = StudyFrom(toml::parse(*text));
    if (!study.ok()) return refuse(std::string(study.status().message()));
    return study;
  } catch (const toml::parse_error& error) {
    return refuse(
        absl::StrCat("line ", error.source().begin.line, ": ", std::string(error.description())));
  }
}

}  // namespace hod::engine
