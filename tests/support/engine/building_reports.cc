#include "tests/support/engine/building_reports.h"

namespace hod::engine {

ObservedHouse RowOfStones(int rows, int idle) {
  env::GameConfig config;
  config.size = {6, 6, 6};
  config.players.resize(1);
  config.players[0].is_human = true;  // Reaches everything.
  std::vector<env::Block> goal = env::EmptyWorld(config.size);
  for (int z = 1; z <= 4; ++z) goal[config.size.Index({2, 2, z})] = env::kStone;
  const env::Game game(config, goal);
  env::State state;
  state.blocks = env::EmptyWorld(config.size);
  state.players.resize(1);
  state.players[0].feet = {1, 2, 2};
  state = game.Begin(state);
  engine::BehaviourRecorder recorder(0, &game, state);
  for (int row = 0; row < rows; ++row) {
    env::Action action;
    if (row >= idle && row < idle + 4) {
      action = {env::ActionType::kPlace, config.size.Index({2, 2, 1 + row - idle}), env::kStone};
    }
    const env::State before = state;
    const env::StepOutcome outcome = game.Step(state, {&action, 1});
    recorder.Record(before, action, outcome.players[0].effective_action);
  }
  return {"row of stones", recorder.Finish(state)};
}

BuildingReport SmallReport(const std::string& name) {
  BuildingReport report =
      ReportBuilding({RowOfStones(20, 0), RowOfStones(60, 20), RowOfStones(40, 38)}, 200).value();
  report.name = name;
  report.human = "heuristic";
  report.goals = "generated";
  report.seed = 7;
  report.seconds = 12.5;
  report.milliseconds_per_row = 0.25;
  return report;
}

}  // namespace hod::engine
