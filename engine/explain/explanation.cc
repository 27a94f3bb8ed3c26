#include "engine/explain/explanation.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "mcts/chance.h"

namespace hod::engine {
namespace {

double Bits(double probability) { return probability > 0 ? -std::log2(probability) : 0; }

// What everybody knows of a goal: bedrock, and the palette of a game with finite blocks.
bool IsKnown(const env::Game& game, int location) {
  return game.size().At(location).y == 0 || game.InPalette(location);
}

// Expected similarity of a voxel that holds `block`.
double ExpectedSimilarity(const mcts::GoalDistribution& goal, env::Block block,
                          double place_wrong) {
  double sum = 0;
  for (env::Block g = 0; g < env::kNumBlocks; ++g) {
    sum += goal[g] * env::Game::Similarity(block, g, place_wrong);
  }
  return sum;
}

BeliefAccuracy AccuracyOf(const ExplainedMoment& moment, const GoalBelief& belief) {
  const std::vector<env::Block>& goal = moment.game.goal();
  const std::vector<env::Block>& blocks = moment.moment.state.blocks;
  double right = 0, needed = 0, found = 0, proposed = 0, proposed_rightly = 0, surprise = 0;
  for (const int i : belief.by_entropy) {
    const bool is_right = belief.likely[i] == goal[i];
    right += is_right;
    needed += blocks[i] != goal[i];
    found += blocks[i] != goal[i] && is_right;
    proposed += belief.likely[i] != blocks[i];
    proposed_rightly += belief.likely[i] != blocks[i] && is_right;
    surprise -= std::log2(std::max(belief.posterior[i][goal[i]], 1e-30f));
  }
  return {right / belief.num_uncertain, found / needed, proposed_rightly / proposed,
          surprise / belief.num_uncertain};
}

HumanExpectation ExpectationOf(const ExplainedMoment& moment, const mcts::Search& search) {
  const mcts::Tree& tree = search.tree();
  const mcts::Node& root = search.root();
  const env::ActionSpace& space = search.game().actions();
  HumanExpectation human;
  for (int32_t h = root.humans_begin; h < root.humans_end; ++h) {
    const env::Action action = space.Unflatten(tree.human_ids[h]);
    const double probability = mcts::HumanProbability(tree, root, h);
    human.actions.push_back({action, probability});
    human.types[static_cast<int>(action.type)] += probability;
    human.entropy += probability * Bits(probability);
  }
  std::stable_sort(human.actions.begin(), human.actions.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  const std::optional<env::Action>& played = moment.played[moment.human];
  if (!played) return human;
  human.played = {*played, 0};
  for (size_t i = 0; i < human.actions.size(); ++i) {
    if (human.actions[i].action != *played) continue;
    human.played->probability = human.actions[i].probability;
    human.played_rank = static_cast<int>(i) + 1;
  }
  return human;
}

std::vector<ActionEstimate> EstimatesOf(const ExplainedMoment& moment, const mcts::Search& search,
                                        const mcts::SearchResult& result) {
  const env::ActionSpace& space = search.game().actions();
  std::vector<ActionEstimate> estimates;
  for (const mcts::TypeStats& type : search.root().types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const mcts::ActionView view = search.action(type, a);
      ActionEstimate& estimate = estimates.emplace_back();
      estimate.action = space.Unflatten(view.id);
      estimate.prior = view.prior;
      estimate.visits = view.visits;
      estimate.expected_reward = search.ExpectedRewardOf(
          search.root(), estimate.action, moment.moment.state.blocks[estimate.action.location]);
      estimate.chosen = view.id == result.best_action;
      estimate.played = estimate.action == moment.played[moment.assistant];
      const auto in_policy = std::lower_bound(
          result.policy.begin(), result.policy.end(), view.id,
          [](const std::pair<int32_t, float>& entry, int32_t id) { return entry.first < id; });
      if (in_policy != result.policy.end() && in_policy->first == view.id) {
        estimate.policy = in_policy->second;
      }
      if (view.visits == 0) continue;
      estimate.value = view.value_sum / view.visits;
      estimate.mean_reward = search.MeanReward(view.id).first;
    }
  }
  std::stable_sort(estimates.begin(), estimates.end(), [](const auto& a, const auto& b) {
    return std::tie(b.visits, b.chosen, b.prior) < std::tie(a.visits, a.chosen, a.prior);
  });
  return estimates;
}

double MeanReturn(const mcts::Search& search) {
  double sum = search.root().value;
  for (const mcts::TypeStats& type : search.root().types) sum += type.value_sum;
  return sum / search.root().visits;
}

// The edge to go on with: the chosen action at the root, the most visited one elsewhere.
int32_t PrincipalEdge(const mcts::Tree& tree, const mcts::Node& node,
                      std::optional<int32_t> chosen) {
  int32_t best = mcts::kNone;
  for (const mcts::TypeStats& type : node.types) {
    for (int32_t e = type.first_edge; e != mcts::kNone; e = tree.edges[e].next) {
      const mcts::Edge& edge = tree.edges[e];
      // An action that was entered for a batch and given up has no visits.
      if (edge.visits == 0 || (chosen && tree.ids[edge.action] != *chosen)) continue;
      if (best == mcts::kNone || edge.visits > tree.edges[best].visits) best = e;
    }
  }
  return best;
}

int32_t MostVisitedChild(const mcts::Tree& tree, const mcts::Edge& edge) {
  int32_t best = mcts::kNone;
  for (int32_t c = edge.first_child; c != mcts::kNone; c = tree.nodes[c].next_sibling) {
    if (best == mcts::kNone || tree.nodes[c].visits > tree.nodes[best].visits) best = c;
  }
  return best;
}

double ProbabilityOfHuman(const mcts::Tree& tree, const mcts::Node& node, int32_t id) {
  for (int32_t h = node.humans_begin; h < node.humans_end; ++h) {
    if (tree.human_ids[h] == id) return mcts::HumanProbability(tree, node, h);
  }
  return 0;
}

std::vector<ExpectedTurn> VariationOf(const mcts::Search& search, int32_t best_action) {
  const mcts::Tree& tree = search.tree();
  const env::ActionSpace& space = search.game().actions();
  std::vector<ExpectedTurn> turns;
  for (int32_t node = 0; node != mcts::kNone;) {
    const int32_t e = PrincipalEdge(tree, tree.nodes[node],
                                    node == 0 ? std::optional<int32_t>(best_action) : std::nullopt);
    if (e == mcts::kNone) break;
    const mcts::Edge& edge = tree.edges[e];
    ExpectedTurn& turn = turns.emplace_back();
    turn.assistant = space.Unflatten(tree.ids[edge.action]);
    turn.visits = edge.visits;
    turn.value = edge.value_sum / edge.visits;
    const int32_t child = MostVisitedChild(tree, edge);
    turn.human = space.Unflatten(tree.nodes[child].human_action);
    turn.human_probability =
        ProbabilityOfHuman(tree, tree.nodes[node], tree.nodes[child].human_action);
    node = child;
  }
  return turns;
}

}  // namespace

GoalBelief BeliefOf(const ExplainedMoment& moment, absl::Span<const float> goal_logits) {
  const env::Game& game = moment.game;
  const std::vector<env::Block>& blocks = moment.moment.state.blocks;
  const std::vector<env::Block> start = env::EmptyWorld(game.size());
  const double place_wrong = game.rewards(moment.assistant).place_wrong;
  const int volume = game.size().Volume();
  GoalBelief belief;
  belief.posterior.resize(volume);
  belief.entropy.resize(volume);
  double gained = 0, to_gain = 0;
  for (int i = 0; i < volume; ++i) {
    mcts::GoalDistribution& goal = belief.posterior[i];
    if (IsKnown(game, i)) {
      goal[game.goal()[i]] = 1;
      belief.likely.push_back(game.goal()[i]);
      continue;
    }
    goal = mcts::Softmax(mcts::LogitsAt(goal_logits, volume, i));
    const auto likely = std::max_element(goal.begin(), goal.end()) - goal.begin();
    belief.likely.push_back(static_cast<env::Block>(likely));
    double entropy = 0;
    for (const float p : goal) entropy += p * Bits(p);
    belief.entropy[i] = static_cast<float>(entropy);
    belief.total_entropy += entropy;
    belief.by_entropy.push_back(i);
    (blocks[i] == env::kAir ? belief.expected_missing : belief.expected_wrong) +=
        1 - goal[blocks[i]];
    const double at_start = ExpectedSimilarity(goal, start[i], place_wrong);
    gained += ExpectedSimilarity(goal, blocks[i], place_wrong) - at_start;
    to_gain += 1 - at_start;
  }
  belief.num_uncertain = static_cast<int>(belief.by_entropy.size());
  std::stable_sort(belief.by_entropy.begin(), belief.by_entropy.end(),
                   [&](int a, int b) { return belief.entropy[a] > belief.entropy[b]; });
  belief.likely_marks = env::CountMarks(blocks, belief.likely);
  belief.expected_share = gained / to_gain;
  return belief;
}

std::vector<ActionEstimate> ShownActions(const Explanation& explanation, int top) {
  constexpr double kLeastPrior = 0.001;
  std::vector<ActionEstimate> shown;
  for (const ActionEstimate& a : explanation.actions) {
    const bool counts = top-- > 0 && (a.visits > 0 || a.prior >= kLeastPrior);
    if (counts || a.chosen || a.played) shown.push_back(a);
  }
  return shown;
}

Explanation Explain(const ExplainedMoment& moment, const mcts::Search& search,
                    const mcts::Evaluation& root, absl::Duration time) {
  const mcts::SearchResult result = search.result();
  Explanation explanation;
  explanation.goal = BeliefOf(moment, root.goal_logits);
  explanation.accuracy = AccuracyOf(moment, explanation.goal);
  explanation.human = ExpectationOf(moment, search);
  explanation.actions = EstimatesOf(moment, search, result);
  explanation.principal_variation = VariationOf(search, result.best_action);
  explanation.root_value = MeanReturn(search);
  explanation.network_value = root.value;
  explanation.simulations = search.root().visits;
  explanation.nodes = static_cast<int>(search.nodes().size());
  explanation.time = time;
  return explanation;
}

}  // namespace hod::engine
