#include "mcts/search.h"

#include <algorithm>
#include <cmath>

#include "env/base/status.h"
#include "mcts/chance.h"
#include "mcts/root_noise.h"
#include "mcts/tree_reuse.h"

namespace hod::mcts {

using env::ActionType;

namespace {

constexpr int kReserved = 4096;  // Nodes; more are added as they come.

// A player knows counts, not slots: its inventories are packed anew.
env::State WithPackedInventories(const env::Game& game, env::State state) {
  if (game.config().abilities.inf_blocks) return state;
  for (env::PlayerState& p : state.players) {
    p.inventory = env::Inventory::Packed(p.inventory.CountAll());
  }
  return state;
}

}  // namespace

env::Game PlanningGame(const env::Game& game, const SearchOptions& options) {
  env::GameConfig config = game.config();
  config.truncate_on_no_progress_timesteps.reset();
  if (options.use_goal_predictor) config.terminate_on_goal_completion = false;
  return env::Game(std::move(config), game.goal(), game.global_timestep());
}

void Search::Start(const SearchOptions& options, const env::Game* game, const env::State& state,
                   int player, Rng rng, Memory memory) {
  game_ = game;
  player_ = player;
  memory_ = std::move(memory);
  tree_.Clear();
  tree_.nodes.reserve(std::min(options.num_simulations, kReserved));
  tree_.nodes.emplace_back();
  slots_.front().state = WithPackedInventories(*game, state);
  Begin(options, rng);
}

int Search::Advance(const SearchOptions& options, const env::State& state, Rng rng, Memory memory) {
  const int32_t child = ChildOfRoot(WithPackedInventories(*game_, state));
  if (child == kNone) {
    Start(options, game_, state, player_, rng, std::move(memory));
    return 0;
  }
  memory_ = std::move(memory);
  // Not `state` itself: the steps that are kept know its inventories slot by slot.
  game_->Redo(slots_.front().state, tree_.nodes[child].change);
  const int kept = MoveSubtree(tree_, child, spare_tree_);
  std::swap(tree_, spare_tree_);
  Begin(options, rng);
  started_ = std::min(kept, options_.num_simulations - 1);
  return kept;
}

int32_t Search::ChildOfRoot(const env::State& state) {
  env::State& world = slots_.front().state;
  int32_t best = kNone;
  for (int32_t i = 1; i < static_cast<int32_t>(tree_.nodes.size()); ++i) {
    const Node& node = tree_.nodes[i];
    if (node.parent != 0 || !node.expanded) continue;
    if (best != kNone && node.visits <= tree_.nodes[best].visits) continue;
    game_->Redo(world, node.change);
    if (world.blocks == state.blocks && WithPackedInventories(*game_, world) == state) best = i;
    game_->Undo(world, node.change);
  }
  return best;
}

void Search::Begin(const SearchOptions& options, Rng rng) {
  options_ = options;
  rng_ = rng;
  c_puct_ = options_.c_puct.size() == 1
                ? options_.c_puct.front()
                : options_.c_puct[rng_.Below(static_cast<int>(options_.c_puct.size()))];
  started_ = oldest_ = in_flight_ = 0;
  slots_.resize(options_.max_in_flight);
  for (Slot& slot : slots_) {
    if (&slot != &slots_.front()) slot.state = slots_.front().state;
    slot.path.clear();
    slot.edges.clear();
  }
  joint_action_.resize(game_->num_players());
  before_.resize(game_->num_players());
}

const Position* Search::NextLeaf() {
  if (started_ == options_.num_simulations || in_flight_ == options_.max_in_flight) return nullptr;
  Slot& slot = slots_[(oldest_ + in_flight_) % slots_.size()];
  if (!Descend(slot)) {
    Ascend(slot);
    return nullptr;
  }
  ++started_;
  ++in_flight_;
  CountInFlight(slot, 1);
  slot.valid_actions.clear();
  if (!tree_.nodes[slot.path.back()].terminal) {
    FindActions(options_, *game_, slot.state, player_, slot.valid_actions);
  }
  const int32_t parent = tree_.nodes[slot.path.back()].parent;
  slot.position = {game_, &slot.state, player_, slot.valid_actions,
                   parent == kNone ? memory_ : tree_.nodes[parent].memory};
  return &slot.position;
}

bool Search::Descend(Slot& slot) {
  slot.path.assign(1, 0);
  slot.edges.clear();
  if (options_.selection == Selection::kGumbel && started_ > 1 &&
      !halving_.Ready(root(), started_ - 1)) {
    return false;
  }
  while (tree_.nodes[slot.path.back()].expanded) {
    const int32_t node = slot.path.back();
    const Choice choice = Select(tree_.nodes[node]);
    const int32_t edge = choice.edge == kNone ? MakeEdge(node, choice) : choice.edge;
    slot.edges.push_back(edge);
    slot.path.push_back(EnterChild(slot, node, edge));
  }
  // A finished game may be reached many times at once, as it needs no expansion.
  const Node& leaf = tree_.nodes[slot.path.back()];
  return leaf.in_flight == 0 || leaf.terminal;
}

void Search::Ascend(Slot& slot) {
  for (size_t depth = slot.path.size(); depth-- > 1;) {
    game_->Undo(slot.state, tree_.nodes[slot.path[depth]].change);
  }
}

Choice Search::Select(const Node& node) {
  if (options_.selection != Selection::kGumbel) {
    return SelectPuct(options_, c_puct_, tree_, node);
  }
  return node.parent == kNone ? halving_.Select(tree_, node, started_ - 1)
                              : SelectImproved(options_, tree_, node, policy_);
}

int32_t Search::MakeEdge(int32_t node, const Choice& choice) {
  const auto edge = static_cast<int32_t>(tree_.edges.size());
  TypeStats& type = tree_.nodes[node].types[choice.type];
  tree_.edges.push_back(
      {.action = choice.action, .prior = tree_.untried[choice.action], .next = type.first_edge});
  tree_.untried[choice.action] = Tree::kTried;
  type.first_edge = edge;
  return edge;
}

int32_t Search::EnterChild(Slot& slot, int32_t node, int32_t edge) {
  const int32_t human = HumanAtQuantile(tree_, tree_.nodes[node], rng_.Uniform());
  int32_t child = tree_.edges[edge].first_child;
  while (child != kNone && tree_.nodes[child].human_action != tree_.human_ids[human]) {
    child = tree_.nodes[child].next_sibling;
  }
  if (child == kNone) return MakeChild(slot, node, edge, human);
  game_->Redo(slot.state, tree_.nodes[child].change);
  return child;
}

int32_t Search::MakeChild(Slot& slot, int32_t parent, int32_t edge, int32_t human) {
  const auto index = static_cast<int32_t>(tree_.nodes.size());
  Node& child = tree_.nodes.emplace_back();
  child.parent = parent;
  child.edge = edge;
  child.human_action = tree_.human_ids[human];
  child.next_sibling = tree_.edges[edge].first_child;
  tree_.edges[edge].first_child = index;

  const env::ActionSpace& space = game_->actions();
  const int32_t action = tree_.edges[edge].action;
  std::fill(joint_action_.begin(), joint_action_.end(), space.Unflatten(child.human_action));
  joint_action_[player_] = space.Unflatten(tree_.ids[action]);
  for (size_t p = 0; p < before_.size(); ++p) {
    before_[p] = slot.state.blocks[joint_action_[p].location];
  }
  const env::StepOutcome outcome = game_->Step(slot.state, joint_action_, &child.change);
  child.terminal = outcome.done();
  const auto add_effect = [&](int p) {
    const env::PlayerOutcome& out = outcome.players[p];
    child.effects.push_back({p, out.effective_action, before_[p], out.goal_independent});
  };
  add_effect(player_);
  for (int p = 0; p < game_->num_players(); ++p) {
    if (p != player_) add_effect(p);
  }

  const env::PlayerOutcome& own = outcome.players[player_];
  if (!options_.use_goal_predictor) {
    child.reward = own.reward;
    child.own_reward = own.own_reward;
    return index;
  }
  const double expected =
      ExpectedRewardOf(tree_.nodes[parent], own.effective_action, before_[player_]);
  child.own_reward =
      ShapedReward(options_, own.effective_action.type, expected + own.goal_independent);
  // The human's part needs the posterior of the child; until then there is what was promised.
  child.reward = child.own_reward;
  return index;
}

void Search::CountInFlight(const Slot& slot, int32_t change) {
  for (const int32_t node : slot.path) tree_.nodes[node].in_flight += change;
  for (size_t depth = 0; depth < slot.edges.size(); ++depth) {
    Edge& edge = tree_.edges[slot.edges[depth]];
    edge.in_flight += change;
    const ActionType type = game_->actions().TypeOf(tree_.ids[edge.action]);
    tree_.nodes[slot.path[depth]].types[static_cast<int>(type)].in_flight += change;
  }
}

absl::Status Search::Deliver(const Evaluation& evaluation) {
  Slot& slot = slots_[oldest_];
  const int32_t leaf = slot.path.back();
  RETURN_IF_ERROR(Expansion::Check(slot.position, evaluation));
  CountInFlight(slot, -1);
  // A finished game is worth nothing more; its leaf stays unexpanded and may be chosen again.
  double value = 0;
  if (!tree_.nodes[leaf].terminal) {
    RETURN_IF_ERROR(Expand(slot, leaf, evaluation));
    value = tree_.nodes[leaf].value;
  }
  Backup(slot, value, evaluation.goal_logits);
  if (!std::isfinite(root().value_sum)) return NotFinite("goal_logits");
  Ascend(slot);
  oldest_ = (oldest_ + 1) % static_cast<int>(slots_.size());
  --in_flight_;
  return absl::OkStatus();
}

absl::Status Search::Expand(const Slot& slot, int32_t index, const Evaluation& evaluation) {
  Node& node = tree_.nodes[index];
  node.memory = evaluation.memory;
  RETURN_IF_ERROR(expansion_(options_, slot.position, evaluation, tree_, node));
  if (node.parent != kNone) {
    if (options_.use_goal_predictor) {
      node.reward = EdgeReward(node, evaluation.goal_logits, options_.goal_posterior);
    }
    return absl::OkStatus();
  }
  if (options_.noise_weight > 0) AddRootNoise(options_, rng_, tree_, node, noise_);
  if (options_.selection == Selection::kGumbel) {
    halving_.Start(options_, tree_, node, options_.num_simulations - 1, rng_);
  }
  AdoptEdges(options_.gamma, tree_);
  return absl::OkStatus();
}

double Search::ExpectedRewardOf(const Node& node, const env::Action& action,
                                env::Block before) const {
  if (!options_.use_goal_predictor || !DependsOnGoal(*game_, action)) return 0;
  const auto begin = tree_.target_locations.begin() + node.targets_begin;
  const auto end = tree_.target_locations.begin() + node.targets_end;
  const auto target = std::find(begin, end, action.location);
  return ExpectedReward(*game_, player_, action, before,
                        tree_.target_logits[target - tree_.target_locations.begin()]);
}

double Search::EdgeReward(Node& node, Belief belief, GoalPosterior posterior) const {
  const auto expected = [&](const Effect& e) {
    return ExpectedReward(*game_, e.player, e.action, e.before, belief) + e.goal_independent;
  };
  if (posterior != GoalPosterior::kParent) {
    const Effect& own = node.effects.front();
    const double repriced = ShapedReward(options_, own.action.type, expected(own));
    node.own_reward =
        posterior == GoalPosterior::kAverage ? (node.own_reward + repriced) / 2 : repriced;
  }
  double others = 0;
  for (size_t i = 1; i < node.effects.size(); ++i) others += expected(node.effects[i]);
  const double own_prop = game_->rewards(player_).own_reward_prop;
  return own_prop * node.own_reward + (1 - own_prop) * (node.own_reward + others);
}

void Search::Backup(const Slot& slot, double value, Belief belief) {
  const bool reprice =
      options_.goal_posterior == GoalPosterior::kLeaf && options_.use_goal_predictor;
  const auto widen = [](Node& node, double v) {
    node.min_value = std::min(node.min_value, v);
    node.max_value = std::max(node.max_value, v);
  };
  for (size_t depth = slot.path.size(); depth-- > 0;) {
    Node& node = tree_.nodes[slot.path[depth]];
    const bool is_root = depth == 0;
    const double reward =
        reprice && !is_root ? EdgeReward(node, belief, GoalPosterior::kLeaf) : node.reward;
    node.reward_sum += reward;
    node.own_reward_sum += node.own_reward;
    value = value * options_.gamma + reward;
    ++node.visits;
    node.value_sum += value;
    widen(node, value);
    node.min_backup = std::min(node.min_backup, value);
    node.max_backup = std::max(node.max_backup, value);
    if (is_root) break;

    Node& parent = tree_.nodes[node.parent];
    widen(parent, value);
    Edge& edge = tree_.edges[node.edge];
    TypeStats& type =
        parent.types[static_cast<int>(game_->actions().TypeOf(tree_.ids[edge.action]))];
    ++edge.visits;
    edge.value_sum = static_cast<float>(static_cast<double>(edge.value_sum) + value);
    ++type.visits;
    type.value_sum = static_cast<float>(static_cast<double>(type.value_sum) + value);
  }
}

SearchResult Search::result() const {
  SearchResult result;
  result.root_value = root().value_sum / root().visits;
  result.policy = PolicyOfRoot(options_, c_puct_, tree_, root());
  if (options_.selection == Selection::kGumbel) {
    result.best_action = tree_.ids[halving_.Winner(tree_, root())];
    return result;
  }
  float best = -1;
  for (const auto& [id, probability] : result.policy) {
    if (probability <= best) continue;
    best = probability;
    result.best_action = id;
  }
  return result;
}

ActionView Search::action(const TypeStats& type, int32_t action) const {
  const int32_t e = tree_.FindEdge(type, action);
  const Edge none = {.action = action, .prior = tree_.untried[action]};
  const Edge& edge = e == kNone ? none : tree_.edges[e];
  return {tree_.ids[action], edge.prior, edge.visits, edge.value_sum, edge.first_child};
}

std::vector<int32_t> Search::LeafPath() const {
  std::vector<int32_t> ids;
  for (const int32_t edge : slots_[oldest_].edges) {
    ids.push_back(tree_.ids[tree_.edges[edge].action]);
  }
  return ids;
}

std::pair<double, double> Search::MeanReward(int32_t id) const {
  double rewards = 0, own_rewards = 0, backups = 0;
  for (const TypeStats& type : root().types) {
    for (int32_t e = type.first_edge; e != kNone; e = tree_.edges[e].next) {
      const Edge& edge = tree_.edges[e];
      if (tree_.ids[edge.action] != id) continue;
      for (int32_t c = edge.first_child; c != kNone; c = tree_.nodes[c].next_sibling) {
        rewards += tree_.nodes[c].reward_sum;
        own_rewards += tree_.nodes[c].own_reward_sum;
        backups += tree_.nodes[c].visits;
      }
    }
  }
  return {rewards / backups, own_rewards / backups};
}

}  // namespace hod::mcts
