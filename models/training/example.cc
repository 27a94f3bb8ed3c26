#include "models/training/example.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace hod::models {
namespace {

// How far a distribution's sum may be from 1: float rounding and stored half precision.
constexpr double kSumTolerance = 1e-2;
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

}  // namespace

mcts::Position PositionOf(const Example& example) {
  mcts::Position position = example.position;
  position.valid_actions = example.valid_actions;
  return position;
}

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

}  // namespace hod::models
