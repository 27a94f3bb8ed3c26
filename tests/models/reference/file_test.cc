// Files of the reference's networks: Hod's own, and those of the reference's users.
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "models/reference/import.h"
#include "models/reference/weights.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/models/reference_files.h"
#include "tests/support/models/reference_samples.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

using nlohmann::json;

// A saved network as tensors, to be spoilt and written again.
SafeTensors Saved(const TempDir& directory, const ReferenceConfig& config) {
  const std::string path = directory / "saved.safetensors";
  REQUIRE(SaveReference(path, RandomWeights(config, 1)).ok());
  return *ReadSafeTensors(path);
}

absl::StatusOr<ReferenceWeights> LoadReference(const std::string& path) {
  absl::StatusOr<SafeTensors> file = ReadSafeTensors(path);
  return file.ok() ? ReferenceFrom(path, *std::move(file)) : file.status();
}

// What LoadReference() says of a file, without its path.
std::string LoadError(const TempDir& directory, const SafeTensors& file) {
  const std::string path = directory / "spoilt.safetensors";
  REQUIRE(WriteSafeTensors(path, file).ok());
  const absl::StatusOr<ReferenceWeights> loaded = LoadReference(path);
  if (loaded.ok()) return "accepted";
  const std::string message(loaded.status().message());
  REQUIRE(message.rfind(path + ": ", 0) == 0);
  return message.substr(path.size() + 2);
}

void SetFloat(SafeTensor& tensor, size_t index, float value) {
  std::memcpy(tensor.data.data() + index * sizeof(float), &value, sizeof(float));
}

TEST_CASE("A network of the reference survives saving and loading") {
  const TempDir directory;
  for (const ReferenceConfig& config : {SmallTransformer(), SmallConvolutional()}) {
    const ReferenceWeights weights = RandomWeights(config, 5);
    const std::string path = directory / "n.safetensors";
    REQUIRE(SaveReference(path, weights).ok());
    const absl::StatusOr<ReferenceWeights> loaded = LoadReference(path);
    INFO(loaded.status());
    REQUIRE(loaded.ok());
    CHECK(loaded->config == config);
    CHECK(loaded->tensors == weights.tensors);
  }
}

TEST_CASE("Tensors that do not fit the configuration are refused by name") {
  const TempDir directory;
  const SafeTensors good = Saved(directory, SmallConvolutional());
  REQUIRE(LoadError(directory, good) == "accepted");
  SafeTensors bad = good;
  bad.tensors.erase("goal.output.bias");
  CHECK(LoadError(directory, bad) == "tensor goal.output.bias is missing");
  bad = good;
  bad.tensors["extra"] = bad.tensors["input.bias"];
  CHECK(LoadError(directory, bad) == "tensor extra is not expected");
  bad = good;
  bad.tensors["layers.1.conv2.bias"].shape = {4, 2};
  CHECK(LoadError(directory, bad) == "tensor layers.1.conv2.bias is F32 [4, 2], expected F32 [8]");
  bad = good;
  bad.tensors["layers.1.conv2.bias"].dtype = Dtype::kI32;
  CHECK(LoadError(directory, bad) == "tensor layers.1.conv2.bias is I32 [8], expected F32 [8]");
  bad = good;
  SetFloat(bad.tensors["input.bias"], 3, std::nanf(""));
  CHECK(LoadError(directory, bad) ==
        "tensor input.bias is nan at element 3, expected a finite value");
  bad = good;
  SetFloat(bad.tensors["layers.0.norm1.variance"], 2, -1);
  CHECK(LoadError(directory, bad) ==
        "tensor layers.0.norm1.variance is -1 at element 2, expected a finite variance");
}

TEST_CASE("Metadata that are missing or wrong are refused by key") {
  const TempDir directory;
  const SafeTensors good = Saved(directory, SmallTransformer());
  SafeTensors bad = good;
  bad.metadata.erase("format");
  CHECK(LoadError(directory, bad) == "metadata \"format\" is missing");
  bad.metadata = {{"format", "hod-checkpoint-1"}};
  CHECK(LoadError(directory, bad) ==
        "metadata \"format\" is \"hod-checkpoint-1\", expected \"hod-reference-1\"");
  bad = good;
  bad.metadata.erase("config");
  CHECK(LoadError(directory, bad) == "metadata \"config\" is missing");

  const auto with = [&](const char* key, const json& value) {
    json config = json::parse(good.metadata.at("config"));
    if (value.is_discarded()) {
      config.erase(key);
    } else {
      config[key] = value;
    }
    bad = good;
    bad.metadata["config"] = config.dump();
    return LoadError(directory, bad);
  };
  const std::string at = "metadata \"config\": ";
  CHECK(with("mask_goal", json(json::value_t::discarded)) == at + "mask_goal: expected this key");
  CHECK(with("mask_goal", 1) == at + "mask_goal: expected true or false");
  CHECK(with("surprise", 1) == at + "unknown key surprise");
  CHECK(with("hidden_size", 0) == at + "hidden_size is 0, expected 1 to 1024");
  CHECK(with("hidden_size", 34) == at + "hidden_size is 34, expected a multiple of num_heads, 4");
  CHECK(with("num_heads", 0) == at + "num_heads: expected a whole number from 1 to 1024");
  CHECK(with("position_size", 20) ==
        at + "the observation takes 47 channels, expected at most hidden_size, 32");
  CHECK(with("world_size", {5, 6}) == at + "world_size: expected [w, h, d], each up to 64");
  CHECK(with("world_size", {5, 6, 3}) == at + "world_size is 3, expected 4 to 64");
  CHECK(with("num_inventories", 1 << 30) == at + "num_inventories is 1073741824, expected 1 to 15");
  CHECK(with("compare_goal", true) == at + "compare_goal is true, expected false with mask_goal");
  CHECK(with("layers", json::array()) == at + "number of layers is 0, expected 1 to 64");
  CHECK(with("layers", {{{"kind", "dense"}}}) ==
        at + "layers[0].kind: expected residual, lstm or attention");
  CHECK(with("layers", {{{"kind", "residual"}, {"kernel", 3}}}) ==
        at + "a network with num_heads has a residual layer");
  bad = good;
  bad.metadata["config"] = std::string("{");
  CHECK(LoadError(directory, bad).rfind(at, 0) == 0);
}

// The files a user of the reference has of the same network.
struct ReferenceFiles {
  SafeTensors weights;
  json config;
};

ReferenceFiles FilesOf(const ReferenceWeights& network) {
  const ReferenceConfig& config = network.config;
  ReferenceFiles files;
  for (const ReferenceTensor& spec : ReferenceLayout(config)) {
    const std::vector<float>& values = network.tensors.at(spec.name);
    SafeTensor tensor{Dtype::kF32, spec.reference_shape, std::string(values.size() * 4, '\0')};
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    files.weights.tensors[spec.reference_name] = tensor;
  }
  json model = {
      {"embedding_size", config.embedding_size}, {"use_extra_features", config.compare_goal},
      {"mask_goal", config.mask_goal},           {"mask_other_players", config.mask_other_players},
      {"scale_obs", config.scale_observation},   {"line_of_sight_masking", config.line_of_sight},
      {"vf_scale", config.value_scale},          {"num_layers", config.layers.size()}};
  if (config.IsTransformer()) {
    model["hidden_size"] = config.hidden_size;
    model["num_heads"] = config.num_heads;
    model["position_embedding_size"] = config.position_size;
    model["interleave_lstm"] = config.NumLstms() > 0;
    files.config["resolved"] = {{"num_inventory_obs", config.num_inventories}, {"other", 1}};
  } else {
    model["hidden_channels"] = config.hidden_size;
    model["num_conv_1_layers"] = 1;
    model["filter_size"] = 3;
    model["interleave_lstm_every"] = 3;
    model["num_inventory_obs"] = config.num_inventories;
    files.weights.tensors["backbone.layer_0.bn1.num_batches_tracked"] = {
        Dtype::kI64, {}, std::string(8, '\0')};
  }
  files.config["custom_model"] = config.IsTransformer() ? "mbag_transformer_alpha_zero_model"
                                                        : "mbag_convolutional_alpha_zero_model";
  files.config["vf_share_layers"] = true;
  files.config["custom_model_config"] = model;
  return files;
}

ReferenceConfig FourLayers() {
  ReferenceConfig config = SmallTransformer();
  const ReferenceLayer attention = {ReferenceLayer::Kind::kAttention};
  config.layers = {attention, attention, attention, {ReferenceLayer::Kind::kLstm}};
  return config;
}

absl::StatusOr<ReferenceWeights> Import(const TempDir& directory, const ReferenceFiles& files) {
  const std::string weights = directory / "w.safetensors", config = directory / "c.json";
  REQUIRE(WriteSafeTensors(weights, files.weights).ok());
  std::ofstream(config) << files.config.dump(1);
  return ImportReference(weights, config);
}

std::string ImportError(const TempDir& directory, const ReferenceFiles& files) {
  const auto imported = Import(directory, files);
  return imported.ok() ? "accepted" : std::string(imported.status().message());
}

TEST_CASE("Networks of the reference's users are imported") {
  const TempDir directory;
  for (const ReferenceConfig& config : {FourLayers(), SmallConvolutional()}) {
    const ReferenceWeights weights = RandomWeights(config, 9);
    const absl::StatusOr<ReferenceWeights> imported = Import(directory, FilesOf(weights));
    INFO(imported.status());
    REQUIRE(imported.ok());
    CHECK(imported->config == config);
    CHECK(imported->tensors == weights.tensors);
  }
}

TEST_CASE("What Hod does not compute is not imported") {
  const TempDir directory;
  const std::string json_path = directory / "c.json" + ": ";
  const std::string weights_path = directory / "w.safetensors" + ": ";
  const ReferenceFiles good = FilesOf(RandomWeights(FourLayers(), 1));
  const auto with = [&](const char* key, const json& value) {
    ReferenceFiles files = good;
    files.config["custom_model_config"][key] = value;
    return ImportError(directory, files);
  };
  const std::string at = json_path + "custom_model_config.";
  CHECK(with("use_prev_blocks", true) == at + "use_prev_blocks: expected false");
  CHECK(with("norm_first", true) == at + "norm_first: expected false");
  CHECK(with("lstm_depth", 2) == at + "lstm_depth: expected null");
  CHECK(with("num_action_layers", 3) == at + "num_action_layers: expected 2");
  CHECK(with("mask_goal", "no") == at + "mask_goal: expected true or false");
  CHECK(with("sparkle", 1) == json_path + "custom_model_config: unknown key sparkle");
  // One of the four layers should be an LSTM, or should not.
  CHECK(with("interleave_lstm", false) ==
        weights_path + "tensor backbone.layer_3.self_attn.in_proj_weight is missing");
  CHECK(with("num_heads", 5) ==
        json_path + "hidden_size is 32, expected a multiple of num_heads, 5");

  ReferenceFiles files = good;
  files.config["custom_model"] = "mbag_unet_model";
  CHECK(ImportError(directory, files).rfind(json_path + "custom_model: expected mbag_", 0) == 0);
  files = good;
  files.config["vf_share_layers"] = false;
  CHECK(ImportError(directory, files) == json_path + "vf_share_layers: expected true");
  files = good;
  files.config.erase("custom_model_config");
  CHECK(ImportError(directory, files) == json_path + "custom_model_config: expected this key");
  files = good;
  files.config["resolved"].erase("num_inventory_obs");
  CHECK(ImportError(directory, files) ==
        json_path + "resolved.num_inventory_obs: expected this key");

  files = good;
  files.weights.tensors["value_head.5.weight"] = files.weights.tensors["value_head.4.weight"];
  CHECK(ImportError(directory, files) ==
        weights_path + "tensor value_head.5.weight is not expected");
  files = good;
  files.weights.tensors.erase("position_embedding");
  CHECK(ImportError(directory, files) ==
        weights_path + "expected a tensor position_embedding of four axes");
  files = good;
  files.weights.tensors["position_embedding"].shape = {600, 1, 1, 1};
  CHECK(ImportError(directory, files) ==
        weights_path +
            "tensor position_embedding has 600 positions along axis 0, expected 4 to 64");
  CHECK(ImportReference("/nowhere/w", "/nowhere/c").status().message() ==
        "/nowhere/c: cannot read: No such file or directory");
}

TEST_CASE("The networks at hand are the ones documented") {
  const std::string dir = SharedData("weights");
  if (dir.empty()) return;
  const TempDir directory;
  for (const auto& [name, parameters] :
       {std::pair("az_assistant_test", 258859), std::pair("az_human_test", 186319),
        std::pair("bc_human_11x10x10", 186319), std::pair("bc_human_tutorial", 94759),
        std::pair("paper_conv_randinit", 5222947)}) {
    INFO(name);
    const ReferenceWeights weights = Imported(dir, name);
    int64_t count = 0;
    for (const ReferenceTensor& spec : ReferenceLayout(weights.config)) {
      const bool statistic =
          absl::EndsWith(spec.name, ".mean") || absl::EndsWith(spec.name, ".variance");
      if (!statistic) count += spec.Size();
    }
    CHECK(count == parameters);
    const std::string path = directory / "n.safetensors";
    REQUIRE(SaveReference(path, weights).ok());
    const absl::StatusOr<ReferenceWeights> loaded = LoadReference(path);
    REQUIRE(loaded.ok());
    CHECK(loaded->tensors == weights.tensors);
  }
}

}  // namespace
}  // namespace hod::models
