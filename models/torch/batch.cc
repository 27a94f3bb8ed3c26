#include "models/torch/batch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "models/network/features.h"

namespace hod::models {
namespace {

// What the reference puts in place of the logits of invalid actions.
constexpr float kInvalidLogit = -1e8f;

// What to add to logits: 0 for the actions of one member of the examples, else kInvalidLogit.
at::Tensor MakeMask(absl::Span<const Example> examples, std::vector<int32_t> Example::*valid,
                    int64_t num_actions) {
  const at::Tensor mask =
      at::full({static_cast<int64_t>(examples.size()), num_actions}, kInvalidLogit);
  float* row = mask.data_ptr<float>();
  for (const Example& example : examples) {
    for (const int32_t id : example.*valid) row[id] = 0.0f;
    row += num_actions;
  }
  return mask;
}

SparseDistributions Gather(absl::Span<const Example> examples,
                           env::ActionDistribution Example::*member, int num_actions) {
  std::vector<int64_t> entries;
  std::vector<float> probabilities;
  std::vector<float> present;
  SparseDistributions result;
  for (size_t i = 0; i < examples.size(); ++i) {
    const env::ActionDistribution& distribution = examples[i].*member;
    present.push_back(distribution.empty() ? 0.0f : 1.0f);
    result.count += !distribution.empty();
    for (const auto& [id, probability] : distribution) {
      if (probability == 0) continue;
      entries.push_back(static_cast<int64_t>(i) * num_actions + id);
      probabilities.push_back(probability);
      result.entropy -= probability * std::log(probability);
    }
  }
  result.entries = at::tensor(entries, at::kLong);
  result.probabilities = at::tensor(probabilities, at::kFloat);
  result.present = at::tensor(present, at::kFloat);
  return result;
}

}  // namespace

Inputs MakeInputs(absl::Span<const Example> examples, const NetworkConfig& config) {
  const env::WorldSize& size = examples.front().position.game->size();
  const auto batch = static_cast<int64_t>(examples.size());
  const int64_t row = int64_t{NumPlanes(config)} * size.Volume(), globals = NumGlobals(config);
  const Inputs inputs = {at::empty({batch, NumPlanes(config), size.w, size.h, size.d}),
                         at::empty({batch, globals})};
  for (int64_t i = 0; i < batch; ++i) {
    EncodeFeatures(config, PositionOf(examples[i]),
                   absl::MakeSpan(inputs.planes.data_ptr<float>() + i * row, row),
                   absl::MakeSpan(inputs.globals.data_ptr<float>() + i * globals, globals));
  }
  return inputs;
}

Targets MakeTargets(absl::Span<const Example> examples) {
  const env::Game& game = *examples.front().position.game;
  const env::WorldSize& size = game.size();
  const auto batch = static_cast<int64_t>(examples.size());
  const int64_t volume = size.Volume();
  const int64_t num_actions = game.actions().num_actions();
  Targets result = {
      at::empty({batch, size.w, size.h, size.d}, at::kLong),
      at::empty({batch, size.w, size.h, size.d}, at::kLong),
      at::empty({batch}),
      MakeMask(examples, &Example::valid_actions, num_actions),
      MakeMask(examples, &Example::human_actions, num_actions),
      Gather(examples, &Example::search_policy, game.actions().num_actions()),
      Gather(examples, &Example::human_policy, game.actions().num_actions()),
  };
  for (int64_t i = 0; i < batch; ++i) {
    const Example& example = examples[i];
    const std::vector<env::Block>& blocks = example.position.state->blocks;
    std::copy(blocks.begin(), blocks.end(), result.current.data_ptr<int64_t>() + i * volume);
    std::copy(example.goal.begin(), example.goal.end(),
              result.goal.data_ptr<int64_t>() + i * volume);
    result.value.data_ptr<float>()[i] = example.value;
  }
  return result;
}

}  // namespace hod::models
