#include "models/training/trainer.h"

#include <cmath>
#include <limits>
#include <thread>

#include "models/backends/device_network.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"
#include "models/training/cpu_trainer.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 16, .blocks = 2};

TrainerState TinyState() { return InitialTrainerState(InitialNetwork(kTiny, Rng(1))); }

std::unique_ptr<Trainer> TinyTrainer(const TrainerConfig& config = {}) {
  return *MakeTrainer(TinyState(), config);
}

TEST_CASE("Every loss falls when a tiny network overfits a few examples") {
  const ExampleSet set({6, 6, 6}, 6, 7);
  {
    const OptimizerKind optimizer = GENERATE(OptimizerKind::kAdam, OptimizerKind::kMuon);
    const auto trainer = TinyTrainer({.weights = {.value = 0.5}, .optimizer = optimizer});
    const StepConfig step = {.learning_rate = 3e-3};
    const Losses first = *trainer->Step(set.examples, step);
    Losses last;
    // Muon needs more steps for so few examples.
    const int steps = optimizer == OptimizerKind::kMuon ? 300 : 150;
    for (int i = 0; i < steps; ++i) last = *trainer->Step(set.examples, step);
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

TEST_CASE("In bfloat16 a network learns as much in as many steps as in float32") {
  // Means over many trainings and their last steps, since a single training ends elsewhere with any
  // other rounding.
  constexpr int kTrainings = 12, kSteps = 250, kLast = 50;
  double exact = 0, rounded = 0;
  for (int seed = 1; seed <= kTrainings; ++seed) {
    const ExampleSet set({6, 6, 6}, 6, seed);
    const TrainerState state = InitialTrainerState(InitialNetwork(kTiny, Rng(100 + seed)));
    for (const auto& [precision, mean] :
         {std::pair(Precision::kFloat32, &exact), std::pair(Precision::kBfloat16, &rounded)}) {
      const auto trainer =
          MakeCpuTrainer(state, {.weights = {.value = 0.5}}, FastestKernels(precision));
      for (int i = 0; i < kSteps; ++i) {
        const double total = trainer->Step(set.examples, {.learning_rate = 2e-3})->total;
        // Less the entropy of the policy's target, which stays.
        if (i >= kSteps - kLast) *mean += (total - 0.56) / (kLast * kTrainings);
      }
    }
  }
  CHECK(exact < 0.5);  // From about 10.
  CHECK(rounded < 1.25 * exact);
}

TEST_CASE("A precision that cannot be had is refused, by the name of its setting") {
  const auto made = MakeTrainer(TinyState(), {.precision = PrecisionChoice::kBfloat16});
  CHECK(made.ok() == MultipliesBfloat16());
  if (!made.ok()) {
    CHECK_THAT(std::string(made.status().message()), Catch::Contains("learner.precision"));
  }
  const auto on_gpu =
      MakeTrainer(TinyState(), {.device = Device::kCuda, .precision = PrecisionChoice::kFloat32});
  REQUIRE_FALSE(on_gpu.ok());
  CHECK_THAT(std::string(on_gpu.status().message()), Catch::Contains("learner.precision"));
}

TEST_CASE("The total is the weighted sum of the losses") {
  const ExampleSet set({6, 6, 6}, 3, 7);
  const auto trainer = TinyTrainer({.weights = {.value = 0.5, .goal = 2, .human = 0.25}});
  const Losses losses = *trainer->Step(set.examples, {});
  CHECK(losses.total ==
        Approx(losses.policy + 0.5 * losses.value + 2 * losses.goal + 0.25 * losses.human));
  CHECK(losses.gradient_norm > 0);
}

TEST_CASE("A batch larger than a pass gives the mean over all its examples") {
  // 40 examples are several passes; the same 2 examples 20 times give what they give once.
  const ExampleSet set({5, 5, 5}, 2, 7);
  std::vector<Example> many;
  for (int i = 0; i < 20; ++i) many.insert(many.end(), set.examples.begin(), set.examples.end());
  const auto a = TinyTrainer();
  const auto b = TinyTrainer();
  const Losses once = *a->Step(set.examples, {}), often = *b->Step(many, {});
  CHECK(often.total == Approx(once.total).epsilon(1e-5));
  CHECK(often.gradient_norm == Approx(once.gradient_norm).epsilon(1e-4));
  CHECK(often.policy_entropy == Approx(once.policy_entropy).epsilon(1e-5));
}

TEST_CASE("The goal prediction is held to the published one") {
  const ExampleSet set({6, 6, 6}, 4, 7);
  const auto free = TinyTrainer(), held = TinyTrainer();
  CHECK(free->Step(set.examples, {})->goal_kl == 0);
  // Nothing has moved yet.
  CHECK(held->Step(set.examples, {.goal_kl_weight = 100})->goal_kl == Approx(0).margin(1e-5));
  for (int i = 0; i < 30; ++i) {
    REQUIRE(free->Step(set.examples, {}).ok());
    REQUIRE(held->Step(set.examples, {.goal_kl_weight = 100}).ok());
  }
  const double moved = free->Step(set.examples, {.goal_kl_weight = 1e-9})->goal_kl;
  CHECK(held->Step(set.examples, {.goal_kl_weight = 100})->goal_kl < 0.5 * moved);
  free->MarkPublished();
  CHECK(free->Step(set.examples, {.goal_kl_weight = 1})->goal_kl == Approx(0).margin(1e-5));
}

TEST_CASE("Targets may be missing") {
  ExampleSet set({6, 6, 6}, 3, 7);
  set.examples[0].search_policy.clear();
  set.examples[0].valid_actions.clear();
  set.examples[1].human_policy.clear();
  const auto trainer = TinyTrainer();
  const Losses some = *trainer->Step(set.examples, {});
  CHECK(some.policy > 0);
  CHECK(some.human > 0);
  const Losses none = *trainer->Step({set.examples.data(), 1}, {});
  CHECK(none.policy == 0);
  CHECK(none.policy_entropy == 0);
}

TEST_CASE("The human's action is predicted among those it can take") {
  ExampleSet set({6, 6, 6}, 2, 7);
  for (Example& example : set.examples) {
    example.human_actions = {0, 5};
    example.human_policy = {{5, 1.0f}};
  }
  const auto trainer = TinyTrainer();
  const double among_two = trainer->Step(set.examples, {})->human_cross_entropy;
  CHECK(among_two < 6);  // Among all 2,600 actions it is log 2,600 = 7.9 at the start.
  for (Example& example : set.examples) example.human_actions = {5};
  CHECK(trainer->Step(set.examples, {})->human_cross_entropy == Approx(0).margin(1e-6));
}

TEST_CASE("Dropout is drawn from the seed, and in learning alone") {
  const ExampleSet set({6, 6, 6}, 3, 7);
  const auto after = [&](double dropout, uint64_t seed) {
    const auto trainer = TinyTrainer({.dropout = dropout, .seed = seed});
    for (int i = 0; i < 3; ++i) REQUIRE(trainer->Step(set.examples, {}).ok());
    return trainer->network().parameters;
  };
  CHECK(after(0.5, 1) == after(0.5, 1));
  CHECK(after(0.5, 1) != after(0.5, 2));
  CHECK(after(0.5, 1) != after(0, 1));
  CHECK(after(0, 1) == after(0, 2));
  const auto dropping = TinyTrainer({.dropout = 0.9}), keeping = TinyTrainer();
  const auto a = *dropping->Errors(set.examples), b = *keeping->Errors(set.examples);
  for (size_t i = 0; i < a.size(); ++i) CHECK(a[i].goal == b[i].goal);
  // What is left is scaled up to make up for what is gone: the loss stays about as it was.
  const double dropped = dropping->Step(set.examples, {})->goal;
  CHECK(dropped == Approx(keeping->Step(set.examples, {})->goal).epsilon(0.5));
}

TEST_CASE("Bad examples and losses that are not finite change nothing") {
  const ExampleSet set({6, 6, 6}, 2, 7);
  const ExampleSet larger({7, 6, 6}, 1, 7);
  const auto trainer = TinyTrainer();
  const std::vector<float> before = trainer->network().parameters;
  const auto refused = [&](std::vector<Example> examples, const char* what) {
    const auto result = trainer->Step(examples, {});
    INFO(what);
    REQUIRE_FALSE(result.ok());
    CHECK(result.status().message().find(what) != absl::string_view::npos);
    CHECK(trainer->network().parameters == before);
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
  refused(with([&](Example& e) { e.human_actions = {0}; }), "not in human_actions");
  refused(with([&](Example& e) { e.human_actions = {3, 0}; }), "human_actions is not ascending");
  refused(with([&](Example& e) { e.human_policy = {{0, nan}}; }), "probability");
  refused(with([&](Example& e) { e.search_policy = {{1, 1.0f}}; }), "not in valid_actions");
  refused(with([&](Example& e) { std::swap(e.valid_actions[0], e.valid_actions[1]); }),
          "valid_actions is not ascending");
  refused(with([&](Example& e) { e.value = 3e38f; }), "not finite");
  const auto bad_rate = trainer->Step(set.examples, {.learning_rate = nan});
  CHECK_FALSE(bad_rate.ok());
  CHECK(trainer->network().parameters == before);
  CHECK(trainer->Step(set.examples, {}).ok());
}

TEST_CASE("A trainer saved and resumed goes on bit for bit") {
  const Kernels& kernels = FastestKernels(GENERATE(Precision::kFloat32, Precision::kBfloat16));
  const TrainerConfig config = {.optimizer = GENERATE(OptimizerKind::kAdam, OptimizerKind::kMuon)};
  const ExampleSet set({6, 6, 6}, 4, 7);
  const TempDir directory;
  const StepConfig step = {.learning_rate = 1e-3, .goal_kl_weight = 2};
  const auto trainer = MakeCpuTrainer(TinyState(), config, kernels);
  for (int i = 0; i < 3; ++i) REQUIRE(trainer->Step(set.examples, step).ok());
  trainer->MarkPublished();
  REQUIRE(trainer->Step(set.examples, step).ok());
  REQUIRE(SaveCheckpoint(directory / "a", {trainer->state(), "{}"}).ok());
  const auto loaded = LoadCheckpoint(directory / "a");
  REQUIRE(loaded.ok());
  const auto resumed = MakeCpuTrainer(loaded->state, config, kernels);
  for (int i = 0; i < 3; ++i) {
    const auto a = trainer->Step(set.examples, step), b = resumed->Step(set.examples, step);
    CHECK(a->total == b->total);
    CHECK(a->goal_kl == b->goal_kl);
  }
  CHECK(trainer->network().parameters == resumed->network().parameters);
  CHECK(trainer->state().second_moment == resumed->state().second_moment);
}

TEST_CASE("The same seed trains the same network, bit for bit") {
  const ExampleSet set({6, 6, 6}, 20, 7);
  const auto a = TinyTrainer(), b = TinyTrainer();
  for (int i = 0; i < 3; ++i) {
    CHECK(a->Step(set.examples, {})->total == b->Step(set.examples, {})->total);
  }
  CHECK(a->state().network.parameters == b->state().network.parameters);
}

TEST_CASE("Errors, example by example, are what the losses are means of") {
  ExampleSet set({6, 6, 6}, 20, 7);
  set.examples[3].human_policy.clear();
  const auto trainer = TinyTrainer();
  const auto errors = trainer->Errors(set.examples);
  const Losses losses = *trainer->Step(set.examples, {});
  REQUIRE(errors.ok());
  REQUIRE(errors->size() == 20);
  ExampleErrors sum;
  double humans = 0;
  for (const ExampleErrors& e : *errors) {
    sum.goal += e.goal;
    sum.value += e.value;
    sum.human += e.human;
    sum.human_hit += e.human_hit;
    humans += e.has_human;
  }
  CHECK(humans == 19);
  CHECK_FALSE((*errors)[3].has_human);
  CHECK((*errors)[3].human == 0);
  CHECK(sum.goal / 20 == Approx(losses.goal).epsilon(1e-4));
  CHECK(sum.value / 20 == Approx(losses.value).epsilon(1e-4));
  CHECK(sum.human / 19 == Approx(losses.human_cross_entropy).epsilon(1e-4));
  CHECK(sum.human_hit / 19 == Approx(losses.human_accuracy));
  CHECK_FALSE(trainer->Errors({}).ok());
}

TEST_CASE("Losses and gradients are those of libtorch, tensor by tensor") {
  struct Case {
    NetworkConfig network;
    env::WorldSize world;
    double goal_kl_weight;
    int threads;
  };
  const Case cases[] = {
      {{.channels = 16, .blocks = 2}, {6, 6, 6}, 0, 1},
      {{.channels = 32, .blocks = 3}, {11, 10, 10}, 3, 2},
      {{.channels = 20, .blocks = 1, .inventories = true}, {5, 8, 7}, 1, 3},
      {{.channels = 5, .blocks = 0, .goal_visible = true}, {4, 5, 9}, 2, 1},
      {{.channels = 16, .blocks = 3, .block = BlockKind::kDense}, {6, 6, 6}, 0, 1},
      {{.channels = 32, .blocks = 2, .block = BlockKind::kDense}, {11, 10, 10}, 3, 2},
      {{.channels = 20,
        .blocks = 1,
        .block = BlockKind::kDense,
        .goal_visible = true,
        .inventories = true},
       {4, 8, 7},
       1,
       3}};
  for (const Case& c : cases) {
    ExampleSet set(c.world, 7, 11);
    set.examples[2].human_policy.clear();
    set.examples[4].search_policy.clear();
    TrainerState state = InitialTrainerState(InitialNetwork(c.network, Rng(1)));
    // No tensor of zeros, whose gradient would hide that of what comes before it.
    Rng rng(5);
    for (float& p : state.network.parameters) p += static_cast<float>(0.05 * rng.Normal());
    for (float& p : state.published) p += static_cast<float>(0.05 * rng.Normal());
    const TrainerConfig config = {.weights = {.value = 0.5, .goal = 2, .human = 0.25},
                                  .max_gradient_norm = 1e9,
                                  .threads = c.threads};
    const StepConfig step = {.learning_rate = 1e-3, .goal_kl_weight = c.goal_kl_weight};
    const auto own = *MakeTrainer(state, config), torch = *MakeTorchTrainer(state, config);
    const Losses a = *own->Step(set.examples, step), b = *torch->Step(set.examples, step);
    for (double Losses::*loss :
         {&Losses::total, &Losses::policy, &Losses::value, &Losses::goal, &Losses::goal_kl,
          &Losses::human, &Losses::goal_recall, &Losses::goal_precision,
          &Losses::human_cross_entropy, &Losses::human_accuracy, &Losses::policy_entropy,
          &Losses::gradient_norm}) {
      CHECK(a.*loss == Approx(b.*loss).epsilon(1e-4).margin(1e-7));
    }
    // Adam's first moment is a tenth of the gradient.
    const TrainerState mine = own->state(), theirs = torch->state();
    size_t at = 0;
    for (const ParameterSpec& spec : ParameterLayout(c.network)) {
      double error = 0, size = 0;
      for (const size_t end = at + spec.Size(); at < end; ++at) {
        error += std::pow(mine.first_moment[at] - theirs.first_moment[at], 2);
        size += std::pow(theirs.first_moment[at], 2);
      }
      INFO(spec.name << " of " << ShapeOf(c.network));
      CHECK(size > 0);
      CHECK(std::sqrt(error) <= 1e-4 * std::sqrt(size));
    }
    CHECK(own->steps() == 1);
    const auto my_errors = own->Errors(set.examples), their_errors = torch->Errors(set.examples);
    for (size_t i = 0; i < set.examples.size(); ++i) {
      CHECK((*my_errors)[i].goal == Approx((*their_errors)[i].goal).epsilon(1e-3));
      CHECK((*my_errors)[i].human == Approx((*their_errors)[i].human).epsilon(1e-3));
    }
  }
}

TEST_CASE("Steps are those of libtorch, by either optimizer") {
  const OptimizerKind optimizer = GENERATE(OptimizerKind::kAdam, OptimizerKind::kMuon);
  const ExampleSet set({6, 6, 6}, 7, 11);
  TrainerState state = TinyState();
  Rng rng(5);
  for (float& p : state.network.parameters) p += static_cast<float>(0.05 * rng.Normal());
  const TrainerConfig config = {.weights = {.value = 0.5}, .optimizer = optimizer};
  const auto own = *MakeTrainer(state, config), torch = *MakeTorchTrainer(state, config);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(own->Step(set.examples, {.learning_rate = 1e-3}).ok());
    REQUIRE(torch->Step(set.examples, {.learning_rate = 1e-3}).ok());
  }
  const std::vector<float> mine = own->network().parameters, theirs = torch->network().parameters;
  size_t at = 0;
  for (const ParameterSpec& spec : ParameterLayout(kTiny)) {
    double error = 0, way = 0;
    for (const size_t end = at + spec.Size(); at < end; ++at) {
      error += std::pow(mine[at] - theirs[at], 2);
      way += std::pow(theirs[at] - state.network.parameters[at], 2);
    }
    INFO(spec.name);
    CHECK(way > 0);
    // Where a gradient is nearly 0, both optimizers follow its rounding.
    CHECK(std::sqrt(error) <= 0.02 * std::sqrt(way));
  }
}

TEST_CASE("A step learns the same from examples that were made ready beside another step") {
  const ExampleSet first({6, 6, 6}, 5, 7), second({6, 6, 6}, 20, 8);
  const TrainerState state = InitialTrainerState(InitialNetwork(kTiny, Rng(1)));
  for (const bool torch : {false, true}) {
    const auto make = [&] {
      return torch ? *MakeTorchTrainer(state, {}) : *MakeTrainer(state, {});
    };
    const auto ready = make(), plain = make();
    absl::Status prepared;
    std::thread other([&] { prepared = ready->Prepare(second.examples); });
    const bool stepped = ready->Step(first.examples, {}).ok();
    other.join();
    REQUIRE(stepped);
    REQUIRE(prepared.ok());
    REQUIRE(plain->Step(first.examples, {}).ok());
    const Losses a = *ready->Step(second.examples, {}), b = *plain->Step(second.examples, {});
    CHECK(a.total == b.total);
    CHECK(ready->network().parameters == plain->network().parameters);
    // What was made ready for others is not learnt from.
    REQUIRE(ready->Prepare(first.examples).ok());
    CHECK(ready->Step(second.examples, {})->total == plain->Step(second.examples, {})->total);
  }
}

TEST_CASE("A trainer on a device that is not there is refused, by the name of its setting") {
  if (*HasCuda()) return;
  const auto trainer =
      MakeTrainer(InitialTrainerState(InitialNetwork(kTiny, Rng(1))), {.device = Device::kCuda});
  REQUIRE_FALSE(trainer.ok());
  CHECK_THAT(std::string(trainer.status().message()), Catch::Contains("learner.device"));
}

TEST_CASE("The average follows the parameters, acts for them, and survives a restart") {
  const ExampleSet set({6, 6, 6}, 4, 7);
  const TempDir directory;
  const TrainerConfig config = {.ema_decay = 0.5};
  const StepConfig step = {.learning_rate = 1e-2, .goal_kl_weight = 2};
  const auto trainer = TinyTrainer(config);
  std::vector<float> average = trainer->state().Acting().parameters;
  CHECK(average == trainer->network().parameters);
  for (int i = 1; i <= 12; ++i) {
    REQUIRE(trainer->Step(set.examples, step).ok());
    const float decay = std::min(0.5f, static_cast<float>(i) / static_cast<float>(i + 9));
    const std::vector<float> newest = trainer->network().parameters;
    for (size_t k = 0; k < average.size(); ++k) {
      average[k] += (1 - decay) * (newest[k] - average[k]);
    }
  }
  const TrainerState state = trainer->state();
  REQUIRE(state.average.size() == average.size());
  for (size_t k = 0; k < average.size(); ++k) {
    REQUIRE(state.average[k] == Approx(average[k]).epsilon(1e-4).margin(1e-6));
  }
  CHECK(state.Acting().parameters == state.average);
  CHECK(state.average != state.network.parameters);

  trainer->MarkPublished();
  CHECK(trainer->state().published == state.average);
  REQUIRE(SaveCheckpoint(directory / "a", {trainer->state(), "{}"}).ok());
  CHECK(std::get<Network>(OpenHodNetwork(directory / "a")->network).parameters == state.average);
  const auto loaded = LoadCheckpoint(directory / "a");
  REQUIRE(loaded.ok());
  const auto resumed = *MakeTrainer(loaded->state, config);
  for (int i = 0; i < 3; ++i) {
    CHECK(trainer->Step(set.examples, step)->total == resumed->Step(set.examples, step)->total);
  }
  CHECK(trainer->state().average == resumed->state().average);
  CHECK(trainer->network().parameters == resumed->network().parameters);
}

}  // namespace
}  // namespace hod::models
