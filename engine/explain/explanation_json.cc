#include "engine/explain/explanation_json.h"

#include <algorithm>
#include <cmath>

namespace hod::engine {
namespace {

using nlohmann::json;

json Number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

json CellJson(const env::WorldSize& size, int location) {
  const env::Cell c = size.At(location);
  return {c.x, c.y, c.z};
}

json ActionJson(const env::Game& game, const env::Action& action) {
  json object = {{"id", game.actions().Flatten(action)},
                 {"text", env::DescribeAction(game.size(), action)}};
  if (env::HasLocation(action.type)) object["cell"] = CellJson(game.size(), action.location);
  if (env::HasBlock(action.type)) object["block"] = env::kBlockNames[action.block];
  return object;
}

json GoalJson(const ExplainedMoment& moment, const Explanation& e, int top) {
  const GoalBelief& goal = e.goal;
  json uncertain = json::array();
  for (int i = 0; i < std::min(top, goal.num_uncertain); ++i) {
    const int location = goal.by_entropy[i];
    uncertain.push_back({{"cell", CellJson(moment.game.size(), location)},
                         {"entropy", goal.entropy[location]},
                         {"posterior", goal.posterior[location]}});
  }
  std::vector<float> probability;
  for (size_t i = 0; i < goal.likely.size(); ++i) {
    probability.push_back(goal.posterior[i][goal.likely[i]]);
  }
  return {{"likely", goal.likely},
          {"probability", probability},
          {"entropy", goal.entropy},
          {"total_entropy", goal.total_entropy},
          {"mean_entropy", goal.total_entropy / goal.num_uncertain},
          {"most_uncertain", uncertain},
          {"likely_missing", goal.likely_marks.missing},
          {"likely_wrong", goal.likely_marks.wrong},
          {"expected_missing", goal.expected_missing},
          {"expected_wrong", goal.expected_wrong},
          {"expected_share", Number(goal.expected_share)},
          {"accuracy",
           {{"right", e.accuracy.right},
            {"recall", Number(e.accuracy.recall)},
            {"precision", Number(e.accuracy.precision)},
            {"surprise", e.accuracy.surprise}}}};
}

json HumanJson(const env::Game& game, const HumanExpectation& human, int top) {
  json actions = json::array();
  for (int i = 0; i < std::min(top, static_cast<int>(human.actions.size())); ++i) {
    actions.push_back(ActionJson(game, human.actions[i].action));
    actions.back()["probability"] = human.actions[i].probability;
  }
  json played = nullptr;
  if (human.played) {
    played = ActionJson(game, human.played->action);
    played["probability"] = human.played->probability;
    played["rank"] = human.played_rank ? json(*human.played_rank) : json(nullptr);
  }
  return {{"actions", actions}, {"entropy", human.entropy}, {"played", played}};
}

json ActionsJson(const env::Game& game, const Explanation& e, int top) {
  json actions = json::array();
  for (const ActionEstimate& a : ShownActions(e, top)) {
    json object = ActionJson(game, a.action);
    object.update({{"prior", a.prior},
                   {"policy", a.policy},
                   {"visits", a.visits},
                   {"value", Number(a.value)},
                   {"expected_reward", a.expected_reward},
                   {"mean_reward", Number(a.mean_reward)},
                   {"chosen", a.chosen},
                   {"played", a.played}});
    actions.push_back(std::move(object));
  }
  return actions;
}

}  // namespace

json ToJson(const ExplainedMoment& moment, const Explanation& e, int top) {
  const env::Game& game = moment.game;
  json variation = json::array();
  for (const ExpectedTurn& turn : e.principal_variation) {
    variation.push_back({{"assistant", ActionJson(game, turn.assistant)},
                         {"human", ActionJson(game, turn.human)},
                         {"human_probability", turn.human_probability},
                         {"visits", turn.visits},
                         {"value", turn.value}});
  }
  return {{"step", moment.moment.state.timestep},
          {"world_size", {game.size().w, game.size().h, game.size().d}},
          {"blocks", moment.moment.state.blocks},
          {"goal", GoalJson(moment, e, top)},
          {"human", HumanJson(game, e.human, top)},
          {"actions", ActionsJson(game, e, top)},
          {"principal_variation", variation},
          {"root_value", e.root_value},
          {"network_value", e.network_value},
          {"simulations", e.simulations},
          {"nodes", e.nodes},
          {"milliseconds", absl::ToDoubleMilliseconds(e.time)}};
}

}  // namespace hod::engine
