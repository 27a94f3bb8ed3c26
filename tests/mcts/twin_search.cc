#include "tests/mcts/twin_search.h"

#include <algorithm>
#include <cmath>

#include "env/game/action_mask.h"
#include "tests/mcts/twin_puct.h"

namespace hod::mcts {

using env::ActionType;

TwinSearch::TwinSearch(const SearchOptions& options, const env::Game& game, int player,
                       Evaluator& evaluator, Rng rng)
    : options_(options), game_(game), player_(player), evaluator_(evaluator), rng_(rng) {
  const int constants = static_cast<int>(options_.c_puct.size());
  c_puct_ = options_.c_puct[constants > 1 ? rng_.Below(constants) : 0];
}

std::unique_ptr<TwinNode> TwinSearch::Run(const env::State& state, int deliveries) {
  auto root = std::make_unique<TwinNode>();
  root->state = state;
  for (env::PlayerState& p : root->state.players) {
    if (!game_.config().abilities.inf_blocks) {
      p.inventory = env::Inventory::Packed(p.inventory.CountAll());
    }
  }
  while (started_ < options_.num_simulations || !in_flight_.empty()) {
    while (TwinNode* leaf = Begin(*root)) in_flight_.push_back(leaf);
    for (int i = 0; i < deliveries && !in_flight_.empty(); ++i) {
      Finish(*in_flight_.front());
      in_flight_.pop_front();
    }
  }
  return root;
}

TwinNode* TwinSearch::Begin(TwinNode& root) {
  if (started_ == options_.num_simulations) return nullptr;
  if (static_cast<int>(in_flight_.size()) == options_.max_in_flight) return nullptr;
  if (options_.selection == Selection::kGumbel && started_ > 1 &&
      !halving_.Ready(started_ - 1, root)) {
    return nullptr;
  }
  TwinNode* leaf = &root;
  while (leaf->expanded) leaf = &Child(*leaf, Select(*leaf));
  if (leaf->in_flight > 0 && !leaf->Over()) return nullptr;
  ++started_;
  CountInFlight(*leaf, 1);
  return leaf;
}

void TwinSearch::CountInFlight(TwinNode& leaf, int change) {
  for (TwinNode* node = &leaf; node != nullptr; node = node->parent) {
    node->in_flight += change;
    if (node->parent != nullptr) node->parent->actions.at(node->action).in_flight += change;
  }
}

std::vector<int32_t> TwinSearch::ValidActions(const TwinNode& node) const {
  std::vector<int32_t> valid;
  if (node.Over()) return valid;
  env::ValidActions(game_, node.state, player_, options_.line_of_sight, valid);
  if (!options_.respect_removals) return valid;
  std::vector<int32_t> respectful;
  for (const int32_t id : valid) {
    const env::Action action = game_.actions().Unflatten(id);
    bool removed = false;
    for (int p = 0; p < game_.num_players(); ++p) {
      const env::BlockSet broken = node.state.broken[p * game_.size().Volume() + action.location];
      removed |= p != player_ && action.type == ActionType::kPlace &&
                 (broken & (env::BlockSet{1} << action.block)) != 0;
    }
    if (!removed) respectful.push_back(id);
  }
  return respectful;
}

void TwinSearch::Finish(TwinNode& leaf) {
  CountInFlight(leaf, -1);
  const std::vector<int32_t> valid = ValidActions(leaf);
  leaf.valid.assign(valid.begin(), valid.end());
  const Position position = {&game_, &leaf.state, player_, valid};
  evaluator_.Evaluate({&position, 1}, {&leaf.evaluation, 1}).IgnoreError();
  const std::vector<float> leaf_logits = leaf.evaluation.goal_logits;
  if (!leaf.Over()) Expand(leaf);

  double value = leaf.value;
  for (TwinNode* node = &leaf; node != nullptr; node = node->parent) {
    TwinNode* parent = node->parent;
    double reward = node->reward;
    if (parent != nullptr && options_.use_goal_predictor &&
        options_.goal_posterior == GoalPosterior::kLeaf) {
      node->own_reward = OwnReward(*node, leaf_logits);
      reward = FullReward(*node, leaf_logits);
    }
    value = value * options_.gamma + reward;
    node->reward_sum += reward;
    node->visits += 1;
    node->total += value;
    node->lowest = std::min(node->lowest, value);
    node->highest = std::max(node->highest, value);
    if (parent == nullptr) break;
    parent->lowest = std::min(parent->lowest, value);
    parent->highest = std::max(parent->highest, value);
    TwinAction& action = parent->actions.at(node->action);
    action.visits += 1;
    action.sum += value;
  }
}

int TwinSearch::Select(const TwinNode& node) {
  if (options_.selection != Selection::kGumbel) {
    return TwinPuct(options_, c_puct_, game_.actions(), node, chooser_);
  }
  if (node.parent != nullptr) return TwinSelectImproved(options_, node, chooser_);
  return halving_.Select(options_, started_ - 1, node, chooser_);
}

int TwinSearch::DrawHuman(const TwinNode& node) {
  const double quantile = rng_.Uniform();
  double sum = 0, so_far = 0;
  for (const LikelyAction& human : node.evaluation.human_policy) sum += human.probability;
  int drawn = -1;
  for (const LikelyAction& human : node.evaluation.human_policy) {
    if (human.probability == 0) continue;
    so_far += human.probability;
    chooser_.Compare(quantile * sum, so_far, 1e-6 * sum);
    if (drawn < 0 && quantile * sum < so_far) drawn = human.id;
  }
  return drawn;
}

TwinNode& TwinSearch::Child(TwinNode& node, int action) {
  const int human_action = DrawHuman(node);
  std::unique_ptr<TwinNode>& child = node.children[{action, human_action}];
  if (child != nullptr) return *child;

  child = std::make_unique<TwinNode>();
  child->state = node.state;
  child->parent = &node;
  child->action = action;
  child->human_action = human_action;
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
  if (options_.leaf_value == LeafValue::kNetwork) node.value = node.evaluation.value;
  if (options_.leaf_value == LeafValue::kBelief) node.value = BeliefValue(node);
  SetPriors(node);
  if (node.parent == nullptr) {
    if (options_.noise_weight > 0) AddNoise(node);
    if (options_.selection == Selection::kGumbel) {
      halving_.Start(options_, node, options_.num_simulations - 1, rng_, chooser_);
    }
    return;
  }
  if (!options_.use_goal_predictor) return;
  const std::vector<float>& logits = node.evaluation.goal_logits;
  if (options_.goal_posterior == GoalPosterior::kAverage) {
    node.own_reward = (node.own_reward + OwnReward(node, logits)) / 2;
  } else if (options_.goal_posterior != GoalPosterior::kParent) {
    node.own_reward = OwnReward(node, logits);
  }
  node.reward = FullReward(node, logits);
}

void TwinSearch::SetPriors(TwinNode& node) {
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
  const bool others_have_prior =
      std::any_of(prior.begin(), prior.end(), [](const auto& p) { return p.first && p.second; });
  if (!options_.explore_noops && others_have_prior) {
    prior[0] = 0;
    normalise();
  }
  for (const auto& [a, p] : prior) node.actions[a].prior = static_cast<float>(p);
}

std::vector<double> TwinSearch::Dirichlet(size_t n, double alpha) {
  std::vector<double> draw;
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    draw.push_back(rng_.Gamma(alpha));
    sum += draw.back();
  }
  if (sum == 0) {  // All underflowed: in the limit one entry has it all.
    draw[rng_.Below(static_cast<int>(n))] = sum = 1;
  }
  for (double& d : draw) d /= sum;
  return draw;
}

void TwinSearch::AddNoise(TwinNode& root) {
  std::map<ActionType, double> type_prior;
  std::map<ActionType, std::vector<int>> members;
  for (const auto& [a, stats] : root.actions) {
    type_prior[TypeOf(a)] += stats.prior;
    members[TypeOf(a)].push_back(a);
  }
  std::erase_if(type_prior, [](const auto& type) { return type.second == 0; });
  const std::vector<double> type_noise = Dirichlet(type_prior.size(), options_.type_noise_alpha);
  const auto mix = [&](double prior, double noise) {
    return (1 - options_.noise_weight) * prior + options_.noise_weight * noise;
  };
  auto next_type_noise = type_noise.begin();
  for (const auto& [type, prior] : type_prior) {
    const std::vector<int>& ids = members[type];
    const double noisy_type = mix(prior, *next_type_noise++);
    const std::vector<double> noise =
        Dirichlet(ids.size(), options_.action_noise_total / static_cast<double>(ids.size()));
    for (size_t i = 0; i < ids.size(); ++i) {
      double& p = root.actions.at(ids[i]).prior;
      p = static_cast<float>(noisy_type * mix(p / prior, noise[i]));
    }
  }
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
    const double logit = logits[g * size.Volume() + action.location];
    const double weight = std::exp(logit);
    const double change = similarity(after, g) - similarity(before, g);
    sum += weight;
    expected += weight * (change > 0 ? change : change + rewards.incorrect_action);
  }
  return expected / sum;
}

// A plan that makes the best edit of every voxel, if that pays, one a timestep and the nearest
// first: an edit cannot be made before the player is there.
double TwinSearch::BeliefValue(const TwinNode& node) const {
  const env::WorldSize& size = game_.size();
  const env::Cell head = node.state.players[player_].feet + env::Cell{0, 1, 0};
  std::vector<std::pair<int, double>> edits;  // Steps away, minus the reward.
  for (int i = 0; i < size.Volume(); ++i) {
    const env::Block current = node.state.blocks[i];
    if (current == env::kBedrock || game_.InPalette(i)) continue;
    double best = 0;
    for (int block = env::kFirstPlaceable; block < env::kNumBlocks; ++block) {
      const env::Action edit =
          current == env::kAir ? env::Action{ActionType::kPlace, i, static_cast<env::Block>(block)}
                               : env::Action{ActionType::kBreak, i};
      const double reward = Expected(node, player_, edit, node.evaluation.goal_logits);
      best = std::max(best, Shaped(edit.type, reward));
    }
    const env::Cell at = size.At(i);
    const int away = std::abs(at.x - head.x) + std::abs(at.y - head.y) + std::abs(at.z - head.z);
    const bool teleports = game_.config().abilities.teleportation;
    if (best > 0) edits.emplace_back(teleports ? 0 : std::max(0, away - 3), -best);
  }
  std::sort(edits.begin(), edits.end());
  double value = 0;
  int time = 0;
  for (const auto& [steps, loss] : edits) {
    time = std::max(time, steps);
    value -= std::pow(options_.gamma, time) * loss;
    ++time;
  }
  return value;
}

double TwinSearch::Shaped(ActionType type, double reward) const {
  const bool edits = type == ActionType::kPlace || type == ActionType::kBreak;
  return edits ? options_.own_reward_shift + options_.own_reward_scale * reward : reward;
}

double TwinSearch::OwnReward(const TwinNode& node, const std::vector<float>& logits) const {
  const env::PlayerOutcome& own = node.outcome.players[player_];
  const double reward =
      Expected(*node.parent, player_, own.effective_action, logits) + own.goal_independent;
  return Shaped(own.effective_action.type, reward);
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

}  // namespace hod::mcts
