// A batch against the same games played one by one.
#include "env/batch/env_batch.h"

#include "env/game/action_mask.h"
#include "env/game/observation.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

GameConfig SmallConfig(bool inf_blocks) {
  GameConfig config;
  config.size = {8, 6, 7};
  config.horizon = 12;
  config.abilities.inf_blocks = inf_blocks;
  config.players[1].goal_visible = false;
  return config;
}

std::shared_ptr<const GoalSource> Goals(const GameConfig& config) {
  return *MakeGoalSource("generated", config, 5);
}

// The arrays of a batch of `n` environments.
struct Arrays {
  Arrays(const GameConfig& config, int n)
      : observations(n * 2 * kNumObservationChannels * config.size.Volume()),
        masks(n * 2 * ActionSpace(config).num_actions()),
        terminated(n),
        truncated(n),
        inventories(n * 2 * kNumBlocks),
        timesteps(n),
        rewards(n * 2) {}

  BatchArrays views() {
    return {absl::MakeSpan(observations), absl::MakeSpan(masks),   absl::MakeSpan(inventories),
            absl::MakeSpan(timesteps),    absl::MakeSpan(rewards), absl::MakeSpan(terminated),
            absl::MakeSpan(truncated)};
  }
  friend bool operator==(const Arrays&, const Arrays&) = default;

  std::vector<uint8_t> observations, masks, terminated, truncated;
  std::vector<int32_t> inventories, timesteps;
  std::vector<float> rewards;
};

// A random valid action of every player by the masks in `arrays`.
std::vector<int32_t> RandomValid(const Arrays& arrays, int rows, Rng& rng) {
  const size_t num_actions = arrays.masks.size() / rows;
  std::vector<int32_t> actions;
  for (int row = 0; row < rows; ++row) {
    std::vector<int32_t> valid;
    for (size_t id = 0; id < num_actions; ++id) {
      if (arrays.masks[row * num_actions + id]) valid.push_back(static_cast<int32_t>(id));
    }
    actions.push_back(valid[rng.Below(static_cast<int>(valid.size()))]);
  }
  return actions;
}

TEST_CASE("A batch plays the games of its seeds, and starts new ones after the last step") {
  const bool inf_blocks = GENERATE(true, false);
  const GameConfig config = SmallConfig(inf_blocks);
  const auto goals = Goals(config);
  const std::vector<uint64_t> seeds = {3, 1, 4, 1, 5};
  const int n = static_cast<int>(seeds.size());
  const size_t world = kNumObservationChannels * config.size.Volume();
  EnvBatch batch(config, goals, seeds, 2);
  Arrays arrays(config, n);
  REQUIRE(batch.Reset(arrays.views()).ok());

  // The twin: one game at a time.
  struct Twin {
    Rng rng;
    Game game;
    State state;
    bool ended = false;
  };
  const auto start = [&](Rng rng) {
    Game game(config, goals->Sample(rng).blocks);
    State state = game.Reset(rng);
    return Twin{rng, std::move(game), std::move(state)};
  };
  std::vector<Twin> twins;
  for (const uint64_t seed : seeds) twins.push_back(start(Rng(seed)));

  Rng rng(7);
  int episodes = 0;
  for (int t = 0; t < 40; ++t) {
    const std::vector<int32_t> actions = RandomValid(arrays, 2 * n, rng);
    REQUIRE(batch.Step(actions, arrays.views()).ok());
    for (int i = 0; i < n; ++i) {
      Twin& twin = twins[i];
      float rewards[2] = {0, 0};
      bool terminated = false;
      if (twin.ended) {
        twin = start(twin.rng);
        ++episodes;
      } else {
        std::vector<Action> joint;
        for (int p = 0; p < 2; ++p) {
          joint.push_back(twin.game.actions().Unflatten(actions[2 * i + p]));
        }
        const StepOutcome outcome = twin.game.Step(twin.state, joint);
        for (int p = 0; p < 2; ++p) rewards[p] = static_cast<float>(outcome.players[p].reward);
        twin.ended = outcome.done();
        terminated = outcome.goal_completed;
      }
      CHECK(arrays.terminated[i] == terminated);
      CHECK(arrays.truncated[i] == (twin.ended && !terminated));
      CHECK(arrays.timesteps[i] == twin.state.timestep);
      for (int p = 0; p < 2; ++p) {
        const int row = 2 * i + p;
        CHECK(arrays.rewards[row] == rewards[p]);
        std::vector<uint8_t> observation(world);
        WorldObservation(twin.game, twin.state, p, absl::MakeSpan(observation));
        CHECK(std::equal(observation.begin(), observation.end(),
                         arrays.observations.begin() + row * world));
        const std::vector<uint8_t> mask = ActionMask(twin.game, twin.state, p, true);
        CHECK(std::equal(mask.begin(), mask.end(), arrays.masks.begin() + row * mask.size()));
        const Inventory::Counts counts = twin.state.players[p].inventory.CountAll();
        CHECK(std::equal(counts.begin(), counts.end(),
                         arrays.inventories.begin() + row * counts.size()));
      }
    }
  }
  CHECK(episodes == 3 * n);
  // Environments of equal seeds that act alike would be alike: nothing else sets them apart.
  EnvBatch equal(config, goals, {9, 9}, 1);
  CHECK(equal.state(0) == equal.state(1));
}

TEST_CASE("What happens does not depend on the number of threads") {
  const GameConfig config = SmallConfig(true);
  std::vector<uint64_t> seeds(50);
  for (size_t i = 0; i < seeds.size(); ++i) seeds[i] = i;
  const auto play = [&](int threads) {
    EnvBatch batch(config, Goals(config), seeds, threads);
    Arrays arrays(config, batch.num_envs());
    REQUIRE(batch.Reset(arrays.views()).ok());
    Rng rng(1);
    for (int t = 0; t < 30; ++t) {
      REQUIRE(batch.Step(RandomValid(arrays, 100, rng), arrays.views()).ok());
    }
    return arrays;
  };
  CHECK(play(1) == play(2));
}

TEST_CASE("One player's rows alone are those of all players' arrays") {
  const GameConfig config = SmallConfig(false);
  const int n = 3;
  EnvBatch batch(config, Goals(config), {1, 2, 3}, 1), twin(config, Goals(config), {1, 2, 3}, 1);
  Arrays all(config, n), own(config, n);
  own.observations.resize(own.observations.size() / 2);
  own.masks.resize(own.masks.size() / 2);
  own.inventories.resize(own.inventories.size() / 2);
  own.rewards.resize(own.rewards.size() / 2);
  BatchArrays views = own.views();
  views.viewer = 1;
  REQUIRE(batch.Reset(all.views()).ok());
  Rng rng(3);
  for (int t = 0; t < 20; ++t) {
    const std::vector<int32_t> actions = RandomValid(all, 2 * n, rng);
    REQUIRE(batch.Step(actions, all.views()).ok());
    REQUIRE(twin.Step(actions, views).ok());
    const auto check = [&](const auto& whole, const auto& rows) {
      const size_t length = rows.size() / n;
      for (int i = 0; i < n; ++i) {
        CHECK(std::equal(rows.begin() + i * length, rows.begin() + (i + 1) * length,
                         whole.begin() + (2 * i + 1) * length));
      }
    };
    check(all.observations, own.observations);
    check(all.masks, own.masks);
    check(all.inventories, own.inventories);
    check(all.rewards, own.rewards);
    CHECK(own.timesteps == all.timesteps);
    CHECK(own.truncated == all.truncated);
  }
  views.viewer = 2;
  CHECK(std::string(twin.Reset(views).message()) == "viewer: 2, expected 0 to 1");
  CHECK(std::string(twin.Reset(own.views()).message()) ==
        "observations: 6048 elements, expected 12096");
}

TEST_CASE("A batch with other seeds is as new") {
  const GameConfig config = SmallConfig(true);
  EnvBatch batch(config, Goals(config), {1, 2}, 1), twin(config, Goals(config), {7, 8}, 1);
  Arrays arrays(config, 2), twins(config, 2);
  REQUIRE(batch.Reset(arrays.views()).ok());
  REQUIRE(batch.Step({0, 0, 0, 0}, arrays.views()).ok());
  batch.Reseed({7, 8});
  REQUIRE(batch.Reset(arrays.views()).ok());
  REQUIRE(twin.Reset(twins.views()).ok());
  Rng rng(3);
  for (int t = 0; t < 30; ++t) {
    CHECK(arrays == twins);
    const std::vector<int32_t> actions = RandomValid(arrays, 4, rng);
    REQUIRE(batch.Step(actions, arrays.views()).ok());
    REQUIRE(twin.Step(actions, twins.views()).ok());
  }
}

TEST_CASE("Wrong arrays and actions are refused by name and change nothing") {
  const GameConfig config = SmallConfig(true);
  EnvBatch batch(config, Goals(config), {1, 2}, 1);
  Arrays arrays(config, 2);
  const State before = batch.state(0);
  const auto error = [&](const std::vector<int32_t>& actions, const BatchArrays& out) {
    return std::string(batch.Step(actions, out).message());
  };
  CHECK(error({0, 0, 0}, {}) == "actions: 3 elements, expected 4");
  CHECK(error({0, 0, -1, 0}, {}) == "actions[1][0] is -1, expected 0 to 3702");
  CHECK(error({0, 0, 0, 3703}, {}) == "actions[1][1] is 3703, expected 0 to 3702");
  BatchArrays wrong = arrays.views();
  wrong.rewards = wrong.rewards.first(3);
  CHECK(error({0, 0, 0, 0}, wrong) == "rewards: 3 elements, expected 4");
  wrong = arrays.views();
  wrong.observations = wrong.observations.subspan(1);
  CHECK(error({0, 0, 0, 0}, wrong) == "observations: 8063 elements, expected 8064");
  CHECK(batch.state(0) == before);
  CHECK(batch.Step({0, 0, 0, 0}, {}).ok());
  CHECK(batch.state(0).timestep == 1);
}

TEST_CASE("Chosen environments begin another episode, and the others go on") {
  const GameConfig config = SmallConfig(true);
  EnvBatch batch(config, Goals(config), {1, 2, 3}, 2);
  Arrays arrays(config, 3);
  REQUIRE(batch.Reset(arrays.views()).ok());
  Rng rng(4);
  for (int t = 0; t < config.horizon; ++t) {
    REQUIRE(batch.Step(RandomValid(arrays, 6, rng), arrays.views()).ok());
  }
  CHECK((batch.ended(0) && batch.ended(1)));
  const Arrays before = arrays;
  REQUIRE(batch.Restart({{0, 1, 0}}, arrays.views()).ok());
  CHECK((batch.ended(0) && !batch.ended(1)));
  CHECK(arrays.timesteps == std::vector<int32_t>{12, 0, 12});
  CHECK(arrays.truncated == before.truncated);
  CHECK(arrays.rewards == before.rewards);
  // What a step would have begun, it finds begun.
  EnvBatch twin(config, Goals(config), {1, 2, 3}, 1);
  Arrays theirs(config, 3);
  REQUIRE(twin.Reset(theirs.views()).ok());
  for (int t = 0; t <= config.horizon; ++t) {
    REQUIRE(twin.Step(std::vector<int32_t>(6), theirs.views()).ok());
  }
  CHECK(batch.game(1).goal() == twin.game(1).goal());
  CHECK_FALSE(batch.Restart({{1, 1}}, arrays.views()).ok());
}

TEST_CASE("An episode is played again from its record") {
  const GameConfig config = SmallConfig(false);
  EnvBatch batch(config, Goals(config), {1, 2}, 1), twin(config, Goals(config), {7, 8}, 1);
  Arrays arrays(config, 2), theirs(config, 2);
  REQUIRE(batch.Reset(arrays.views()).ok());
  REQUIRE(twin.Reset(theirs.views()).ok());
  Rng rng(4);
  for (int t = 0; t < config.horizon + 5; ++t) {
    REQUIRE(batch.Step(RandomValid(arrays, 4, rng), arrays.views()).ok());
  }
  for (int i = 0; i < 2; ++i) {
    const EpisodeRecord& record = batch.record(i);
    CHECK(static_cast<int>(record.actions.size()) == 2 * batch.state(i).timestep);
    twin.Begin(i, record.rng);
    for (size_t at = 0; at < record.actions.size(); at += 2) {
      REQUIRE(twin.StepOne(i, absl::MakeSpan(record.actions).subspan(at, 2), theirs.views()).ok());
    }
    CHECK_FALSE(twin.StepOne(i, {0}, theirs.views()).ok());
    CHECK_FALSE(twin.StepOne(i, {0, -1}, theirs.views()).ok());
  }
  CHECK(theirs == arrays);
  for (int t = 0; t < 2 * config.horizon; ++t) {  // And goes on in the same way.
    const std::vector<int32_t> actions = RandomValid(arrays, 4, rng);
    REQUIRE(batch.Step(actions, arrays.views()).ok());
    REQUIRE(twin.Step(actions, theirs.views()).ok());
    REQUIRE(theirs == arrays);
  }
}

}  // namespace
}  // namespace hod::env
