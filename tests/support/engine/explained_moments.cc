#include "tests/support/engine/explained_moments.h"

#include "env/traces/trace_recorder.h"
#include "tests/support/catch.h"
#include "tests/support/env/drawn_games.h"

namespace hod::engine {

using env::Action, env::ActionType;

env::Game SmallAssistedGame(bool inf_blocks) {
  const env::Game small = env::SmallGame();
  env::GameConfig config = small.config();
  config.players[1].goal_visible = false;
  config.abilities.inf_blocks = inf_blocks;
  if (inf_blocks) return env::Game(config, small.goal());
  return env::Game(config, env::GoalFromHouse(config, {1, 1, 1}, {{env::kPlanks}}));
}

env::RecordedEpisode SmallEpisode(const env::Game& game) {
  const env::WorldSize& size = game.size();
  const Action wrong = {ActionType::kPlace, size.Index({2, 2, 3}), env::kPlanks};
  const Action right = {ActionType::kPlace, size.Index({2, 2, 2}), env::kPlanks};
  const Action move = {ActionType::kMovePosX};
  return {game,
          env::SmallStart(game),
          {{.actions = {wrong, move}}, {.actions = {right, Action{}}}},
          std::nullopt};
}

void Record(const env::RecordedEpisode& episode, const std::string& path) {
  env::GameConfig config = episode.game.config();
  config.horizon = static_cast<int>(episode.steps.size());
  const env::Game game(config, episode.game.goal());
  env::State state = episode.start;
  auto recorder = env::TraceRecorder::Create(path, &game, state, "test", 1);
  REQUIRE(recorder.ok());
  for (const env::RecordedStep& step : episode.steps) {
    const env::StepOutcome outcome = game.Step(state, step.actions);
    REQUIRE(recorder->Step(step.actions, outcome, state).ok());
  }
  REQUIRE(recorder->Finish().ok());
}

absl::Status BeliefEvaluator::Evaluate(absl::Span<const mcts::Position> positions,
                                       absl::Span<mcts::Evaluation> evaluations) {
  for (size_t i = 0; i < positions.size(); ++i) {
    const env::Game& game = *positions[i].game;
    const int volume = game.size().Volume();
    mcts::Evaluation& out = evaluations[i];
    out.policy.assign(positions[i].valid_actions.size(), 1.0f);
    out.value = 1;
    out.goal_logits.assign(env::kNumBlocks * volume, 0.0f);
    for (int v = 0; v < volume; ++v) out.goal_logits[house_[v] * volume + v] = sureness_;
    const auto planks = [&](env::Cell cell) {
      return game.actions().Flatten({ActionType::kPlace, game.size().Index(cell), env::kPlanks});
    };
    out.human_policy = {{0, 0.5f}, {planks({2, 2, 2}), 0.375f}, {planks({2, 3, 2}), 0.125f}};
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
