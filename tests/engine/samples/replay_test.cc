#include "engine/samples/replay.h"

#include <algorithm>
#include <map>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

Fragment WithRewards(std::vector<float> rewards, float bootstrap) {
  Fragment fragment = PlayRandomly(SmallConfig(), 1, static_cast<int>(rewards.size())).fragments[0];
  for (size_t t = 0; t < rewards.size(); ++t) fragment.steps[t].reward = rewards[t];
  fragment.bootstrap_value = bootstrap;
  fragment.ended = bootstrap == 0;
  return fragment;
}

TEST_CASE("Value targets are discounted returns to the end of the fragment, bootstrapped") {
  REQUIRE(ValueTargets(WithRewards({1, 0, -2}, 8), 0.5) == std::vector<float>{1.5f, 1.0f, 2.0f});
  REQUIRE(ValueTargets(WithRewards({1, 0, -2}, 0), 0.5) == std::vector<float>{0.5f, -1.0f, -2.0f});
}

TEST_CASE("The window drops the oldest fragments, whole") {
  ReplayWindow window({.capacity = 25, .mirror = false});
  REQUIRE(window.num_timesteps() == 0);
  std::vector<std::vector<env::Block>> goals;
  for (int i = 0; i < 3; ++i) {
    const Fragment fragment = PlayRandomly(SmallConfig(), i, 10).fragments[0];
    goals.push_back(fragment.goal);
    window.Add({SmallConfig(), {}, {fragment}});
    REQUIRE(window.num_timesteps() == std::min(10 * (i + 1), 20));
    REQUIRE(window.num_added() == 10 * (i + 1));
  }
  // Samples come from the second and third only, each timestep about as often.
  Rng rng(1);
  std::map<std::pair<int, int>, int> drawn;  // Keyed by index of the goal and timestep.
  const Batch batch = window.Sample(4000, rng);
  for (const models::Example& example : batch.examples) {
    const auto goal = std::find(goals.begin(), goals.end(), example.position.game->goal());
    ++drawn[{static_cast<int>(goal - goals.begin()), example.position.state->timestep}];
  }
  REQUIRE(drawn.size() == 20);
  for (const auto& [timestep, count] : drawn) {
    REQUIRE((timestep.first == 1 || timestep.first == 2));
    REQUIRE(count > 120);
    REQUIRE(count < 280);
  }

  window.Add({SmallConfig(), {}, PlayRandomly(SmallConfig(), 4, 60).fragments});
  REQUIRE(window.num_timesteps() == 60);  // Never empty, even if over capacity.
}

TEST_CASE("Examples are the positions that were played") {
  for (const env::GameConfig& config : {SmallConfig(), FiniteBlocksConfig(), TeleportConfig()}) {
    ReplayWindow window({.capacity = 1000, .mirror = false});
    const Play play = PlayRandomly(config, 6, 100, 32);
    window.Add({config, {}, play.fragments});
    Rng rng(7);
    const Batch batch = window.Sample(100, rng);
    REQUIRE(batch.examples.size() == 100);
    std::vector<int32_t> valid;
    for (const models::Example& example : batch.examples) {
      const int t = example.position.state->timestep;
      const Fragment& fragment = play.fragments[t / 32];
      const Timestep& step = fragment.steps[t % 32];
      REQUIRE(*example.position.state == play.states[t]);
      REQUIRE(example.position.player == 1);
      REQUIRE(example.position.game->goal() == fragment.goal);
      REQUIRE(std::vector(example.goal.begin(), example.goal.end()) == fragment.goal);
      REQUIRE(example.value == ValueTargets(fragment, 0.95)[t % 32]);
      REQUIRE(example.search_policy == step.search_policy);
      REQUIRE(example.human_policy == step.human_policy);
      env::ValidActions(*example.position.game, play.states[t], 1, true, valid);
      REQUIRE(example.valid_actions == valid);
    }
  }
}

TEST_CASE("Mirrored and renamed examples are consistent in themselves") {
  const env::GameConfig config = SmallConfig();
  ReplayWindow window({.capacity = 1000, .mirror = true, .permute_blocks = 0.5});
  const Play play = PlayRandomly(config, 8, 200);
  window.Add({config, {}, play.fragments});
  Rng rng(9);
  const Batch batch = window.Sample(300, rng);
  int changed = 0;
  for (const models::Example& example : batch.examples) {
    const env::State& state = *example.position.state;
    const env::State& played = play.states[state.timestep];
    changed += state.blocks != played.blocks;
    REQUIRE(state.num_matches == played.num_matches);
    int matches = 0;
    for (size_t i = 0; i < state.blocks.size(); ++i) matches += state.blocks[i] == example.goal[i];
    REQUIRE(matches == state.num_matches);
    REQUIRE(std::is_sorted(example.valid_actions.begin(), example.valid_actions.end()));
    for (const auto& [id, probability] : example.search_policy) {
      REQUIRE(std::binary_search(example.valid_actions.begin(), example.valid_actions.end(), id));
    }
  }
  REQUIRE(changed > 200);
}

TEST_CASE("Sampling is a function of the seed") {
  ReplayWindow window({.capacity = 1000, .permute_blocks = 0.5});
  for (int i = 0; i < 3; ++i) {
    window.Add({SmallConfig(), {}, PlayRandomly(SmallConfig(), i, 50).fragments});
  }
  Rng rng1(1), rng2(1), rng3(2);
  const Batch a = window.Sample(50, rng1), b = window.Sample(50, rng2), c = window.Sample(50, rng3);
  int same = 0;
  for (int i = 0; i < 50; ++i) {
    REQUIRE(*a.examples[i].position.state == *b.examples[i].position.state);
    REQUIRE(a.examples[i].valid_actions == b.examples[i].valid_actions);
    REQUIRE(a.examples[i].search_policy == b.examples[i].search_policy);
    REQUIRE(a.examples[i].value == b.examples[i].value);
    same += *a.examples[i].position.state == *c.examples[i].position.state;
  }
  REQUIRE(same < 10);
}

}  // namespace
}  // namespace hod::engine
