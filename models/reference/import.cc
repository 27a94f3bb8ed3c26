#include "models/reference/import.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"
#include "env/game/config.h"

namespace hod::models {
namespace {

using nlohmann::json;
using Kind = ReferenceLayer::Kind;

constexpr char kPositionEmbedding[] = "position_embedding";  // The reference's name.
constexpr int kLstmPeriod = 4;                               // Every fourth layer of transformers.
constexpr size_t kMaxConfigBytes = 1 << 20;

// Settings that, where present, must have the one value Hod computes with.
void Expect(JsonObjectReader& reader, const char* key, const json& expected) {
  if (reader.Has(key)) reader.Expect(key, expected);
}

void ExpectWhatHodComputes(JsonObjectReader& reader) {
  Expect(reader, "num_action_layers", 2);
  Expect(reader, "num_value_layers", 2);
  Expect(reader, "use_prev_blocks", false);
  Expect(reader, "use_prev_action", false);
  Expect(reader, "mask_action_distribution", true);
  Expect(reader, "use_per_location_lstm", false);
  Expect(reader, "lstm_depth", nullptr);
  Expect(reader, "num_lstm_layers", 1);
  Expect(reader, "use_separated_transformer", true);
  Expect(reader, "norm_first", false);
  Expect(reader, "dropout", 0);
  Expect(reader, "use_groupnorm", false);
  Expect(reader, "use_resnet", true);
  Expect(reader, "use_fc_after_embedding", true);
}

void ReadTransformer(JsonObjectReader& reader, ReferenceConfig& config) {
  int num_layers = 0;
  bool interleave_lstm = false;
  reader.Read("hidden_size", config.hidden_size);
  reader.Read("num_layers", 1, 1000, num_layers);
  reader.Read("num_heads", 1, 1000, config.num_heads);
  reader.Read("position_embedding_size", config.position_size);
  if (reader.Has("interleave_lstm")) reader.Read("interleave_lstm", interleave_lstm);
  for (int i = 0; i < num_layers; ++i) {
    const bool lstm = interleave_lstm && (i + 1) % kLstmPeriod == 0;
    config.layers.push_back({lstm ? Kind::kLstm : Kind::kAttention});
  }
}

void ReadConvolutional(JsonObjectReader& reader, ReferenceConfig& config) {
  int num_layers = 0, num_pointwise = 0, kernel = 0;
  std::optional<int> lstm_period;
  reader.Read("hidden_channels", config.hidden_size);
  reader.Read("num_layers", 1, 1000, num_layers);
  reader.Read("num_conv_1_layers", num_pointwise);
  reader.Read("filter_size", kernel);
  if (reader.Has("interleave_lstm_every")) reader.Read("interleave_lstm_every", lstm_period);
  if (lstm_period && *lstm_period < 1) {
    reader.Fail(reader.Path("interleave_lstm_every"), "null or at least 1");
  }
  Expect(reader, "hidden_size", config.hidden_size);
  Expect(reader, "lstm_size", config.hidden_size);
  if (!reader.ok()) return;
  for (int i = 0; i < num_layers; ++i) {
    if (lstm_period && (i + 1) % *lstm_period == 0) {
      config.layers.push_back({Kind::kLstm});
    } else {
      config.layers.push_back({Kind::kResidual, i < num_pointwise ? 1 : kernel});
    }
  }
}

// The configuration but for world_size, which is that of the tensors.
absl::StatusOr<ReferenceConfig> ParseReferenceModel(const json& object) {
  JsonObjectReader root(object, "");
  std::string model;
  root.Read("custom_model", model);
  Expect(root, "vf_share_layers", true);
  const json* settings = root.Find("custom_model_config");
  if (!root.ok()) return root.Finish();

  ReferenceConfig config;
  JsonObjectReader reader(*settings, "custom_model_config");
  ExpectWhatHodComputes(reader);
  // The first is the environment, the second how the reference acts in its own evaluation.
  for (const char* unused : {"env_config", "mask_action_distribution_during_eval"}) {
    reader.FindOptional(unused);
  }
  reader.Read("embedding_size", config.embedding_size);
  reader.Read("use_extra_features", config.compare_goal);
  reader.Read("mask_goal", config.mask_goal);
  reader.Read("mask_other_players", config.mask_other_players);
  reader.Read("scale_obs", config.scale_observation);
  reader.Read("line_of_sight_masking", config.line_of_sight);
  reader.Read("vf_scale", config.value_scale);
  config.predicts_others = absl::EndsWith(model, "_alpha_zero_model");
  if (model == "mbag_transformer_model" || model == "mbag_transformer_alpha_zero_model") {
    ReadTransformer(reader, config);
  } else if (model == "mbag_convolutional_model" ||
             model == "mbag_convolutional_alpha_zero_model") {
    ReadConvolutional(reader, config);
  } else {
    root.Fail("custom_model",
              "mbag_transformer_model, mbag_convolutional_model or one of them with alpha_zero_ "
              "before model");
    return root.Finish();
  }
  const char* const inventories = "num_inventory_obs";
  if (reader.Has(inventories)) {
    reader.Read(inventories, config.num_inventories);
  } else {
    root.ReadObject("resolved", [&](JsonObjectReader& resolved) {
      resolved.IgnoreOtherKeys();
      resolved.Read(inventories, config.num_inventories);
    });
  }
  RETURN_IF_ERROR(reader.Finish());
  root.IgnoreOtherKeys();
  RETURN_IF_ERROR(root.Finish());
  return config;
}

}  // namespace

absl::StatusOr<ReferenceWeights> ImportReference(const std::string& weights_path,
                                                 const std::string& config_path) {
  const auto refused = [](const std::string& path, const std::string& what) {
    return absl::DataLossError(absl::StrCat(path, ": ", what));
  };
  ASSIGN_OR_RETURN(const json object, ReadJsonFile(config_path, kMaxConfigBytes));
  absl::StatusOr<ReferenceConfig> config = ParseReferenceModel(object);
  if (!config.ok()) return refused(config_path, std::string(config.status().message()));

  ASSIGN_OR_RETURN(SafeTensors file, ReadSafeTensors(weights_path));
  if (config->IsTransformer()) {
    const auto positions = file.tensors.find(kPositionEmbedding);
    if (positions == file.tensors.end() || positions->second.shape.size() != 4) {
      return refused(weights_path,
                     absl::StrCat("expected a tensor ", kPositionEmbedding, " of four axes"));
    }
    const std::vector<int64_t>& shape = positions->second.shape;
    for (int axis = 0; axis < 3; ++axis) {
      if (shape[axis] < env::kMinWorldExtent || shape[axis] > env::kMaxWorldExtent) {
        return refused(weights_path,
                       absl::StrCat("tensor ", kPositionEmbedding, " has ", shape[axis],
                                    " positions along axis ", axis, ", expected ",
                                    env::kMinWorldExtent, " to ", env::kMaxWorldExtent));
      }
    }
    config->world_size = {static_cast<int>(shape[0]), static_cast<int>(shape[1]),
                          static_cast<int>(shape[2])};
  }
  RETURN_IF_ERROR(Annotate(Validate(*config), config_path));
  ASSIGN_OR_RETURN(auto tensors, TakeTensors(weights_path, ReferenceLayout(*config),
                                             TensorNames::kReference, file));
  for (const auto& [name, tensor] : file.tensors) {
    if (absl::EndsWith(name, ".num_batches_tracked") && tensor.shape.empty()) continue;
    return refused(weights_path, absl::StrCat("tensor ", name, " is not expected"));
  }
  return ReferenceWeights{*std::move(config), std::move(tensors)};
}

}  // namespace hod::models
