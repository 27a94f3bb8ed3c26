// Averages over mirror images are the same for a world and its image.
#include "engine/samples/mirrored_beliefs.h"

#include "env/game/goal_belief.h"
#include "env/game/roles.h"
#include "models/backends/network_evaluator.h"
#include "models/network/network.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

TEST_CASE("A belief over all mirror images is mirrored with the world") {
  for (const bool square : {false, true}) {
    env::GameConfig config = SmallConfig();
    if (square) config.size = {7, 6, 7};
    const Play play = PlayRandomly(config, 3, 40);
    const env::Game game = GameOf(config, play.fragments[0]);
    const env::State& state = play.states.back();
    models::NetworkEvaluator network(models::RandomNetwork({.channels = 16, .blocks = 2}, Rng(1)));
    MirroredBeliefs mirrored(&network, config);
    SymmetryParts parts;
    parts.mirror_x = true;
    parts.swap_xz = Symmetry::CanSwap(config);
    const Symmetry symmetry(config, game.actions(), parts);
    const env::State image = symmetry.Apply(state);
    const mcts::Position positions[] = {{&game, &state, env::kAssistant},
                                        {&game, &image, env::kAssistant}};
    std::vector<mcts::Evaluation> alone(2), all(2);
    REQUIRE(network.Evaluate(positions, absl::MakeSpan(alone)).ok());
    REQUIRE(mirrored.Evaluate(positions, absl::MakeSpan(all)).ok());
    const int volume = game.size().Volume();
    double largest_alone = 0, largest = 0;
    for (int i = 0; i < volume; ++i) {
      const auto difference = [&](const std::vector<mcts::Evaluation>& evaluations) {
        const auto p = env::Softmax(env::LogitsAt(evaluations[0].goal_logits, volume, i));
        const auto q =
            env::Softmax(env::LogitsAt(evaluations[1].goal_logits, volume, symmetry.Location(i)));
        double sum = 0;
        for (int b = 0; b < env::kNumBlocks; ++b) sum += std::abs(p[b] - q[b]);
        return sum;
      };
      largest_alone = std::max(largest_alone, difference(alone));
      largest = std::max(largest, difference(all));
    }
    CHECK(largest_alone > 1e-3);
    CHECK(largest < 1e-4);
    CHECK(all[0].value == alone[0].value);
  }
}

}  // namespace
}  // namespace hod::engine
