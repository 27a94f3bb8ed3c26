#include "models/trainer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "models/checkpoint.h"
#include "tests/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 16, .blocks = 2};

Trainer TinyTrainer(const TrainerConfig& config = {}) {
  return Trainer(InitialTrainerState(InitialNetwork(kTiny, env::Rng(1))), config);
}

TEST_CASE("Every loss falls when a tiny network overfits a few examples") {
  const ExampleSet set({6, 6, 6}, 6, 7);
  for (const Precision precision : {Precision::kFloat32, FastestPrecision()}) {
    Trainer trainer = TinyTrainer({.value_weight = 0.5, .precision = precision});
    const StepConfig step = {.learning_rate = 3e-3};
    const Losses first = *trainer.Step(set.examples, step);
    Losses last;
    for (int i = 0; i < 150; ++i) last = *trainer.Step(set.examples, step);
    CHECK(last.total < 0.25 * first.total);
    CHECK(last.goal < 0.1 * first.goal);
    CHECK(last.human < 0.25 * first.human);
    CHECK(last.value < 0.25 * first.value);
    CHECK(last.policy < 0.6 + 0.25 * (first.policy - 0.6));  // The target's entropy is 0.56.
    CHECK(last.goal_recall > 0.9);
    CHECK(last.goal_precision > 0.9);
    CHECK(last.human_accuracy == Approx(0.5));
    CHECK(last.human_cross_entropy == Approx(last.human + std::log(2.0)).epsilon(1e-3));
  }
}

TEST_CASE("The total is the weighted sum of the losses") {
  const ExampleSet set({6, 6, 6}, 3, 7);
  Trainer trainer = TinyTrainer({.value_weight = 0.5, .goal_weight = 2, .human_weight = 0.25});
  const Losses losses = *trainer.Step(set.examples, {});
  CHECK(losses.total ==
        Approx(losses.policy + 0.5 * losses.value + 2 * losses.goal + 0.25 * losses.human));
  CHECK(losses.gradient_norm > 0);
}

TEST_CASE("A batch larger than a pass gives the mean over all its examples") {
  // 40 examples are several passes; the same 2 examples 20 times give what they give once.
  const ExampleSet set({5, 5, 5}, 2, 7);
  std::vector<Example> many;
  for (int i = 0; i < 20; ++i) many.insert(many.end(), set.examples.begin(), set.examples.end());
  Trainer a = TinyTrainer({.precision = Precision::kFloat32});
  Trainer b = TinyTrainer({.precision = Precision::kFloat32});
  const Losses once = *a.Step(set.examples, {}), often = *b.Step(many, {});
  CHECK(often.total == Approx(once.total).epsilon(1e-5));
  CHECK(often.gradient_norm == Approx(once.gradient_norm).epsilon(1e-4));
  CHECK(often.policy_entropy == Approx(once.policy_entropy).epsilon(1e-5));
}

TEST_CASE("The goal prediction is held to the published one") {
  const ExampleSet set({6, 6, 6}, 4, 7);
  Trainer free = TinyTrainer(), held = TinyTrainer();
  CHECK(free.Step(set.examples, {})->goal_kl == 0);
  // Nothing has moved yet.
  CHECK(held.Step(set.examples, {.goal_kl_weight = 100})->goal_kl == Approx(0).margin(1e-5));
  for (int i = 0; i < 30; ++i) {
    REQUIRE(free.Step(set.examples, {}).ok());
    REQUIRE(held.Step(set.examples, {.goal_kl_weight = 100}).ok());
  }
  const double moved = free.Step(set.examples, {.goal_kl_weight = 1e-9})->goal_kl;
  CHECK(held.Step(set.examples, {.goal_kl_weight = 100})->goal_kl < 0.5 * moved);
  free.MarkPublished();
  CHECK(free.Step(set.examples, {.goal_kl_weight = 1})->goal_kl == Approx(0).margin(1e-5));
}

TEST_CASE("Targets may be missing") {
  ExampleSet set({6, 6, 6}, 3, 7);
  set.examples[0].search_policy.clear();
  set.examples[0].valid_actions.clear();
  set.examples[1].human_policy.clear();
  Trainer trainer = TinyTrainer();
  const Losses some = *trainer.Step(set.examples, {});
  CHECK(some.policy > 0);
  CHECK(some.human > 0);
  const Losses none = *trainer.Step({set.examples.data(), 1}, {});
  CHECK(none.policy == 0);
  CHECK(none.policy_entropy == 0);
}

TEST_CASE("Bad examples and losses that are not finite change nothing") {
  const ExampleSet set({6, 6, 6}, 2, 7);
  const ExampleSet larger({7, 6, 6}, 1, 7);
  Trainer trainer = TinyTrainer();
  const std::vector<float> before = trainer.network().parameters;
  const auto refused = [&](std::vector<Example> examples, const char* what) {
    const auto result = trainer.Step(examples, {});
    INFO(what);
    REQUIRE_FALSE(result.ok());
    CHECK(result.status().message().find(what) != absl::string_view::npos);
    CHECK(trainer.network().parameters == before);
  };
  const auto with = [&](auto change) {
    std::vector<Example> examples = set.examples;
    change(examples[1]);
    return examples;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const int num_actions = set.game.actions().num_actions();
  refused({}, "no examples");
  refused({set.examples[0], larger.examples[0]}, "example 1: world size");
  refused(with([&](Example& e) { e.value = nan; }), "example 1: value");
  refused(with([&](Example& e) { e.goal = e.goal.subspan(1); }), "goal of 215");
  refused(with([&](Example& e) { e.human_policy = {{num_actions, 1.0f}}; }), "human_policy");
  refused(with([&](Example& e) { e.human_policy = {{-1, 1.0f}}; }), "human_policy");
  refused(with([&](Example& e) { e.human_policy = {{4, 0.5f}, {4, 0.5f}}; }), "not ascending");
  refused(with([&](Example& e) { e.human_policy = {{0, 0.5f}}; }), "sums to 0.5");
  refused(with([&](Example& e) { e.human_policy = {{0, nan}}; }), "probability");
  refused(with([&](Example& e) { e.search_policy = {{1, 1.0f}}; }), "not in valid_actions");
  refused(with([&](Example& e) { std::swap(e.valid_actions[0], e.valid_actions[1]); }),
          "valid_actions is not ascending");
  refused(with([&](Example& e) { e.value = 3e38f; }), "not finite");
  const auto bad_rate = trainer.Step(set.examples, {.learning_rate = nan});
  CHECK_FALSE(bad_rate.ok());
  CHECK(trainer.network().parameters == before);
  CHECK(trainer.Step(set.examples, {}).ok());
}

TEST_CASE("A trainer saved and resumed goes on bit for bit") {
  const ExampleSet set({6, 6, 6}, 4, 7);
  const TemporaryDirectory directory;
  const StepConfig step = {.learning_rate = 1e-3, .goal_kl_weight = 2};
  Trainer trainer = TinyTrainer();
  for (int i = 0; i < 3; ++i) REQUIRE(trainer.Step(set.examples, step).ok());
  trainer.MarkPublished();
  REQUIRE(trainer.Step(set.examples, step).ok());
  REQUIRE(SaveCheckpoint(directory.File("a"), {trainer.state(), "{}"}).ok());
  const auto loaded = LoadCheckpoint(directory.File("a"));
  REQUIRE(loaded.ok());
  Trainer resumed(loaded->state, {});
  for (int i = 0; i < 3; ++i) {
    const auto a = trainer.Step(set.examples, step), b = resumed.Step(set.examples, step);
    CHECK(a->total == b->total);
    CHECK(a->goal_kl == b->goal_kl);
  }
  CHECK(trainer.network().parameters == resumed.network().parameters);
  CHECK(trainer.state().second_moment == resumed.state().second_moment);
}

}  // namespace
}  // namespace hod::models
