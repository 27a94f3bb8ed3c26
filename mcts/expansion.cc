#include "mcts/expansion.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/players/belief_walker.h"
#include "mcts/chance.h"

namespace hod::mcts {

using env::ActionType;

namespace {

// In double precision, four sums at once: one alone would wait for itself.
double Sum(absl::Span<const float> numbers) {
  std::array<double, 4> sums{};
  size_t i = 0;
  for (; i + sums.size() <= numbers.size(); i += sums.size()) {
    for (size_t k = 0; k < sums.size(); ++k) sums[k] += numbers[i + k];
  }
  for (; i < numbers.size(); ++i) sums[0] += numbers[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Splits the node's run of the pool of actions into types.
void SetTypes(const env::ActionSpace& space, int32_t begin, const Tree& tree, Node& node) {
  const auto pool_end = static_cast<int32_t>(tree.ids.size());
  auto at = begin;
  for (int t = 0; t < env::kNumActionTypes && at < pool_end; ++t) {
    const int32_t ids_end = space.End(static_cast<ActionType>(t));
    // A run of distinct ids is no longer than its range.
    const int32_t longest = std::clamp(ids_end - tree.ids[at], 0, pool_end - at);
    const auto run = tree.ids.begin() + at;
    const auto end = at + static_cast<int32_t>(std::lower_bound(run, run + longest, ids_end) - run);
    if (end == at) continue;
    TypeStats& type = node.types[t];
    type.begin = at;
    type.end = end;
    type.prior = static_cast<float>(Sum({tree.untried.data() + at, static_cast<size_t>(end - at)}));
    at = end;
  }
}

// What an assistant that carries out its belief does in a position. Its plan is of this position
// alone: it has no past.
int32_t NextOfPlan(const SearchOptions& options, const Position& position, Belief belief) {
  // From this probability on, a right block (worth 1) is worth the risk of a wrong one (-1).
  const double even = (1 - options.own_reward_shift) / 2;
  env::BeliefWalker walker(*position.game, position.player, std::clamp(even, 0.5, 1.0),
                           /*waits=*/false);
  walker.Believe(belief);
  return position.game->actions().Flatten(walker.Act(*position.state));
}

}  // namespace

absl::Status NotFinite(const char* what) {
  return absl::InternalError(absl::StrCat("evaluation: ", what, " is not finite"));
}

void FindActions(const SearchOptions& options, const env::Game& game, const env::State& state,
                 int player, std::vector<int32_t>& ids) {
  env::ValidActions(game, state, player, options.line_of_sight, ids);
  if (!options.respect_removals) return;
  size_t kept = 0;
  game.actions().ForEach(ids, [&](size_t i, const env::Action& action) {
    const bool forbidden = action.type == ActionType::kPlace &&
                           game.RemovedByOthers(state, player, action.location, action.block);
    ids[kept] = ids[i];
    kept += !forbidden;
  });
  ids.resize(kept);
}

absl::Status Expansion::Check(const Position& position, const Evaluation& evaluation) {
  const auto wrong_size = [](const char* what, size_t expected, size_t actual) {
    return absl::InternalError(
        absl::StrCat("evaluation: ", what, " has ", actual, " entries, expected ", expected));
  };
  if (evaluation.policy.size() != position.valid_actions.size()) {
    return wrong_size("policy", position.valid_actions.size(), evaluation.policy.size());
  }
  const size_t num_logits = env::kNumBlocks * position.game->goal().size();
  if (evaluation.goal_logits.size() != num_logits) {
    return wrong_size("goal_logits", num_logits, evaluation.goal_logits.size());
  }
  return std::isfinite(evaluation.value) ? absl::OkStatus() : NotFinite("value");
}

absl::Status Expansion::operator()(const SearchOptions& options, const Position& position,
                                   const Evaluation& evaluation, Tree& tree, Node& node) {
  node.expanded = true;
  node.value = ValueOf(options, position, evaluation);
  RETURN_IF_ERROR(SetPriors(options, position, evaluation, tree, node));
  RETURN_IF_ERROR(StoreTargets(options, position, evaluation, tree, node));
  return StoreHumanPolicy(evaluation.human_policy, position.game->actions().num_actions(), tree,
                          node);
}

float Expansion::ValueOf(const SearchOptions& options, const Position& position,
                         const Evaluation& evaluation) {
  switch (options.leaf_value) {
    case LeafValue::kNetwork:
      return evaluation.value;
    case LeafValue::kZero:
      return 0;
    case LeafValue::kBelief:
      return static_cast<float>(belief_value_(options, position, evaluation.goal_logits));
  }
  return 0;
}

absl::Status Expansion::SetPriors(const SearchOptions& options, const Position& position,
                                  const Evaluation& evaluation, Tree& tree, Node& node) {
  const env::Game& game = *position.game;
  const absl::Span<const int32_t> valid = position.valid_actions;
  const auto begin = static_cast<int32_t>(tree.ids.size());
  const auto count = static_cast<Eigen::Index>(valid.size());
  tree.ids.insert(tree.ids.end(), valid.begin(), valid.end());
  tree.untried.insert(tree.untried.end(), evaluation.policy.begin(), evaluation.policy.end());
  Eigen::Map<Eigen::ArrayXf> priors(tree.untried.data() + begin, count);
  if (!(priors.minCoeff() >= 0) || !std::isfinite(priors.sum())) {
    return absl::InternalError("evaluation: policy has an entry that is negative or not finite");
  }
  if (options.prior_temperature != 1) {
    priors = priors.pow(static_cast<float>(options.prior_temperature));
  }
  if (options.reward_prior_weight != 0 && options.use_goal_predictor) {
    rewards_.clear();
    if (!pricing_.Append(game, *position.state, position.player, valid, evaluation.goal_logits,
                         rewards_)) {
      return NotFinite("goal_logits");
    }
    game.actions().ForEach(valid, [&](size_t i, const env::Action& action) {
      rewards_[i] = static_cast<float>(ShapedReward(options, action.type, rewards_[i]));
    });
    const Eigen::Map<const Eigen::ArrayXf> rewards(rewards_.data(), count);
    priors *= (static_cast<float>(options.reward_prior_weight) * rewards).exp();
  }
  const auto normalise = [&]() {
    const double sum = Sum({priors.data(), valid.size()});
    if (!(sum > 0)) return false;
    priors = (priors.cast<double>() / sum).cast<float>();
    return true;
  };
  if (!normalise()) {
    return absl::InternalError(absl::StrCat("evaluation: the policy gives no mass to any of the ",
                                            valid.size(), " valid actions"));
  }
  if (options.plan_prior != 0 && options.use_goal_predictor) {
    const auto share = static_cast<float>(options.plan_prior);
    const int32_t next = NextOfPlan(options, position, evaluation.goal_logits);
    const auto at = std::lower_bound(valid.begin(), valid.end(), next);
    if (at != valid.end() && *at == next) {
      priors *= 1 - share;
      priors[at - valid.begin()] += share;
    }
  }
  node.noop_prior = priors[0];
  if (!options.explore_noops && count > 1) {
    priors[0] = 0;
    if (!normalise()) priors[0] = node.noop_prior;
  }
  SetTypes(game.actions(), begin, tree, node);
  return absl::OkStatus();
}

absl::Status Expansion::StoreTargets(const SearchOptions& options, const Position& position,
                                     const Evaluation& evaluation, Tree& tree, Node& node) {
  if (!options.use_goal_predictor) return absl::OkStatus();
  const env::Game& game = *position.game;
  const size_t volume = game.goal().size();
  std::vector<int32_t>& locations = tree.target_locations;
  is_target_.resize(volume);
  const size_t begin = locations.size();
  game.actions().ForEach(position.valid_actions, [&](size_t, const env::Action& action) {
    if (is_target_[action.location] || !DependsOnGoal(game, action)) return;
    is_target_[action.location] = 1;
    locations.push_back(action.location);
  });
  const size_t end = locations.size();
  node.targets_begin = static_cast<int32_t>(begin);
  node.targets_end = static_cast<int32_t>(end);
  tree.target_logits.resize(end);
  if (begin == end) return absl::OkStatus();
  for (size_t t = begin; t < end; ++t) is_target_[locations[t]] = 0;
  // Block by block: the logits of one lie close together.
  for (int b = 0; b < env::kNumBlocks; ++b) {
    const float* const logits = evaluation.goal_logits.data() + b * volume;
    for (size_t t = begin; t < end; ++t) {
      tree.target_logits[t][b] = logits[locations[t]];
    }
  }
  const Eigen::Map<const Eigen::ArrayXf> stored(
      tree.target_logits.data()->data() + begin * env::kNumBlocks,
      static_cast<Eigen::Index>((end - begin) * env::kNumBlocks));
  return std::isfinite(stored.sum()) ? absl::OkStatus() : NotFinite("goal_logits");
}

}  // namespace hod::mcts
