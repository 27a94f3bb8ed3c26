#include "models/backends/network_evaluator.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "env/game/action_mask.h"
#include "models/backends/cpu_backend.h"
#include "models/backends/kernels.h"
#include "models/backends/make_evaluator.h"
#include "models/network/features.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 16, .blocks = 2};

std::vector<int32_t> Valid(const env::Game& game, const env::State& state, int player) {
  std::vector<int32_t> ids;
  env::ValidActions(game, state, player, /*line_of_sight=*/false, ids);
  return ids;
}

TEST_CASE("Predictions have the sizes of the game and sum to one, in any world") {
  const Network network = InitialNetwork(kTiny, Rng(1));
  NetworkEvaluator evaluator(network);
  for (const bool teleportation : {false, true}) {
    for (const env::WorldSize size : {env::WorldSize{5, 6, 7}, env::WorldSize{11, 10, 10}}) {
      const env::Game game = BoxGame(size, teleportation);
      const env::State state = RandomState(game, 10, 4);
      const std::vector<int32_t> valid = Valid(game, state, 1);
      const mcts::Position position = {&game, &state, 1, valid};
      mcts::Evaluation evaluation;
      REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
      CHECK(evaluation.policy.size() == valid.size());
      CHECK(evaluation.goal_logits.size() == static_cast<size_t>(10 * size.Volume()));
      CHECK(std::accumulate(evaluation.policy.begin(), evaluation.policy.end(), 0.0) ==
            Approx(1).margin(1e-4));
      std::vector<int32_t> human_valid;
      env::ValidActions(game, state, 0, !teleportation, human_valid);
      std::vector<int32_t> human_ids;
      double human_sum = 0;
      for (const mcts::LikelyAction& action : evaluation.human_policy) {
        human_ids.push_back(action.id);
        human_sum += action.probability;
      }
      CHECK(human_ids == human_valid);
      CHECK(human_sum == Approx(1).margin(1e-4));
      CHECK(std::isfinite(evaluation.value));
    }
  }
}

TEST_CASE("Give actions are predicted where blocks are finite") {
  const env::Game game = BoxGame({6, 6, 6}, false, /*inf_blocks=*/false);
  const env::State state = RandomState(game, 10, 4);
  const std::vector<int32_t> valid = Valid(game, state, 1);
  const mcts::Position position = {&game, &state, 1, valid};
  mcts::Evaluation evaluation;
  NetworkConfig config = kTiny;
  NetworkEvaluator blind(InitialNetwork(config, Rng(1)));
  CHECK_FALSE(blind.Evaluate({&position, 1}, {&evaluation, 1}).ok());
  config.inventories = true;
  NetworkEvaluator seeing(InitialNetwork(config, Rng(1)));
  REQUIRE(seeing.Evaluate({&position, 1}, {&evaluation, 1}).ok());
  CHECK(evaluation.policy.size() == valid.size());
}

// Without any parameters but the goal skip, every logit of the action heads is 0.
TEST_CASE("Flat probabilities: an action without location sums its channel over the world") {
  Network network = InitialNetwork(kTiny, Rng(1));
  std::fill(network.parameters.begin(), network.parameters.end(), 0.0f);
  NetworkEvaluator evaluator(network);
  const env::Game game = BoxGame({5, 5, 5});
  const env::State state = RandomState(game, 10, 4);
  const std::vector<int32_t> valid = Valid(game, state, 1);
  const mcts::Position position = {&game, &state, 1, valid};
  mcts::Evaluation evaluation;
  REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
  for (size_t i = 0; i < valid.size(); ++i) {
    const bool located = env::HasLocation(game.actions().TypeOf(valid[i]));
    CHECK(evaluation.policy[i] == Approx(evaluation.policy[0] * (located ? 1.0 / 125 : 1.0)));
  }
}

TEST_CASE("An untrained network expects the world to stay") {
  NetworkEvaluator evaluator(InitialNetwork(kTiny, Rng(1)));
  const env::Game game = BoxGame({6, 6, 6});
  const env::State state = RandomState(game, 30, 4);
  const std::vector<int32_t> valid = Valid(game, state, 1);
  const mcts::Position position = {&game, &state, 1, valid};
  mcts::Evaluation evaluation;
  REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
  int kept = 0;
  for (int cell = 0; cell < 216; ++cell) {
    int best = 0;
    for (int block = 1; block < env::kNumBlocks; ++block) {
      if (evaluation.goal_logits[block * 216 + cell] > evaluation.goal_logits[best * 216 + cell]) {
        best = block;
      }
    }
    kept += best == state.blocks[cell];
  }
  CHECK(kept > 200);
}

TEST_CASE("A batch, a reused result and another thread give the same predictions") {
  NetworkEvaluator evaluator(InitialNetwork(kTiny, Rng(1)));
  const env::Game game = BoxGame({6, 6, 6});
  std::vector<env::State> states;
  for (int i = 0; i < 11; ++i) states.push_back(RandomState(game, 10, i));
  std::vector<mcts::Position> positions;
  std::vector<std::vector<int32_t>> valid;
  for (const env::State& state : states) valid.push_back(Valid(game, state, 1));
  for (size_t i = 0; i < states.size(); ++i) positions.push_back({&game, &states[i], 1, valid[i]});
  std::vector<mcts::Evaluation> batch(positions.size());
  REQUIRE(evaluator.Evaluate(positions, absl::MakeSpan(batch)).ok());
  mcts::Evaluation single;
  for (size_t i = 0; i < positions.size(); ++i) {
    REQUIRE(evaluator.Evaluate({&positions[i], 1}, {&single, 1}).ok());
    REQUIRE(single.value == Approx(batch[i].value).margin(1e-4));
    for (size_t k = 0; k < single.policy.size(); ++k) {
      REQUIRE(single.policy[k] == Approx(batch[i].policy[k]).margin(1e-5));
    }
  }
  std::vector<mcts::Evaluation> again(positions.size());
  absl::Status status;
  std::thread([&] { status = evaluator.Evaluate(positions, absl::MakeSpan(again)); }).join();
  REQUIRE(status.ok());
  for (size_t i = 0; i < batch.size(); ++i) REQUIRE(again[i].goal_logits == batch[i].goal_logits);
}

TEST_CASE("bfloat16 predicts nearly what float does") {
  const Network network = InitialNetwork({}, Rng(1));
  const auto float32 = MakeNetworkEvaluator(network, {Device::kCpu, PrecisionChoice::kFloat32});
  REQUIRE(float32.ok());
  mcts::Evaluator& exact = **float32;
  NetworkEvaluator fast(network.config,
                        MakeCpuBackend(network, FastestKernels(Precision::kBfloat16)));
  const env::Game game = BoxGame({8, 8, 8});
  const env::State state = RandomState(game, 10, 4);
  const std::vector<int32_t> valid = Valid(game, state, 1);
  const mcts::Position position = {&game, &state, 1, valid};
  mcts::Evaluation a, b;
  REQUIRE(exact.Evaluate({&position, 1}, {&a, 1}).ok());
  REQUIRE(fast.Evaluate({&position, 1}, {&b, 1}).ok());
  double distance = 0;
  for (size_t i = 0; i < a.policy.size(); ++i) distance += std::abs(a.policy[i] - b.policy[i]);
  CHECK(distance < 0.05);
  CHECK(b.value == Approx(a.value).margin(0.05));
}

TEST_CASE("Predictions that are not finite and mixed batches are errors") {
  Network network = InitialNetwork(kTiny, Rng(1));
  const env::Game game = BoxGame({6, 6, 6}), larger = BoxGame({7, 6, 6});
  const env::State state = RandomState(game, 1, 4), larger_state = RandomState(larger, 1, 4);
  const mcts::Position positions[2] = {{&game, &state, 1, {}}, {&larger, &larger_state, 1, {}}};
  mcts::Evaluation evaluations[2];
  NetworkEvaluator evaluator(network);
  CHECK(evaluator.Evaluate(positions, evaluations).code() == absl::StatusCode::kInvalidArgument);
  CHECK_FALSE(evaluator.Evaluate(positions, {evaluations, 1}).ok());
  CHECK(evaluator.Evaluate({}, {}).ok());

  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 1e38f}) {
    network.parameters[kOnesPlane] = bad;  // A weight of the stem.
    NetworkEvaluator broken(network);
    const absl::Status status = broken.Evaluate({positions, 1}, {evaluations, 1});
    CHECK(status.code() == absl::StatusCode::kInternal);
  }
}

}  // namespace
}  // namespace hod::models
