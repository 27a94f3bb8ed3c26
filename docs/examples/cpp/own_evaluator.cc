// A search with an evaluator of one's own: one that has no opinion.
#include <cstdio>

#include "env/houses/generator/generator.h"
#include "mcts/run_search.h"

class Indifferent : public hod::mcts::Evaluator {
  absl::Status Evaluate(absl::Span<const hod::mcts::Position> positions,
                        absl::Span<hod::mcts::Evaluation> evaluations) override {
    for (size_t i = 0; i < positions.size(); ++i) {
      evaluations[i].policy.assign(positions[i].valid_actions.size(), 1.0f);
      evaluations[i].goal_logits.assign(hod::env::kNumBlocks * positions[i].game->goal().size(), 0);
      evaluations[i].human_policy = {{0, 1.0f}};  // The human waits.
    }
    return absl::OkStatus();
  }
};

int main() {
  hod::Rng rng(1);
  const hod::env::GameConfig config;
  const hod::env::House house = hod::env::GenerateHouse(hod::env::MaxHouseSize(config), rng);
  const hod::env::Game game(config, hod::env::GoalFromHouse(config, house.size, house.blocks));
  const hod::mcts::SearchOptions options;
  const hod::env::Game planning = hod::mcts::PlanningGame(game, options);
  hod::mcts::Search search;
  search.Start(options, &planning, game.Reset(rng), /*player=*/1, hod::Rng(2));
  Indifferent evaluator;
  if (const auto status = hod::mcts::RunSearch(search, evaluator, {}); !status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  std::printf("best action: %d\n", search.result().best_action);
}
