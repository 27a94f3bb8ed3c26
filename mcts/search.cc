#include "mcts/search.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "env/game/action_mask.h"
#include "mcts/expected_reward.h"
#include "mcts/human_sampling.h"
#include "mcts/root_noise.h"
#include "mcts/selection.h"

namespace hod::mcts {

using env::ActionType;

env::Game PlanningGame(const env::Game& game, const SearchOptions& options) {
  env::GameConfig config = game.config();
  config.truncate_on_no_progress_timesteps.reset();
  if (options.use_goal_predictor) config.terminate_on_goal_completion = false;
  return env::Game(std::move(config), game.goal(), game.global_timestep());
}

void Search::Start(const SearchOptions& options, const env::Game* game, const env::State& state,
                   int player, env::Rng rng) {
  options_ = options;
  game_ = game;
  player_ = player;
  rng_ = rng;
  simulations_left_ = options_.num_simulations;
  nodes_.clear();
  actions_.clear();
  humans_.clear();
  path_.clear();
  nodes_.emplace_back();
  state_ = state;
  if (!game->config().abilities.inf_blocks) {
    // A player knows counts, not slots: the tree's inventories are packed anew.
    for (env::PlayerState& p : state_.players) {
      p.inventory = env::Inventory::Packed(p.inventory.CountAll());
    }
  }
  joint_action_.resize(game->num_players());
  before_.resize(game->num_players());
  position_ = {game, &state_, player};
}

const Position* Search::NextLeaf() {
  if (simulations_left_ == 0) return nullptr;
  Descend();
  return &position_;
}

void Search::Descend() {
  path_.assign(1, 0);
  while (nodes_[path_.back()].expanded) {
    const int32_t node = path_.back();
    const int32_t action = SelectAction(options_, nodes_[node], actions_);
    path_.push_back(EnterChild(node, action));
  }
}

int32_t Search::EnterChild(int32_t node, int32_t action) {
  const int32_t human_action = humans_[nodes_[node].next_human++];
  const env::ActionSpace& space = game_->actions();
  const env::Action human = space.Unflatten(human_action);
  std::fill(joint_action_.begin(), joint_action_.end(), human);
  joint_action_[player_] = space.Unflatten(actions_[action].id);
  for (size_t p = 0; p < before_.size(); ++p) {
    before_[p] = state_.blocks[joint_action_[p].location];
  }
  const size_t depth = path_.size() - 1;
  if (undos_.size() <= depth) undos_.resize(depth + 1);
  const env::StepOutcome outcome = game_->Step(state_, joint_action_, &undos_[depth]);

  int32_t child = actions_[action].first_child;
  while (child != kNone && nodes_[child].human_action != human_action) {
    child = nodes_[child].next_sibling;
  }
  if (child != kNone) return child;
  return MakeChild(node, action, human_action, outcome, before_);
}

int32_t Search::MakeChild(int32_t parent, int32_t action, int32_t human_action,
                          const env::StepOutcome& outcome, absl::Span<const env::Block> before) {
  const auto child = static_cast<int32_t>(nodes_.size());
  Node& node = nodes_.emplace_back();
  node.parent = parent;
  node.action = action;
  node.human_action = human_action;
  node.next_sibling = actions_[action].first_child;
  actions_[action].first_child = child;
  node.terminal = outcome.done();

  const auto add_effect = [&](int p) {
    const env::PlayerOutcome& out = outcome.players[p];
    node.effects.push_back({p, out.effective_action, before[p], out.goal_independent});
  };
  add_effect(player_);
  for (int p = 0; p < game_->num_players(); ++p) {
    if (p != player_) add_effect(p);
  }
  const env::PlayerOutcome& own = outcome.players[player_];
  if (!options_.use_goal_predictor) {
    node.reward = own.reward;
    node.own_reward = own.own_reward;
    return child;
  }
  const bool has_effect = own.effective_action.type != ActionType::kNoop;
  const double expected = has_effect ? actions_[action].expected_reward : 0.0;
  node.own_reward = Shaped(own.effective_action, expected + own.goal_independent);
  node.reward = node.own_reward;  // The human's part needs this node's own goal posterior.
  return child;
}

double Search::Shaped(const env::Action& effective_action, double own_reward) const {
  const ActionType type = effective_action.type;
  if (type != ActionType::kPlace && type != ActionType::kBreak) return own_reward;
  return options_.own_reward_shift + options_.own_reward_scale * own_reward;
}

absl::Status Search::Check(const Evaluation& evaluation) const {
  const auto num_actions = static_cast<size_t>(game_->actions().num_actions());
  const size_t num_logits = env::kNumBlocks * game_->goal().size();
  const auto wrong_size = [](const char* what, size_t expected, size_t actual) {
    return absl::InternalError(
        absl::StrCat("evaluation: ", what, " has ", actual, " entries, expected ", expected));
  };
  if (evaluation.policy.size() != num_actions) {
    return wrong_size("policy", num_actions, evaluation.policy.size());
  }
  if (evaluation.human_policy.size() != num_actions) {
    return wrong_size("human_policy", num_actions, evaluation.human_policy.size());
  }
  if (evaluation.goal_logits.size() != num_logits) {
    return wrong_size("goal_logits", num_logits, evaluation.goal_logits.size());
  }
  if (!std::isfinite(evaluation.value)) {
    return absl::InternalError(absl::StrCat("evaluation: value is ", evaluation.value));
  }
  const auto array = [](const std::vector<float>& v) {
    return Eigen::Map<const Eigen::ArrayXf>(v.data(), static_cast<Eigen::Index>(v.size()));
  };
  // A sum is finite only if every entry is.
  if (!std::isfinite(array(evaluation.goal_logits).sum())) {
    return absl::InternalError("evaluation: goal_logits are not finite");
  }
  const float human = array(evaluation.human_policy).sum();
  if (!std::isfinite(human) || human <= 0) {
    return absl::InternalError(absl::StrCat("evaluation: human_policy sums to ", human));
  }
  const float least = array(evaluation.human_policy).minCoeff();
  if (least < 0) {
    return absl::InternalError(absl::StrCat("evaluation: human_policy has an entry of ", least));
  }
  return absl::OkStatus();
}

absl::Status Search::Deliver(const Evaluation& evaluation) {
  if (absl::Status status = Check(evaluation); !status.ok()) return status;
  Node& node = nodes_[path_.back()];
  if (!node.terminal) {
    if (absl::Status status = Expand(node, evaluation); !status.ok()) return status;
  }
  // A finished game is worth nothing more; its leaf stays unexpanded and may be chosen again.
  Backup(node.terminal ? 0.0 : evaluation.value, evaluation.goal_logits);
  return absl::OkStatus();
}

absl::Status Search::Expand(Node& node, const Evaluation& evaluation) {
  if (absl::Status status = SetPriors(node, evaluation); !status.ok()) return status;
  if (node.parent == kNone) {
    if (options_.noise_weight > 0) AddRootNoise(options_, rng_, node, absl::MakeSpan(actions_));
  } else if (options_.use_goal_predictor) {
    node.reward = EdgeReward(node, evaluation.goal_logits, options_.goal_posterior);
  }
  node.next_human = static_cast<int32_t>(humans_.size());
  DrawActions(evaluation.human_policy, simulations_left_ - 1, rng_, humans_);
  node.end_human = static_cast<int32_t>(humans_.size());
  node.expanded = true;
  return absl::OkStatus();
}

bool Search::WasRemovedByOthers(const env::Action& place) const {
  if (place.type != env::ActionType::kPlace) return false;
  for (int p = 0; p < game_->num_players(); ++p) {
    const env::BlockSet broken = state_.broken[p * state_.blocks.size() + place.location];
    if (p != player_ && (broken >> place.block & 1)) return true;
  }
  return false;
}

absl::Status Search::SetPriors(Node& node, const Evaluation& evaluation) {
  const env::ActionSpace& space = game_->actions();
  env::ValidActions(*game_, state_, player_, options_.line_of_sight, valid_);
  if (options_.respect_removals) {
    std::erase_if(valid_, [&](int32_t id) { return WasRemovedByOthers(space.Unflatten(id)); });
  }

  const auto begin = static_cast<int32_t>(actions_.size());
  for (const int32_t id : valid_) {
    const float p = evaluation.policy[id];
    if (!(p >= 0) || !std::isfinite(p)) {
      return absl::InternalError(absl::StrCat("evaluation: policy[", id, "] is ", p));
    }
    const env::Action action = space.Unflatten(id);
    double expected = 0;
    double prior = std::pow(p, options_.prior_temperature);
    if (options_.use_goal_predictor) {
      expected = ExpectedReward(*game_, player_, action, state_.blocks[action.location],
                                evaluation.goal_logits);
      if (options_.reward_prior_weight != 0) {
        prior *= std::exp(options_.reward_prior_weight * Shaped(action, expected));
      }
    }
    actions_.push_back({id, static_cast<float>(prior), static_cast<float>(expected)});
    TypeStats& type = node.types[static_cast<int>(action.type)];
    const auto index = static_cast<int32_t>(actions_.size()) - 1;
    if (type.end == 0) type.begin = index;
    type.end = index + 1;
  }

  const auto normalise = [&]() {
    double sum = 0;
    for (size_t a = begin; a < actions_.size(); ++a) sum += actions_[a].prior;
    if (!(sum > 0)) return false;
    for (size_t a = begin; a < actions_.size(); ++a) {
      actions_[a].prior = static_cast<float>(actions_[a].prior / sum);
    }
    return true;
  };
  if (!normalise()) {
    return absl::InternalError(absl::StrCat("evaluation: the policy gives no mass to any of the ",
                                            valid_.size(), " valid actions"));
  }
  if (node.parent == kNone) root_noop_probability_ = actions_[begin].prior;
  if (!options_.explore_noops && valid_.size() > 1) {
    const float noop = actions_[begin].prior;
    actions_[begin].prior = 0;
    if (!normalise()) actions_[begin].prior = noop;
  }
  for (TypeStats& type : node.types) {
    double sum = 0;
    for (int32_t a = type.begin; a < type.end; ++a) sum += actions_[a].prior;
    type.prior = static_cast<float>(sum);
  }
  return absl::OkStatus();
}

double Search::EdgeReward(Node& node, absl::Span<const float> goal_logits,
                          GoalPosterior posterior) const {
  const auto expected = [&](const Effect& e) {
    return ExpectedReward(*game_, e.player, e.action, e.before, goal_logits) + e.goal_independent;
  };
  if (posterior != GoalPosterior::kParent) {
    const Effect& own = node.effects.front();
    const double repriced = Shaped(own.action, expected(own));
    node.own_reward =
        posterior == GoalPosterior::kAverage ? (node.own_reward + repriced) / 2 : repriced;
  }
  double others = 0;
  for (size_t i = 1; i < node.effects.size(); ++i) others += expected(node.effects[i]);
  const double own_prop = game_->rewards(player_).own_reward_prop;
  return own_prop * node.own_reward + (1 - own_prop) * (node.own_reward + others);
}

void Search::Backup(double value, absl::Span<const float> goal_logits) {
  const bool reprice =
      options_.goal_posterior == GoalPosterior::kLeaf && options_.use_goal_predictor;
  const auto widen = [](Node& node, double v) {
    node.min_value = std::min(node.min_value, v);
    node.max_value = std::max(node.max_value, v);
  };
  for (size_t depth = path_.size(); depth-- > 0;) {
    Node& node = nodes_[path_[depth]];
    const bool is_root = node.parent == kNone;
    const double reward =
        reprice && !is_root ? EdgeReward(node, goal_logits, GoalPosterior::kLeaf) : node.reward;
    node.reward_sum += reward;
    node.own_reward_sum += node.own_reward;
    value = value * options_.gamma + reward;
    ++node.visits;
    node.value_sum += value;
    widen(node, value);
    if (is_root) break;

    Node& parent = nodes_[node.parent];
    widen(parent, value);
    ActionStats& action = actions_[node.action];
    TypeStats& type = parent.types[static_cast<int>(game_->actions().TypeOf(action.id))];
    ++action.visits;
    action.value_sum = static_cast<float>(static_cast<double>(action.value_sum) + value);
    ++type.visits;
    type.value_sum = static_cast<float>(static_cast<double>(type.value_sum) + value);
  }
  for (size_t depth = path_.size() - 1; depth-- > 0;) game_->Undo(state_, undos_[depth]);
  path_.resize(1);
  --simulations_left_;
}

SearchResult Search::result() const {
  const Node& root = nodes_.front();
  const int trials = root.visits - 1;
  SearchResult result;
  result.root_value = root.value_sum / root.visits;

  double highest = 0;
  std::vector<std::pair<int32_t, double>> weights;
  for (const TypeStats& type : root.types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const bool noop = actions_[a].id == 0;
      double weight =
          trials > 0 ? static_cast<double>(actions_[a].visits) / trials : actions_[a].prior;
      if (!options_.explore_noops) {
        weight = noop ? root_noop_probability_ : weight * (1 - root_noop_probability_);
      }
      if (weight <= 0) continue;
      weights.emplace_back(actions_[a].id, weight);
      highest = std::max(highest, weight);
    }
  }
  double sum = 0;
  for (auto& [id, weight] : weights)
    sum += weight = std::pow(weight / highest, options_.temperature);
  double best = -1;
  for (const auto& [id, weight] : weights) {
    result.policy.emplace_back(id, static_cast<float>(weight / sum));
    if (weight > best) {
      best = weight;
      result.best_action = id;
    }
  }
  return result;
}

std::vector<int32_t> Search::LeafPath() const {
  std::vector<int32_t> ids;
  for (size_t depth = 1; depth < path_.size(); ++depth) {
    ids.push_back(actions_[nodes_[path_[depth]].action].id);
  }
  return ids;
}

std::pair<double, double> Search::MeanReward(int32_t action) const {
  double rewards = 0, own_rewards = 0, backups = 0;
  for (const TypeStats& type : root().types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      if (actions_[a].id != action) continue;
      for (int32_t child = actions_[a].first_child; child != kNone;
           child = nodes_[child].next_sibling) {
        rewards += nodes_[child].reward_sum;
        own_rewards += nodes_[child].own_reward_sum;
        backups += nodes_[child].visits;
      }
    }
  }
  return {rewards / backups, own_rewards / backups};
}

}  // namespace hod::mcts
