#include "tests/support/mcts/evaluators.h"

#include <array>
#include <cmath>
#include <deque>
#include <map>

#include "env/game/action_mask.h"

namespace hod::mcts {
namespace {

uint64_t Hash(const Position& position, uint64_t seed) {
  const env::State& state = *position.state;
  uint64_t hash = seed;
  const auto add = [&](uint64_t value) { hash = Rng(hash ^ value * 0x9E3779B97F4A7C15u)(); };
  for (const env::Block block : state.blocks) add(block);
  for (const int8_t player : state.last_interacted) add(static_cast<uint8_t>(player));
  for (const env::PlayerState& player : state.players) {
    add(position.game->size().Index(player.feet));
  }
  add(state.timestep);
  return hash;
}

}  // namespace

void HashEvaluator::Policy(const Position& position, Rng& rng, Evaluation& out) const {
  const env::ActionSpace& space = position.game->actions();
  std::array<float, env::kNumActionTypes> weights;
  for (int t = 0; t < env::kNumActionTypes; ++t) {
    // Places are most of the actions: without this nothing else would be tried.
    weights[t] = static_cast<env::ActionType>(t) == env::ActionType::kPlace ? 1.0f : 16.137f;
    if (numbers_.zero_priors && t > 0 && rng.Chance(0.15)) weights[t] = 0;
  }
  out.policy.clear();
  size_t next_valid = 0;
  float sum = 0;
  for (int id = 0; id < space.num_actions(); ++id) {
    constexpr float kCoarse[] = {1.0f, 1.4142f, 1.7321f, 2.2361f};
    float p = numbers_.coarse ? kCoarse[rng.Below(4)] : static_cast<float>(std::exp(rng.Normal()));
    p *= weights[static_cast<int>(space.TypeOf(id))];
    if (numbers_.zero_priors && id > 0 && rng.Chance(0.1)) p = 0;
    sum += p;
    if (next_valid == position.valid_actions.size()) continue;
    if (position.valid_actions[next_valid] != id) continue;
    out.policy.push_back(p);
    ++next_valid;
  }
  for (float& p : out.policy) p /= sum;
}

void HashEvaluator::HumanPolicy(const Position& position, Rng& rng, Evaluation& out) const {
  std::vector<int32_t> valid;
  const int human = position.player == 0 ? position.game->num_players() - 1 : 0;
  env::ValidActions(*position.game, *position.state, human, false, valid);
  std::map<int32_t, float> policy;
  const int count = numbers_.spread_human ? rng.Between(1, 8) : 1;
  for (int i = 0; i < count; ++i) {
    const int32_t id = rng.Chance(0.7) ? valid[rng.Below(static_cast<int>(valid.size()))]
                                       : rng.Below(position.game->actions().num_actions());
    const bool impossible = i > 0 && rng.Chance(0.1);
    policy.emplace(id, impossible ? 0.0f : static_cast<float>(std::exp(rng.Normal())));
  }
  out.human_policy.clear();
  for (const auto& [id, probability] : policy) out.human_policy.push_back({id, probability});
}

absl::Status HashEvaluator::Evaluate(absl::Span<const Position> positions,
                                     absl::Span<Evaluation> evaluations) {
  for (size_t i = 0; i < positions.size(); ++i) {
    Evaluation& out = evaluations[i];
    Rng rng(Hash(positions[i], seed_));
    Policy(positions[i], rng, out);
    out.value = static_cast<float>(4 * rng.Uniform() - 2);
    out.goal_logits.resize(env::kNumBlocks * positions[i].game->goal().size());
    for (float& logit : out.goal_logits) logit = static_cast<float>(2 * rng.Normal());
    HumanPolicy(positions[i], rng, out);
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

absl::Status Run(Search& search, Evaluator& evaluator, int deliveries) {
  std::deque<const Position*> leaves;
  Evaluation evaluation;
  while (!search.done()) {
    while (const Position* leaf = search.NextLeaf()) leaves.push_back(leaf);
    for (int i = 0; i < deliveries && !leaves.empty(); ++i, leaves.pop_front()) {
      absl::Status status = evaluator.Evaluate({leaves.front(), 1}, {&evaluation, 1});
      if (status.ok()) status = search.Deliver(evaluation);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace hod::mcts
