#include "models/reference/evaluator.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "mcts/human_actions.h"
#include "models/backends/decode.h"

namespace hod::models {

absl::Status ReferenceEvaluator::Evaluate(absl::Span<const mcts::Position> positions,
                                          absl::Span<mcts::Evaluation> evaluations) {
  if (positions.size() != evaluations.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(positions.size(), " positions but ", evaluations.size(), " evaluations"));
  }
  std::vector<ReferenceInput> inputs;
  for (const mcts::Position& position : positions) {
    RETURN_IF_ERROR(CheckGame(network_->config(), *position.game, position.player));
    inputs.push_back(
        {ObservationOf(*position.game, *position.state, position.player), position.memory.get()});
  }
  std::vector<ReferenceOutput> outputs(positions.size());
  RETURN_IF_ERROR(network_->Step(inputs, absl::MakeSpan(outputs)));
  std::vector<int32_t> human_actions;
  std::vector<float> human_policy;
  for (size_t i = 0; i < positions.size(); ++i) {
    const mcts::Position& position = positions[i];
    const env::Game& game = *position.game;
    mcts::Evaluation& evaluation = evaluations[i];
    ActionProbabilities(outputs[i].policy, game.actions(), position.valid_actions,
                        evaluation.policy);
    evaluation.human_policy.clear();
    if (network_->config().predicts_others) {
      mcts::HumanActions(position, human_actions);
      ActionProbabilities(outputs[i].human, game.actions(), human_actions, human_policy);
      for (size_t k = 0; k < human_actions.size(); ++k) {
        evaluation.human_policy.push_back({human_actions[k], human_policy[k]});
      }
    }
    evaluation.goal_logits = std::move(outputs[i].goal);
    evaluation.value = outputs[i].value;
    evaluation.memory = outputs[i].memory.empty()
                            ? nullptr
                            : std::make_shared<const ReferenceMemory>(std::move(outputs[i].memory));
  }
  return absl::OkStatus();
}

}  // namespace hod::models
