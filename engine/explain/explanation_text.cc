#include "engine/explain/explanation_text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace hod::engine {
namespace {

using absl::StrAppendFormat;
using absl::StrFormat;

std::string Percent(double share) {
  return std::isfinite(share) ? StrFormat("%.1f%%", 100 * share) : "-";
}
std::string NumberOrDash(double value) {
  return std::isfinite(value) ? StrFormat("%.2f", value) : "-";
}

void AppendGoal(std::string& text, const ExplainedMoment& moment, const Explanation& e, int top) {
  const GoalBelief& goal = e.goal;
  StrAppendFormat(&text,
                  "goal: %s of it done as the assistant expects, %.1f blocks missing, %.1f wrong\n",
                  Percent(goal.expected_share), goal.expected_missing, goal.expected_wrong);
  StrAppendFormat(&text, "likely house (above): missing %d, wrong %d\n", goal.likely_marks.missing,
                  goal.likely_marks.wrong);
  StrAppendFormat(&text, "it is %s\n", DescribeAccuracy(e.accuracy));
  StrAppendFormat(&text, "entropy: %.1f bits, %.3f a voxel; most uncertain:\n", goal.total_entropy,
                  goal.total_entropy / goal.num_uncertain);
  for (int i = 0; i < std::min(top, goal.num_uncertain); ++i) {
    const int location = goal.by_entropy[i];
    const env::Cell c = moment.game.size().At(location);
    StrAppendFormat(&text, "  %-9s%5.2f bits  %s\n", StrFormat("%d,%d,%d", c.x, c.y, c.z),
                    goal.entropy[location], DescribePosterior(goal.posterior[location]));
  }
}

void AppendHuman(std::string& text, const ExplainedMoment& moment, const Explanation& e, int top) {
  const HumanExpectation& human = e.human;
  const env::WorldSize& size = moment.game.size();
  StrAppendFormat(&text, "\nhuman, expected next: %s; entropy %.2f bits\n", DescribeTypes(human),
                  human.entropy);
  const int count = std::min(top, static_cast<int>(human.actions.size()));
  for (int i = 0; i < count; ++i) {
    StrAppendFormat(&text, "%4d  %6s  %s%s\n", i + 1, Percent(human.actions[i].probability),
                    env::DescribeAction(size, human.actions[i].action),
                    human.played_rank == i + 1 ? "  <- played" : "");
  }
  if (!human.played || (human.played_rank && *human.played_rank <= count)) return;
  const std::string action = env::DescribeAction(size, human.played->action);
  if (human.played_rank) {
    StrAppendFormat(&text, "%4d  %6s  %s  <- played\n", *human.played_rank,
                    Percent(human.played->probability), action);
  } else {
    StrAppendFormat(&text, "   -       -  %s  <- played\n", action);
  }
}

void AppendActions(std::string& text, const ExplainedMoment& moment, const Explanation& e,
                   int top) {
  StrAppendFormat(&text, "\nassistant: %s\n", DescribeSearch(e));
  StrAppendFormat(&text, "  %-30s%8s%8s%8s%8s%8s\n", "", "prior", "visits", "policy", "value",
                  "reward");
  for (const ActionEstimate& a : ShownActions(e, top)) {
    StrAppendFormat(&text, "%c %-30s%8s%8d%8s%8s%8.2f%s\n", a.chosen ? '*' : ' ',
                    env::DescribeAction(moment.game.size(), a.action), Percent(a.prior), a.visits,
                    Percent(a.policy), NumberOrDash(a.value), a.expected_reward,
                    a.played ? "  <- played" : "");
  }
}

}  // namespace

std::string DescribePosterior(const mcts::GoalDistribution& posterior) {
  std::array<env::Block, env::kNumBlocks> blocks;
  std::iota(blocks.begin(), blocks.end(), env::Block{0});
  std::stable_sort(blocks.begin(), blocks.end(),
                   [&](env::Block a, env::Block b) { return posterior[a] > posterior[b]; });
  std::vector<std::string> parts;
  for (const env::Block block : blocks) {
    if (posterior[block] < 0.05f && !parts.empty()) break;
    parts.push_back(StrFormat("%.0f%% %s", 100 * posterior[block], env::kBlockNames[block]));
  }
  return absl::StrJoin(parts, ", ");
}

std::string DescribeAccuracy(const BeliefAccuracy& accuracy) {
  return StrFormat(
      "right about %s of the voxels, finds %s of the changes to make; %s of its changes are right",
      Percent(accuracy.right), Percent(accuracy.recall), Percent(accuracy.precision));
}

std::string DescribeTypes(const HumanExpectation& human) {
  const auto probability = [&](env::ActionType type) {
    return human.types[static_cast<int>(type)];
  };
  double moves = 0;
  for (int t = 0; t < env::kNumActionTypes; ++t) {
    if (env::IsMove(static_cast<env::ActionType>(t))) moves += human.types[t];
  }
  std::vector<std::pair<double, const char*>> types = {
      {probability(env::ActionType::kPlace), "places"},
      {probability(env::ActionType::kBreak), "breaks"},
      {moves, "moves"},
      {probability(env::ActionType::kNoop), "waits"},
      {probability(env::ActionType::kGive), "gives"}};
  std::stable_sort(types.begin(), types.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> parts;
  for (const auto& [share, name] : types) {
    if (share >= 0.005) parts.push_back(StrFormat("%s %.0f%%", name, 100 * share));
  }
  return absl::StrJoin(parts, ", ");
}

std::string DescribeSearch(const Explanation& e) {
  return StrFormat("%d simulation%s in %.1f ms, value %.2f (the network's: %.2f)", e.simulations,
                   e.simulations == 1 ? "" : "s", absl::ToDoubleMilliseconds(e.time), e.root_value,
                   e.network_value);
}

std::string DescribeTurn(const env::WorldSize& size, const ExpectedTurn& turn) {
  return StrFormat("assistant %s, human %s (%.0f%%); %d visit%s, value %.2f",
                   env::DescribeAction(size, turn.assistant), env::DescribeAction(size, turn.human),
                   100 * turn.human_probability, turn.visits, turn.visits == 1 ? "" : "s",
                   turn.value);
}

std::string ExplanationText(const ExplainedMoment& moment, const Explanation& e, int top,
                            const env::TerminalStyle& terminal) {
  const env::Game& game = moment.game;
  std::string text = env::DescribeProgress(game, moment.moment.state) + "\n";
  for (const std::string& move : env::DescribeMoves(game, moment.moment)) {
    absl::StrAppend(&text, move, "\n");
  }
  env::WorldStyle style = env::StyleOf(game, moment.moment, env::GoalDisplay::kGhost);
  style.goal = e.goal.likely;
  absl::StrAppend(&text, env::WorldText(game.size(), moment.moment.state.blocks, style, terminal),
                  env::LegendText(static_cast<int>(style.players.size()), /*marks=*/true, terminal),
                  "\n");
  AppendGoal(text, moment, e, top);
  AppendHuman(text, moment, e, top);
  AppendActions(text, moment, e, top);
  if (e.principal_variation.empty()) return text;
  absl::StrAppend(&text, "\nprincipal variation:\n");
  for (size_t i = 0; i < e.principal_variation.size(); ++i) {
    StrAppendFormat(&text, "%4d  %s\n", i + 1, DescribeTurn(game.size(), e.principal_variation[i]));
  }
  return text;
}

}  // namespace hod::engine
