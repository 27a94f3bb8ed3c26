#include "models/network_evaluator.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "env/game/action_mask.h"
#include "models/decode.h"
#include "models/features.h"
#include "models/forward.h"

namespace hod::models {
namespace {

// Positions per pass. Larger batches gain nothing and leave the processor's cache.
constexpr size_t kChunk = 8;

// Row `row` of a contiguous tensor of floats.
absl::Span<const float> Row(const at::Tensor& rows, int64_t row) {
  const int64_t size = rows.numel() / rows.size(0);
  return {rows.data_ptr<float>() + row * size, static_cast<size_t>(size)};
}

// What the other players may do: flat ids, ascending. People do not teleport in sight of anything,
// so that line of sight tells something of those who walk only.
void FindHumanActions(const mcts::Position& position, std::vector<int32_t>& ids) {
  const env::Game& game = *position.game;
  const int human = position.player == 0 ? game.num_players() - 1 : 0;
  const bool line_of_sight = !game.config().abilities.teleportation;
  env::ValidActions(game, *position.state, human, line_of_sight, ids);
}

}  // namespace

class NetworkEvaluator::Impl {
 public:
  Impl(const Network& network, Precision precision)
      : config_(network.config), forward_(config_, Parameters(network, precision)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) const {
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    for (size_t begin = 0; begin < positions.size(); begin += kChunk) {
      if (absl::Status status =
              EvaluateChunk(positions.subspan(begin, kChunk), evaluations.subspan(begin, kChunk));
          !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  bool inventories() const { return config_.inventories; }

 private:
  static at::Tensor Parameters(const Network& network, Precision precision) {
    const c10::InferenceMode inference;
    return at::tensor(network.parameters).to(ScalarTypeOf(precision));
  }

  absl::Status EvaluateChunk(absl::Span<const mcts::Position> positions,
                             absl::Span<mcts::Evaluation> evaluations) const {
    const env::Game& game = *positions.front().game;
    const env::WorldSize& size = game.size();
    const auto batch = static_cast<int64_t>(positions.size());
    const size_t row = static_cast<size_t>(NumFeatures(config_.inventories)) * size.Volume();
    const at::Tensor features =
        at::empty({batch, NumFeatures(config_.inventories), size.w, size.h, size.d});
    for (int64_t i = 0; i < batch; ++i) {
      EncodeFeatures(positions[i], config_.inventories,
                     absl::MakeSpan(features.data_ptr<float>() + i * row, row));
    }
    const Prediction prediction = forward_(features);
    // A sum is finite only if all terms are: cheaper than asking each.
    const at::Tensor sum = prediction.policy.sum() + prediction.human.sum() +
                           prediction.goal.sum() + prediction.value.sum();
    if (!std::isfinite(sum.item<float>())) {
      return absl::InternalError("the network's prediction is not finite");
    }
    const at::Tensor policy = prediction.policy.contiguous();
    const at::Tensor human = prediction.human.contiguous();
    const at::Tensor goal = prediction.goal.contiguous();
    std::vector<int32_t> human_actions;
    std::vector<float> human_policy;
    for (int64_t i = 0; i < batch; ++i) {
      mcts::Evaluation& evaluation = evaluations[i];
      ActionProbabilities(Row(policy, i), game.actions(), positions[i].valid_actions,
                          evaluation.policy);
      FindHumanActions(positions[i], human_actions);
      ActionProbabilities(Row(human, i), game.actions(), human_actions, human_policy);
      evaluation.human_policy.clear();
      for (size_t k = 0; k < human_actions.size(); ++k) {
        evaluation.human_policy.push_back({human_actions[k], human_policy[k]});
      }
      const absl::Span<const float> logits = Row(goal, i);
      evaluation.goal_logits.assign(logits.begin(), logits.end());
      evaluation.value = prediction.value.data_ptr<float>()[i];
    }
    return absl::OkStatus();
  }

  NetworkConfig config_;
  ForwardPass forward_;
};

NetworkEvaluator::NetworkEvaluator(const Network& network, Precision precision)
    : impl_(std::make_unique<Impl>(network, precision)) {}

NetworkEvaluator::~NetworkEvaluator() = default;

absl::Status NetworkEvaluator::Evaluate(absl::Span<const mcts::Position> positions,
                                        absl::Span<mcts::Evaluation> evaluations) {
  if (positions.size() != evaluations.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(positions.size(), " positions but ", evaluations.size(), " evaluations"));
  }
  for (const mcts::Position& position : positions) {
    const env::Game& first = *positions.front().game;
    if (position.game->size() != first.size() ||
        position.game->actions().num_actions() != first.actions().num_actions()) {
      return absl::InvalidArgumentError("positions of one batch differ in size or actions");
    }
    if (!position.game->config().abilities.inf_blocks && !impl_->inventories()) {
      return absl::InvalidArgumentError(
          "the game has finite blocks, but the network does not see inventories");
    }
  }
  return impl_->Evaluate(positions, evaluations);
}

}  // namespace hod::models
