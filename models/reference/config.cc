#include "models/reference/config.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"
#include "env/game/actions.h"
#include "env/game/config.h"

namespace hod::models {
namespace {

using nlohmann::json;
using Kind = ReferenceLayer::Kind;

constexpr int kMaxLayers = 64, kMaxKernel = 11, kMaxHidden = 1024, kMaxEmbedding = 256;

constexpr std::pair<Kind, const char*> kKindNames[] = {
    {Kind::kResidual, "residual"}, {Kind::kLstm, "lstm"}, {Kind::kAttention, "attention"}};

int Count(const ReferenceConfig& config, Kind kind) {
  return static_cast<int>(std::count_if(config.layers.begin(), config.layers.end(),
                                        [&](const ReferenceLayer& l) { return l.kind == kind; }));
}

absl::Status CheckRange(const char* name, int value, int lo, int hi) {
  if (value >= lo && value <= hi) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is ", value, ", expected ", lo, " to ", hi));
}

absl::Status CheckTransformer(const ReferenceConfig& config) {
  if (config.hidden_size % config.num_heads != 0) {
    return absl::InvalidArgumentError(absl::StrCat("hidden_size is ", config.hidden_size,
                                                   ", expected a multiple of num_heads, ",
                                                   config.num_heads));
  }
  const env::WorldSize& size = config.world_size;
  for (const int extent : {size.w, size.h, size.d}) {
    RETURN_IF_ERROR(CheckRange("world_size", extent, env::kMinWorldExtent, env::kMaxWorldExtent));
  }
  if (config.NumInputs() > config.hidden_size) {
    return absl::InvalidArgumentError(absl::StrCat("the observation takes ", config.NumInputs(),
                                                   " channels, expected at most hidden_size, ",
                                                   config.hidden_size));
  }
  return absl::OkStatus();
}

void ReadLayers(JsonObjectReader& reader, std::vector<ReferenceLayer>& layers) {
  reader.ReadObjects("layers", [&](JsonObjectReader& fields) {
    std::string kind;
    fields.Read("kind", kind);
    const auto* known = std::find_if(std::begin(kKindNames), std::end(kKindNames),
                                     [&](const auto& entry) { return kind == entry.second; });
    if (known == std::end(kKindNames)) {
      return fields.Fail(fields.Path("kind"), "residual, lstm or attention");
    }
    ReferenceLayer layer{known->first};
    if (layer.kind == Kind::kResidual) fields.Read("kernel", 1, kMaxKernel, layer.kernel);
    layers.push_back(layer);
  });
}

}  // namespace

int ReferenceConfig::NumInputs() const {
  const int embeddings = mask_goal ? 3 : 4;  // Block, goal, players, last interacted.
  return embeddings * embedding_size + num_inventories * env::kNumBlocks + /*timestep*/ 1 +
         (compare_goal ? 1 : 0) + position_size;
}

int ReferenceConfig::NumLstms() const { return Count(*this, Kind::kLstm); }

absl::Status Validate(const ReferenceConfig& config) {
  const auto num_layers = static_cast<int>(config.layers.size());
  for (const absl::Status& status :
       {CheckRange("embedding_size", config.embedding_size, 1, kMaxEmbedding),
        CheckRange("num_inventories", config.num_inventories, 1, kNumPlayerMarkers - 1),
        CheckRange("hidden_size", config.hidden_size, 1, kMaxHidden),
        CheckRange("number of layers", num_layers, 1, kMaxLayers),
        CheckRange("num_heads", config.num_heads, 0, config.hidden_size),
        CheckRange("position_size", config.position_size, config.IsTransformer() ? 1 : 0,
                   config.IsTransformer() ? config.hidden_size : 0)}) {
    RETURN_IF_ERROR(status);
  }
  if (!std::isfinite(config.value_scale)) {
    return absl::InvalidArgumentError("value_scale is not finite");
  }
  if (config.mask_goal && config.compare_goal) {
    return absl::InvalidArgumentError("compare_goal is true, expected false with mask_goal");
  }
  for (const ReferenceLayer& layer : config.layers) {
    if (layer.kind == (config.IsTransformer() ? Kind::kResidual : Kind::kAttention)) {
      return absl::InvalidArgumentError(config.IsTransformer()
                                            ? "a network with num_heads has a residual layer"
                                            : "a network without num_heads has an attention layer");
    }
    if (layer.kind == Kind::kResidual && (layer.kernel % 2 == 0 || layer.kernel > kMaxKernel)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "kernel of a layer is ", layer.kernel, ", expected an odd number up to ", kMaxKernel));
    }
  }
  if (config.IsTransformer()) return CheckTransformer(config);
  if (config.world_size != env::WorldSize{0, 0, 0}) {
    return absl::InvalidArgumentError("world_size is given for a network that fits all");
  }
  return absl::OkStatus();
}

json ToJson(const ReferenceConfig& config) {
  json layers = json::array();
  for (const ReferenceLayer& layer : config.layers) {
    json item = {{"kind", kKindNames[static_cast<int>(layer.kind)].second}};
    if (layer.kind == Kind::kResidual) item["kernel"] = layer.kernel;
    layers.push_back(std::move(item));
  }
  json result = {{"embedding_size", config.embedding_size},
                 {"num_inventories", config.num_inventories},
                 {"mask_goal", config.mask_goal},
                 {"mask_other_players", config.mask_other_players},
                 {"compare_goal", config.compare_goal},
                 {"scale_observation", config.scale_observation},
                 {"line_of_sight", config.line_of_sight},
                 {"hidden_size", config.hidden_size},
                 {"layers", layers},
                 {"predicts_others", config.predicts_others},
                 {"value_scale", config.value_scale}};
  if (config.IsTransformer()) {
    const env::WorldSize& size = config.world_size;
    result["num_heads"] = config.num_heads;
    result["position_size"] = config.position_size;
    result["world_size"] = {size.w, size.h, size.d};
  }
  return result;
}

absl::StatusOr<ReferenceConfig> ReferenceConfigFromJson(const json& object) {
  JsonObjectReader reader(object, "");
  ReferenceConfig config;
  reader.Read("embedding_size", config.embedding_size);
  reader.Read("num_inventories", config.num_inventories);
  reader.Read("mask_goal", config.mask_goal);
  reader.Read("mask_other_players", config.mask_other_players);
  reader.Read("compare_goal", config.compare_goal);
  reader.Read("scale_observation", config.scale_observation);
  reader.Read("line_of_sight", config.line_of_sight);
  reader.Read("hidden_size", config.hidden_size);
  ReadLayers(reader, config.layers);
  reader.Read("predicts_others", config.predicts_others);
  reader.Read("value_scale", config.value_scale);
  if (reader.Has("num_heads")) {
    reader.Read("num_heads", 1, kMaxHidden, config.num_heads);
    reader.Read("position_size", config.position_size);
    const json* size = reader.Find("world_size");
    if (size != nullptr) {
      env::WorldSize& out = config.world_size;
      const bool fits =
          size->is_array() && size->size() == 3 &&
          std::all_of(size->begin(), size->end(), [](const json& extent) {
            return extent.is_number_unsigned() && extent.get<uint64_t>() <= env::kMaxWorldExtent;
          });
      if (fits) {
        out = {(*size)[0].get<int>(), (*size)[1].get<int>(), (*size)[2].get<int>()};
      } else {
        reader.Fail(reader.Path("world_size"),
                    absl::StrCat("[w, h, d], each up to ", env::kMaxWorldExtent));
      }
    }
  }
  RETURN_IF_ERROR(reader.Finish());
  RETURN_IF_ERROR(Validate(config));
  return config;
}

int64_t ReferenceTensor::Size() const {
  int64_t size = 1;
  for (const int64_t extent : shape) size *= extent;
  return size;
}

std::vector<ReferenceTensor> ReferenceLayout(const ReferenceConfig& config) {
  const int64_t hidden = config.hidden_size, embedding = config.embedding_size;
  std::vector<ReferenceTensor> layout;
  const auto add = [&](const std::string& name, std::vector<int64_t> shape,
                       const std::string& reference_name,
                       const std::vector<int64_t>& reference_ones = {}) {
    std::vector<int64_t> reference_shape = shape;
    reference_shape.insert(reference_shape.end(), reference_ones.begin(), reference_ones.end());
    layout.push_back({name, std::move(shape), reference_name, std::move(reference_shape)});
  };
  // A linear map of every voxel, which the reference keeps as a convolution.
  const auto pointwise = [&](const std::string& name, int64_t outputs, int64_t inputs,
                             const std::string& reference_name) {
    add(name + ".weight", {outputs, inputs}, reference_name + ".weight", {1, 1, 1});
    add(name + ".bias", {outputs}, reference_name + ".bias");
  };
  const auto linear = [&](const std::string& name, int64_t outputs, int64_t inputs,
                          const std::string& reference_name) {
    add(name + ".weight", {outputs, inputs}, reference_name + ".weight");
    add(name + ".bias", {outputs}, reference_name + ".bias");
  };

  add("block_embedding", {env::kNumBlocks, embedding}, "block_id_embedding.weight");
  add("player_embedding", {kNumPlayerMarkers, embedding}, "player_id_embedding.weight");
  if (config.IsTransformer()) {
    const env::WorldSize& size = config.world_size;
    add("position_embedding", {size.w, size.h, size.d, config.position_size}, "position_embedding");
  } else {
    pointwise("input", hidden, config.NumInputs(), "fc_after_embedding");
  }
  for (size_t i = 0; i < config.layers.size(); ++i) {
    const ReferenceLayer& layer = config.layers[i];
    const std::string ours = absl::StrCat("layers.", i, ".");
    const std::string theirs = absl::StrCat("backbone.layer_", i, ".");
    switch (layer.kind) {
      case Kind::kResidual: {
        const int64_t k = layer.kernel;
        for (const char* n : {"1", "2"}) {
          const std::string conv = absl::StrCat("conv", n), norm = absl::StrCat("norm", n);
          const std::string their_norm = absl::StrCat(theirs, "bn", n);
          add(absl::StrCat(ours, conv, ".weight"), {hidden, hidden, k, k, k},
              absl::StrCat(theirs, conv, ".weight"));
          add(absl::StrCat(ours, conv, ".bias"), {hidden}, absl::StrCat(theirs, conv, ".bias"));
          add(absl::StrCat(ours, norm, ".weight"), {hidden}, their_norm + ".weight");
          add(absl::StrCat(ours, norm, ".bias"), {hidden}, their_norm + ".bias");
          add(absl::StrCat(ours, norm, ".mean"), {hidden}, their_norm + ".running_mean");
          add(absl::StrCat(ours, norm, ".variance"), {hidden}, their_norm + ".running_var");
        }
        break;
      }
      case Kind::kLstm:  // Gates in the order input, forget, cell, output.
        add(ours + "input.weight", {4 * hidden, hidden}, theirs + "weight_ih_l0");
        add(ours + "input.bias", {4 * hidden}, theirs + "bias_ih_l0");
        add(ours + "recurrent.weight", {4 * hidden, hidden}, theirs + "weight_hh_l0");
        add(ours + "recurrent.bias", {4 * hidden}, theirs + "bias_hh_l0");
        break;
      case Kind::kAttention:  // Query, key and value in one map.
        add(ours + "qkv.weight", {3 * hidden, hidden}, theirs + "self_attn.in_proj_weight");
        add(ours + "qkv.bias", {3 * hidden}, theirs + "self_attn.in_proj_bias");
        linear(ours + "attended", hidden, hidden, theirs + "self_attn.out_proj");
        linear(ours + "feedforward1", hidden, hidden, theirs + "linear1");
        linear(ours + "feedforward2", hidden, hidden, theirs + "linear2");
        for (const std::string norm : {"norm1", "norm2"}) {
          add(ours + norm + ".weight", {hidden}, theirs + norm + ".weight");
          add(ours + norm + ".bias", {hidden}, theirs + norm + ".bias");
        }
        break;
    }
  }
  const auto head = [&](const std::string& name, int outputs, const std::string& reference_name) {
    pointwise(name + ".hidden", hidden, hidden, reference_name + ".0");
    pointwise(name + ".output", outputs, hidden, reference_name + ".2");
  };
  head("policy", env::kNumActionChannels, "action_head");
  head("goal", env::kNumBlocks, "goal_head");
  if (config.predicts_others) {
    head("human", env::kNumActionChannels, "other_agent_action_prediction_head");
  }
  linear("value.hidden", hidden, hidden, "value_head.2");
  linear("value.output", 1, hidden, "value_head.4");
  return layout;
}

int64_t NumParameters(const ReferenceConfig& config) {
  int64_t count = 0;
  for (const ReferenceTensor& spec : ReferenceLayout(config)) count += spec.Size();
  return count;
}

}  // namespace hod::models
