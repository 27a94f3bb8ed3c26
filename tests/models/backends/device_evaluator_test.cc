// Evaluations on a device, here libtorch's processor: what they are does not depend on who shares
// their passes.
#include "models/backends/device_evaluator.h"

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "env/game/action_mask.h"
#include "models/backends/make_evaluator.h"
#include "models/backends/shared_passes.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

// Doubles what is put into it.
struct DoublingPass {
  static constexpr int kCapacity = 16;
  std::vector<int> numbers = std::vector<int>(kCapacity);
  std::function<void(int positions)> during = [](int) {};

  void Run(int positions) {
    during(positions);
    for (int i = 0; i < positions; ++i) numbers[i] *= 2;
  }
};

TEST_CASE("Everybody gets its own results from shared passes, of which few compute at once") {
  std::atomic<int> computing = 0, most = 0, passes = 0, positions = 0;
  SharedPasses<DoublingPass> shared(DoublingPass::kCapacity, 2, [&] {
    auto pass = std::make_unique<DoublingPass>();
    pass->during = [&](int count) {
      const int now = ++computing;
      int seen = most;
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      ++passes;
      positions += count;
      absl::SleepFor(absl::Microseconds(50));
      --computing;
    };
    return pass;
  });
  constexpr int kThreads = 8, kRounds = 200;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < kRounds; ++round) {
        const int count = 1 + (t + round) % 5, base = 1000 * t + 10 * round;
        shared.Compute(
            count,
            [&](DoublingPass& pass, int first) {
              for (int i = 0; i < count; ++i) pass.numbers[first + i] = base + i;
            },
            [&](const DoublingPass& pass, int first) {
              for (int i = 0; i < count; ++i) wrong += pass.numbers[first + i] != 2 * (base + i);
            });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(most <= 2);
  CHECK(positions == kThreads * kRounds * 3);  // 1 to 5, equally often.
}

TEST_CASE("Those who come while the device computes share the next pass, up to its capacity") {
  std::atomic<bool> go_on = false;
  std::mutex mutex;
  std::vector<int> sizes;
  SharedPasses<DoublingPass> shared(DoublingPass::kCapacity, 1, [&] {
    auto pass = std::make_unique<DoublingPass>();
    pass->during = [&](int count) {
      while (!go_on) absl::SleepFor(absl::Milliseconds(1));
      const std::lock_guard lock(mutex);
      sizes.push_back(count);
    };
    return pass;
  });
  std::atomic<int> put = 0;
  const auto compute = [&](int count) {
    shared.Compute(
        count, [&](DoublingPass&, int) { put += count; }, [](const DoublingPass&, int) {});
  };
  std::vector<std::thread> threads;
  int sent = 0;
  for (const int count : {1, 6, 10, 7}) {  // The last finds no room in the second pass.
    threads.emplace_back(compute, count);
    sent += count;
    while (put < sent) absl::SleepFor(absl::Milliseconds(1));
    // The first has to compute before others come.
    if (count == 1) absl::SleepFor(absl::Milliseconds(50));
  }
  go_on = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(sizes == std::vector<int>{1, 16, 7});
}

// Some positions of one game with their valid actions.
struct Played {
  explicit Played(const env::Game& game, int count) {
    for (int i = 0; i < count; ++i) {
      states.push_back(std::make_unique<env::State>(RandomState(game, 5 + i, i)));
      valid.emplace_back();
      env::ValidActions(game, *states.back(), 1, /*line_of_sight=*/false, valid.back());
    }
    for (int i = 0; i < count; ++i) positions.push_back({&game, states[i].get(), 1, valid[i]});
  }
  std::vector<std::unique_ptr<env::State>> states;
  std::vector<std::vector<int32_t>> valid;
  std::vector<mcts::Position> positions;
};

void CheckSame(const mcts::Evaluation& a, const mcts::Evaluation& b) {
  REQUIRE(a.policy.size() == b.policy.size());
  for (size_t i = 0; i < a.policy.size(); ++i) {
    REQUIRE(a.policy[i] == Approx(b.policy[i]).epsilon(1e-3).margin(1e-6));
  }
  REQUIRE(a.human_policy.size() == b.human_policy.size());
  for (size_t i = 0; i < a.human_policy.size(); ++i) {
    REQUIRE(a.human_policy[i].id == b.human_policy[i].id);
    REQUIRE(a.human_policy[i].probability ==
            Approx(b.human_policy[i].probability).epsilon(1e-3).margin(1e-6));
  }
  REQUIRE(a.goal_logits.size() == b.goal_logits.size());
  for (size_t i = 0; i < a.goal_logits.size(); ++i) {
    REQUIRE(a.goal_logits[i] == Approx(b.goal_logits[i]).margin(1e-4));
  }
  REQUIRE(a.value == Approx(b.value).margin(1e-4));
}

TEST_CASE("A device says what the processor says, to several threads that share its passes") {
  for (const NetworkConfig config : {NetworkConfig{.channels = 16, .blocks = 2},
                                     {.channels = 5, .blocks = 1, .goal_visible = true},
                                     {.channels = 16, .blocks = 1, .inventories = true}}) {
    Network network = InitialNetwork(config, Rng(1));
    Rng rng(5);
    for (float& p : network.parameters) p += static_cast<float>(0.05 * rng.Normal());
    const auto expected = *MakeNetworkEvaluator(network, {.precision = PrecisionChoice::kFloat32});
    const auto device = MakeDeviceEvaluator(
        config, *MakeDeviceNetwork(network, Device::kCpu, Precision::kFloat32), /*capacity=*/4);
    const env::Game game = BoxGame({6, 7, 5}, /*teleportation=*/false, !config.inventories);
    const Played played(game, 9);  // More than a pass.
    std::vector<mcts::Evaluation> right(9);
    REQUIRE(expected->Evaluate(played.positions, absl::MakeSpan(right)).ok());
    std::vector<std::vector<mcts::Evaluation>> found(3, std::vector<mcts::Evaluation>(9));
    std::vector<absl::Status> statuses(found.size());
    std::vector<std::thread> threads;
    for (size_t t = 0; t < found.size(); ++t) {
      threads.emplace_back(
          [&, t] { statuses[t] = device->Evaluate(played.positions, absl::MakeSpan(found[t])); });
    }
    for (std::thread& thread : threads) thread.join();
    for (size_t t = 0; t < found.size(); ++t) {
      REQUIRE(statuses[t].ok());
      for (size_t i = 0; i < right.size(); ++i) CheckSame(found[t][i], right[i]);
    }
  }
}

TEST_CASE("A device computes in bfloat16 nearly what it computes in float32") {
  const Network network = InitialNetwork({}, Rng(1));
  const env::Game game = BoxGame({8, 8, 8});
  const Played played(game, 2);
  std::vector<mcts::Evaluation> a(2), b(2);
  const auto evaluate = [&](Precision precision, std::vector<mcts::Evaluation>& evaluations) {
    const auto device = MakeDeviceEvaluator(
        network.config, *MakeDeviceNetwork(network, Device::kCpu, precision), 8);
    REQUIRE(device->Evaluate(played.positions, absl::MakeSpan(evaluations)).ok());
  };
  evaluate(Precision::kFloat32, a);
  evaluate(Precision::kBfloat16, b);
  for (int i = 0; i < 2; ++i) {
    double distance = 0;
    for (size_t k = 0; k < a[i].policy.size(); ++k) {
      distance += std::abs(a[i].policy[k] - b[i].policy[k]);
    }
    CHECK(distance < 0.05);
    CHECK(b[i].value == Approx(a[i].value).margin(0.05));
  }
}

TEST_CASE("A device refuses what the processor refuses") {
  Network network = InitialNetwork({.channels = 16, .blocks = 1}, Rng(1));
  const env::Game game = BoxGame({6, 6, 6}), finite = BoxGame({6, 6, 6}, false, false);
  const Played played(game, 1), without(finite, 1);
  mcts::Evaluation evaluation;
  const auto evaluate = [&](const Played& positions, size_t evaluations) {
    const auto device = MakeDeviceEvaluator(
        network.config, *MakeDeviceNetwork(network, Device::kCpu, Precision::kFloat32), 8);
    return device->Evaluate(positions.positions, {&evaluation, evaluations}).code();
  };
  CHECK(evaluate(played, 1) == absl::StatusCode::kOk);
  CHECK(evaluate(played, 0) == absl::StatusCode::kInvalidArgument);
  CHECK(evaluate(without, 1) == absl::StatusCode::kInvalidArgument);
  network.parameters[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(evaluate(played, 1) == absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace hod::models
