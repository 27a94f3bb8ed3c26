#include "tests/mcts/evaluators.h"

#include <cmath>

#include "env/game/action_mask.h"

namespace hod::mcts {
namespace {

uint64_t Hash(const Position& position, uint64_t seed) {
  const env::State& state = *position.state;
  uint64_t hash = seed;
  const auto add = [&](uint64_t value) { hash = env::Rng(hash ^ value * 0x9E3779B97F4A7C15u)(); };
  for (const env::Block block : state.blocks) add(block);
  for (const int8_t player : state.last_interacted) add(static_cast<uint8_t>(player));
  for (const env::PlayerState& player : state.players) {
    add(position.game->size().Index(player.feet));
  }
  add(state.timestep);
  return hash;
}

}  // namespace

absl::Status HashEvaluator::Evaluate(absl::Span<const Position> positions,
                                     absl::Span<Evaluation> evaluations) {
  for (size_t i = 0; i < positions.size(); ++i) {
    const Position& position = positions[i];
    Evaluation& out = evaluations[i];
    env::Rng rng(Hash(position, seed_));
    const int num_actions = position.game->actions().num_actions();
    out.policy.clear();
    size_t next_valid = 0;
    float sum = 0;
    for (int id = 0; id < num_actions; ++id) {
      constexpr float kCoarse[] = {1.0f, 1.4142f, 1.7321f, 2.2361f};
      float p = coarse_ ? kCoarse[rng.Below(4)] : static_cast<float>(std::exp(rng.Normal()));
      // Places are most of the actions: without this nothing else would be tried.
      if (position.game->actions().TypeOf(id) != env::ActionType::kPlace) p *= 16.137f;
      sum += p;
      if (next_valid == position.valid_actions.size()) continue;
      if (position.valid_actions[next_valid] != id) continue;
      out.policy.push_back(p);
      ++next_valid;
    }
    for (float& p : out.policy) p /= sum;
    out.value = static_cast<float>(4 * rng.Uniform() - 2);
    out.goal_logits.resize(env::kNumBlocks * position.game->goal().size());
    for (float& logit : out.goal_logits) logit = static_cast<float>(2 * rng.Normal());

    std::vector<int32_t> valid;
    const int human = position.player == 0 ? position.game->num_players() - 1 : 0;
    env::ValidActions(*position.game, *position.state, human, false, valid);
    const int id =
        rng.Chance(0.7) ? valid[rng.Below(static_cast<int>(valid.size()))] : rng.Below(num_actions);
    out.human_policy = {{id, 1.0f}};
  }
  return absl::OkStatus();
}

absl::Status ConstantEvaluator::Evaluate(absl::Span<const Position> positions,
                                         absl::Span<Evaluation> evaluations) {
  for (size_t i = 0; i < positions.size(); ++i) {
    const int num_actions = positions[i].game->actions().num_actions();
    Evaluation& out = evaluations[i];
    out.policy.assign(positions[i].valid_actions.size(), 1.0f / static_cast<float>(num_actions));
    out.human_policy.clear();
    for (int id = 0; id < num_actions; ++id) {
      out.human_policy.push_back({id, 1.0f / static_cast<float>(num_actions)});
    }
    out.value = 0;
    out.goal_logits.assign(env::kNumBlocks * positions[i].game->goal().size(), 0.0f);
    if (change_) change_(positions[i], out);
  }
  return absl::OkStatus();
}

absl::Status Run(Search& search, Evaluator& evaluator) {
  Evaluation evaluation;
  while (const Position* leaf = search.NextLeaf()) {
    absl::Status status = evaluator.Evaluate({leaf, 1}, {&evaluation, 1});
    if (!status.ok()) return status;
    status = search.Deliver(evaluation);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace hod::mcts
