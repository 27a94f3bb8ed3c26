#include "models/torch/batch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

// How far a distribution's sum may be from 1: float rounding and stored half precision.
constexpr double kSumTolerance = 1e-2;
// What the reference puts in place of the logits of invalid actions.
constexpr float kInvalidLogit = -1e8f;

absl::Status CheckActions(absl::Span<const int32_t> ids, int num_actions) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= num_actions) {
      return absl::InvalidArgumentError(
          absl::StrCat("holds action ", ids[i], ", expected 0 to ", num_actions - 1));
    }
    if (i > 0 && ids[i] <= ids[i - 1]) {
      return absl::InvalidArgumentError(absl::StrCat("is not ascending at entry ", i));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDistribution(const env::ActionDistribution& distribution, int num_actions) {
  if (distribution.empty()) return absl::OkStatus();
  std::vector<int32_t> ids;
  double sum = 0;
  for (const auto& [id, probability] : distribution) {
    if (!(probability >= 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("gives action ", id, " the probability ", probability));
    }
    ids.push_back(id);
    sum += probability;
  }
  if (!(std::abs(sum - 1.0) <= kSumTolerance)) {
    return absl::InvalidArgumentError(absl::StrCat("sums to ", sum, ", expected 1"));
  }
  return CheckActions(ids, num_actions);
}

absl::Status CheckWithin(const env::ActionDistribution& distribution,
                         const std::vector<int32_t>& valid) {
  for (const auto& [id, probability] : distribution) {
    if (!std::binary_search(valid.begin(), valid.end(), id)) {
      return absl::InvalidArgumentError(absl::StrCat("holds action ", id, ", which is not in"));
    }
  }
  return absl::OkStatus();
}

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

absl::Status CheckExample(const Example& example, const env::Game& first, bool inventories) {
  const env::Game& game = *example.position.game;
  const int num_actions = game.actions().num_actions();
  const auto volume = static_cast<size_t>(game.size().Volume());
  if (game.size() != first.size() || num_actions != first.actions().num_actions()) {
    return absl::InvalidArgumentError("world size or actions differ from those of example 0");
  }
  if (!game.config().abilities.inf_blocks && !inventories) {
    return absl::InvalidArgumentError("finite blocks, but the network does not see inventories");
  }
  if (example.position.state->blocks.size() != volume || example.goal.size() != volume) {
    return absl::InvalidArgumentError(
        absl::StrCat("state of ", example.position.state->blocks.size(), " voxels and goal of ",
                     example.goal.size(), ", expected ", volume));
  }
  for (const env::Block block : example.goal) {
    if (block >= env::kNumBlocks) {
      return absl::InvalidArgumentError(absl::StrCat("goal holds block ", block));
    }
  }
  if (!std::isfinite(example.value)) {
    return absl::InvalidArgumentError("value is not finite");
  }
  const auto named = [](const char* name, const absl::Status& status) {
    return absl::InvalidArgumentError(absl::StrCat(name, " ", status.message()));
  };
  if (absl::Status s = CheckActions(example.valid_actions, num_actions); !s.ok()) {
    return named("valid_actions", s);
  }
  if (absl::Status s = CheckActions(example.human_actions, num_actions); !s.ok()) {
    return named("human_actions", s);
  }
  if (absl::Status s = CheckDistribution(example.search_policy, num_actions); !s.ok()) {
    return named("search_policy", s);
  }
  if (absl::Status s = CheckDistribution(example.human_policy, num_actions); !s.ok()) {
    return named("human_policy", s);
  }
  if (absl::Status s = CheckWithin(example.search_policy, example.valid_actions); !s.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("search_policy ", s.message(), " valid_actions"));
  }
  if (absl::Status s = CheckWithin(example.human_policy, example.human_actions); !s.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("human_policy ", s.message(), " human_actions"));
  }
  return absl::OkStatus();
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

absl::Status CheckExamples(absl::Span<const Example> examples, bool inventories) {
  if (examples.empty()) return absl::InvalidArgumentError("no examples");
  for (size_t i = 0; i < examples.size(); ++i) {
    const absl::Status status =
        CheckExample(examples[i], *examples.front().position.game, inventories);
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("example ", i, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

Inputs MakeInputs(absl::Span<const Example> examples, const NetworkConfig& config) {
  const env::WorldSize& size = examples.front().position.game->size();
  const auto batch = static_cast<int64_t>(examples.size());
  const int64_t row = int64_t{NumPlanes(config)} * size.Volume(), globals = NumGlobals(config);
  const Inputs inputs = {at::empty({batch, NumPlanes(config), size.w, size.h, size.d}),
                         at::empty({batch, globals})};
  for (int64_t i = 0; i < batch; ++i) {
    mcts::Position position = examples[i].position;
    position.valid_actions = examples[i].valid_actions;
    EncodeFeatures(config, position, absl::MakeSpan(inputs.planes.data_ptr<float>() + i * row, row),
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
