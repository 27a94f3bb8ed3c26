#include "models/torch/batch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "env/base/parallel.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

// The entries of one member of the examples in [B, num_actions].
at::Tensor EntriesOf(absl::Span<const Example> examples, std::vector<int32_t> Example::*actions,
                     int64_t num_actions) {
  std::vector<int64_t> entries;
  for (size_t i = 0; i < examples.size(); ++i) {
    for (const int32_t id : examples[i].*actions) {
      entries.push_back(static_cast<int64_t>(i) * num_actions + id);
    }
  }
  return at::tensor(entries, at::kLong);
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

Inputs MakeInputs(absl::Span<const Example> examples, const NetworkConfig& config, int threads) {
  const env::WorldSize& size = examples.front().position.game->size();
  const auto batch = static_cast<int64_t>(examples.size());
  const int64_t row = int64_t{NumPlanes(config)} * size.Volume(), globals = NumGlobals(config);
  const Inputs inputs = {at::empty({batch, NumPlanes(config), size.w, size.h, size.d}),
                         at::empty({batch, globals})};
  const absl::Span<float> all_planes = SpanOf(inputs.planes), all_globals = SpanOf(inputs.globals);
  RunOnThreads(static_cast<int>(batch), threads, [&](int i) {
    EncodeFeatures(config, PositionOf(examples[i]), all_planes.subspan(i * row, row),
                   all_globals.subspan(i * globals, globals));
    return absl::OkStatus();
  }).IgnoreError();
  return inputs;
}

at::Tensor MakeGoals(absl::Span<const Example> examples) {
  const env::WorldSize& size = examples.front().position.game->size();
  const at::Tensor goals =
      at::empty({static_cast<int64_t>(examples.size()), size.w, size.h, size.d}, at::kLong);
  int64_t* row = goals.data_ptr<int64_t>();
  for (const Example& example : examples) {
    row = std::copy(example.goal.begin(), example.goal.end(), row);
  }
  return goals;
}

Targets MakeTargets(absl::Span<const Example> examples) {
  const env::Game& game = *examples.front().position.game;
  const env::WorldSize& size = game.size();
  const auto batch = static_cast<int64_t>(examples.size());
  const int64_t volume = size.Volume();
  const int64_t num_actions = game.actions().num_actions();
  Targets result = {
      at::empty({batch, size.w, size.h, size.d}, at::kLong),
      MakeGoals(examples),
      at::empty({batch}),
      EntriesOf(examples, &Example::valid_actions, num_actions),
      EntriesOf(examples, &Example::human_actions, num_actions),
      Gather(examples, &Example::search_policy, game.actions().num_actions()),
      Gather(examples, &Example::human_policy, game.actions().num_actions()),
  };
  for (int64_t i = 0; i < batch; ++i) {
    const Example& example = examples[i];
    const std::vector<env::Block>& blocks = example.position.state->blocks;
    std::copy(blocks.begin(), blocks.end(), result.current.data_ptr<int64_t>() + i * volume);
    result.value.data_ptr<float>()[i] = example.value;
  }
  return result;
}

Inputs MoveTo(at::Device device, const Inputs& inputs) {
  return {inputs.planes.to(device), inputs.globals.to(device)};
}

Targets MoveTo(at::Device device, const Targets& targets) {
  Targets moved = targets;
  for (at::Tensor* const tensor :
       {&moved.current, &moved.goal, &moved.value, &moved.valid_actions, &moved.human_actions,
        &moved.search_policy.entries, &moved.search_policy.probabilities,
        &moved.search_policy.present, &moved.human_policy.entries,
        &moved.human_policy.probabilities, &moved.human_policy.present}) {
    *tensor = tensor->to(device);
  }
  return moved;
}

}  // namespace hod::models
