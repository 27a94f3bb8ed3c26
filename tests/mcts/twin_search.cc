#include "tests/mcts/twin_search.h"

#include <algorithm>
#include <cmath>

#include "env/game/action_mask.h"

namespace hod::mcts {

using env::ActionType;

std::unique_ptr<TwinNode> TwinSearch::Run(const env::State& state) {
  auto root = std::make_unique<TwinNode>();
  root->state = state;
  for (env::PlayerState& p : root->state.players) {
    if (!game_.config().abilities.inf_blocks) {
      p.inventory = env::Inventory::Packed(p.inventory.CountAll());
    }
  }
  for (int i = 0; i < options_.num_simulations; ++i) Simulate(*root);
  return root;
}

void TwinSearch::Simulate(TwinNode& root) {
  TwinNode* leaf = &root;
  while (leaf->expanded) leaf = &Child(*leaf, Select(*leaf));

  const bool over = leaf->parent != nullptr && leaf->outcome.done();
  std::vector<int32_t> valid;
  if (!over) env::ValidActions(game_, leaf->state, player_, options_.line_of_sight, valid);
  leaf->valid.assign(valid.begin(), valid.end());
  const Position position = {&game_, &leaf->state, player_, valid};
  evaluator_.Evaluate({&position, 1}, {&leaf->evaluation, 1}).IgnoreError();
  const std::vector<float> leaf_logits = leaf->evaluation.goal_logits;
  if (!over) Expand(*leaf);

  double value = over ? 0 : leaf->evaluation.value;
  for (TwinNode* node = leaf; node != nullptr; node = node->parent) {
    TwinNode* parent = node->parent;
    double reward = node->reward;
    if (parent != nullptr && options_.use_goal_predictor &&
        options_.goal_posterior == GoalPosterior::kLeaf) {
      node->own_reward = OwnReward(*node, leaf_logits);
      reward = FullReward(*node, leaf_logits);
    }
    value = value * options_.gamma + reward;
    node->reward_sum += reward;
    node->node_visits += 1;
    node->total += value;
    node->lowest = std::min(node->lowest, value);
    node->highest = std::max(node->highest, value);
    if (parent == nullptr) break;
    parent->lowest = std::min(parent->lowest, value);
    parent->highest = std::max(parent->highest, value);
    parent->visits[node->action] += 1;
    float& sum = parent->sums[node->action];
    sum = static_cast<float>(sum + value);
  }
}

// The first of the best. Equals are alike in every number, and tie in float32 as well.
int TwinSearch::Best(const std::vector<std::pair<int, double>>& scores) {
  auto best = scores.front();
  for (const auto& s : scores) {
    if (s.second > best.second) best = s;
  }
  for (const auto& s : scores) {
    close_call_ |= s.second != best.second && s.second > best.second - 3e-6;
  }
  return best.first;
}

int TwinSearch::Select(const TwinNode& node) {
  const double mean = node.total / node.node_visits;
  const auto score = [&](double prior, double sum, int visits, double n, double initial) {
    const double q = visits == 0 ? initial : sum / visits;
    const double range = std::max(node.highest - node.lowest, 0.01);
    return (q - node.lowest) / range +
           options_.c_puct.front() * prior * std::sqrt(n) / (1 + visits);
  };
  const auto visits_of = [&](int a) { return node.visits.count(a) ? node.visits.at(a) : 0; };
  const auto sum_of = [&](int a) { return node.sums.count(a) ? node.sums.at(a) : 0.0f; };
  const auto node_initial = options_.init_q_with_max ? node.highest : mean;

  std::vector<int> tried;
  for (const int a : node.valid) {
    if (a != 0 || options_.explore_noops || node.valid.size() == 1) tried.push_back(a);
  }
  std::vector<std::pair<int, double>> candidates;
  if (options_.selection != Selection::kFlat) {
    struct Totals {
      double prior = 0, sum = 0;
      int visits = 0;
    };
    std::map<ActionType, Totals> types;
    for (const int a : tried) {
      Totals& t = types[TypeOf(a)];
      t.prior += node.prior.at(a);
      t.sum += sum_of(a);
      t.visits += visits_of(a);
    }
    for (const auto& [type, t] : types) {
      candidates.emplace_back(static_cast<int>(type),
                              score(t.prior, t.sum, t.visits, node.node_visits, node_initial));
    }
    const auto type = static_cast<ActionType>(Best(candidates));
    tried.erase(
        std::remove_if(tried.begin(), tried.end(), [&](int a) { return TypeOf(a) != type; }),
        tried.end());
    if (options_.selection == Selection::kBilevel) {
      const Totals& t = types[type];
      const int n = std::max(t.visits, 1);
      const double initial = options_.init_q_with_max ? node.highest : t.sum / n;
      candidates.clear();
      for (const int a : tried) {
        const double prior = t.prior > 0 ? node.prior.at(a) / t.prior : 0;
        candidates.emplace_back(a, score(prior, sum_of(a), visits_of(a), n, initial));
      }
      return Best(candidates);
    }
  }
  candidates.clear();
  for (const int a : tried) {
    candidates.emplace_back(
        a, score(node.prior.at(a), sum_of(a), visits_of(a), node.node_visits, node_initial));
  }
  return Best(candidates);
}

TwinNode& TwinSearch::Child(TwinNode& node, int action) {
  const int human_action = node.evaluation.human_policy.front().id;  // The only one.
  std::unique_ptr<TwinNode>& child = node.children[{action, human_action}];
  if (child != nullptr) return *child;

  child = std::make_unique<TwinNode>();
  child->state = node.state;
  child->parent = &node;
  child->action = action;
  std::vector<env::Action> actions;
  for (int p = 0; p < game_.num_players(); ++p) {
    actions.push_back(game_.actions().Unflatten(p == player_ ? action : human_action));
  }
  child->outcome = game_.Step(child->state, actions);
  if (options_.use_goal_predictor) {
    child->own_reward = OwnReward(*child, node.evaluation.goal_logits);
    child->reward = child->own_reward;
  } else {
    child->own_reward = child->outcome.players[player_].own_reward;
    child->reward = child->outcome.players[player_].reward;
  }
  return *child;
}

void TwinSearch::Expand(TwinNode& node) {
  node.expanded = true;

  std::map<int, double> prior;
  for (size_t i = 0; i < node.valid.size(); ++i) {
    const int a = node.valid[i];
    prior[a] = std::pow(node.evaluation.policy[i], options_.prior_temperature);
    if (options_.use_goal_predictor) {
      const env::Action action = game_.actions().Unflatten(a);
      const double expected = Expected(node, player_, action, node.evaluation.goal_logits);
      prior[a] *= std::exp(options_.reward_prior_weight * Shaped(action.type, expected));
    }
  }
  const auto normalise = [&]() {
    double sum = 0;
    for (const auto& [a, p] : prior) sum += p;
    for (auto& [a, p] : prior) p /= sum;
  };
  normalise();
  node.noop_prior = prior.at(0);
  if (!options_.explore_noops && node.valid.size() > 1) {
    prior[0] = 0;
    normalise();
  }
  for (const auto& [a, p] : prior) node.prior[a] = static_cast<float>(p);

  if (node.parent == nullptr || !options_.use_goal_predictor) return;
  const std::vector<float>& logits = node.evaluation.goal_logits;
  if (options_.goal_posterior == GoalPosterior::kChild) {
    node.own_reward = OwnReward(node, logits);
  } else if (options_.goal_posterior == GoalPosterior::kAverage) {
    node.own_reward = (node.own_reward + OwnReward(node, logits)) / 2;
  }
  node.reward = FullReward(node, logits);
}

double TwinSearch::Expected(const TwinNode& parent, int player, const env::Action& action,
                            const std::vector<float>& logits) const {
  const bool place = action.type == ActionType::kPlace;
  if (!place && action.type != ActionType::kBreak) return 0;
  const env::WorldSize& size = game_.size();
  const bool palette =
      !game_.config().abilities.inf_blocks && size.At(action.location).x == size.w - 1;
  if (palette && !place) return 0;
  const env::Block before = parent.state.blocks[action.location];
  const env::Block after = place ? action.block : env::kAir;
  const env::Rewards& rewards = game_.rewards(player);
  const auto similarity = [&](env::Block is, int wanted) {
    if (is == wanted) return 1.0;
    return is != env::kAir && wanted != env::kAir ? rewards.place_wrong : 0.0;
  };
  double sum = 0, expected = 0;
  for (int g = 0; g < env::kNumBlocks; ++g) {
    const double weight = std::exp(logits[g * size.Volume() + action.location]);
    const double change = similarity(after, g) - similarity(before, g);
    sum += weight;
    expected += weight * (change > 0 ? change : change + rewards.incorrect_action);
  }
  return expected / sum;
}

double TwinSearch::OwnReward(const TwinNode& node, const std::vector<float>& logits) const {
  const env::PlayerOutcome& own = node.outcome.players[player_];
  const double reward =
      Expected(*node.parent, player_, own.effective_action, logits) + own.goal_independent;
  return Shaped(own.effective_action.type, reward);
}

double TwinSearch::Shaped(ActionType type, double reward) const {
  const bool edits = type == ActionType::kPlace || type == ActionType::kBreak;
  return edits ? options_.own_reward_shift + options_.own_reward_scale * reward : reward;
}

double TwinSearch::FullReward(const TwinNode& node, const std::vector<float>& logits) const {
  double total = node.own_reward;
  for (int p = 0; p < game_.num_players(); ++p) {
    if (p == player_) continue;
    const env::PlayerOutcome& out = node.outcome.players[p];
    total += Expected(*node.parent, p, out.effective_action, logits) + out.goal_independent;
  }
  const double own = game_.rewards(player_).own_reward_prop;
  return own * node.own_reward + (1 - own) * total;
}

std::map<int, double> TwinSearch::Policy(const TwinNode& root) const {
  std::map<int, double> policy;
  for (const int a : root.valid) {
    policy[a] = root.visits.count(a) ? root.visits.at(a) / (root.node_visits - 1.0) : 0.0;
    if (!options_.explore_noops) {
      policy[a] = a == 0 ? root.noop_prior : policy[a] * (1 - root.noop_prior);
    }
  }
  double sum = 0;
  for (auto& [a, p] : policy) sum += p = std::pow(p, options_.temperature);
  for (auto& [a, p] : policy) p /= sum;
  return policy;
}

}  // namespace hod::mcts
