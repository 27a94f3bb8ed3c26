// Training of the reference's networks: over sequences, by the same losses as Hod's.
#include "models/reference/trainer.h"

#include <cmath>

#include "models/reference/evaluator.h"
#include "models/reference/initial.h"
#include "models/reference/network.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

ReferenceConfig TinyReference() {
  using Kind = ReferenceLayer::Kind;
  ReferenceConfig config;
  config.embedding_size = 4;
  config.hidden_size = 16;
  config.layers = {{Kind::kResidual, 1}, {Kind::kResidual, 3}, {Kind::kLstm}, {Kind::kLstm}};
  return config;
}

std::unique_ptr<ReferenceTrainer> Make(const ReferenceWeights& weights, int length,
                                       const TrainerConfig& config = {}) {
  auto trainer = MakeReferenceTrainer(weights, config, length);
  REQUIRE(trainer.ok());
  return *std::move(trainer);
}

TEST_CASE("The paper's network has the parameters that the paper's network has") {
  const ReferenceWeights weights = InitialReference(PaperConfig(), Rng(1));
  int64_t trained = 0, statistics = 0;
  for (const ReferenceTensor& spec : ReferenceLayout(weights.config)) {
    REQUIRE(static_cast<int64_t>(weights.tensors.at(spec.name).size()) == spec.Size());
    const bool statistic = spec.name.find(".mean") != std::string::npos ||
                           spec.name.find(".variance") != std::string::npos;
    (statistic ? statistics : trained) += spec.Size();
  }
  CHECK(trained == 5222947);  // The reference counts the same,
  CHECK(statistics == 1536);  // but for its 12 counters of batches.
  // The bound of a 5x5x5 convolution of 64 channels.
  const double bound = 1 / std::sqrt(64 * 125.0);
  double largest = 0;
  for (const float w : weights.tensors.at("layers.1.conv1.weight")) {
    largest = std::max<double>(largest, std::abs(w));
  }
  CHECK(largest <= bound);
  CHECK(largest > 0.999 * bound);
}

TEST_CASE("Errors are those of the network as it acts, with its memory") {
  const ExampleSet set({6, 5, 7}, 6, 3);
  const ReferenceWeights weights = InitialReference(TinyReference(), Rng(2));
  auto trainer = Make(weights, /*length=*/3);
  const auto errors = trainer->Errors(set.examples);
  INFO(errors.status());
  REQUIRE(errors.ok());
  REQUIRE(errors->size() == 6);
  const auto network = *MakeReferenceNetwork(weights);
  ReferenceMemory memory;
  for (size_t i = 0; i < 6; ++i) {
    if (i == 3) memory.clear();  // The second sequence.
    const ReferenceInput input = {ObservationOf(set.game, *set.states[i], 1), &memory};
    ReferenceOutput output;
    REQUIRE(network->Step({&input, 1}, {&output, 1}).ok());
    memory = output.memory;
    const double error = output.value - set.examples[i].value;
    CHECK((*errors)[i].value == Approx(error * error).epsilon(1e-4));
    double goal = 0;
    const size_t volume = set.game.goal().size();
    for (size_t v = 0; v < volume; ++v) {
      double sum = 0;
      for (int b = 0; b < env::kNumBlocks; ++b) sum += std::exp(output.goal[b * volume + v]);
      goal += std::log(sum) - output.goal[set.game.goal()[v] * volume + v];
    }
    CHECK((*errors)[i].goal == Approx(goal / static_cast<double>(volume)).epsilon(1e-4));
    CHECK((*errors)[i].has_human);
    CHECK((*errors)[i].human > 0);
  }
}

TEST_CASE("Every loss falls when a tiny recurrent network overfits a few sequences") {
  const ExampleSet set({5, 5, 5}, 6, 7);
  auto trainer = Make(InitialReference(TinyReference(), Rng(3)), 3, {.weights = {.value = 0.5}});
  const Losses first = *trainer->Step(set.examples, {.learning_rate = 1e-2});
  Losses last;
  for (int i = 0; i < 120; ++i) last = *trainer->Step(set.examples, {.learning_rate = 1e-2});
  CHECK(last.total < 0.25 * first.total);
  CHECK(last.goal < 0.1 * first.goal);
  CHECK(last.human < 0.5 * first.human);
  CHECK(last.value < 0.25 * first.value);
  // With the stored statistics, which have followed, it has learnt the same.
  double goal = 0;
  const auto errors = trainer->Errors(set.examples);
  REQUIRE(errors.ok());
  for (const ExampleErrors& e : *errors) goal += e.goal / 6;
  CHECK(goal < 0.2 * first.goal);
}

TEST_CASE("What was seen before decides what is learnt of the same position") {
  // Two sequences that end alike, whose last values differ by how they begin.
  const ExampleSet set({5, 5, 5}, 3, 9);
  std::vector<Example> examples = {set.examples[0], set.examples[2], set.examples[1],
                                   set.examples[2]};
  for (Example& example : examples) example.value = 0;
  examples[1].value = 1;
  examples[3].value = -1;
  auto trainer =
      Make(InitialReference(TinyReference(), Rng(4)), 2, {.weights = {.value = 10, .goal = 0}});
  for (int i = 0; i < 150; ++i) REQUIRE(trainer->Step(examples, {.learning_rate = 1e-2}).ok());
  CHECK(trainer->Step(examples, {.learning_rate = 1e-2})->value < 0.1);  // 0.5 without memory.
}

TEST_CASE("The same seed trains the same network, bit for bit") {
  const ExampleSet set({5, 5, 5}, 4, 7);
  auto a = Make(InitialReference(TinyReference(), Rng(5)), 2);
  auto b = Make(InitialReference(TinyReference(), Rng(5)), 2);
  const StepConfig step = {.learning_rate = 1e-2};
  for (int i = 0; i < 3; ++i) {
    CHECK(a->Step(set.examples, step)->total == b->Step(set.examples, step)->total);
  }
  CHECK(a->weights().tensors == b->weights().tensors);
}

TEST_CASE("What cannot be trained is refused") {
  ReferenceConfig sees_goal = TinyReference();
  sees_goal.mask_goal = false;
  ReferenceConfig blind = TinyReference();
  blind.predicts_others = false;
  ReferenceConfig transformer = TinyReference();
  transformer.layers = {{ReferenceLayer::Kind::kAttention}};
  transformer.hidden_size = 64;
  transformer.num_heads = 4;
  transformer.position_size = 2;
  transformer.world_size = {5, 5, 5};
  for (const ReferenceConfig& config : {sees_goal, blind, transformer}) {
    REQUIRE(Validate(config).ok());
    CHECK_FALSE(MakeReferenceTrainer(InitialReference(config, Rng(1)), {}, 1).ok());
  }
  const ExampleSet set({5, 5, 5}, 3, 7);
  const ReferenceWeights weights = InitialReference(TinyReference(), Rng(1));
  CHECK_FALSE(MakeReferenceTrainer(weights, {}, /*length=*/0).ok());
  auto trainer = Make(weights, 2);
  CHECK_FALSE(trainer->Step(set.examples, {}).ok());
  CHECK_FALSE(trainer->Errors(set.examples).ok());
  trainer = Make(weights, 1);
  CHECK_FALSE(trainer->Step({}, {}).ok());
  CHECK_FALSE(trainer->Step(set.examples, {.learning_rate = -1}).ok());
  CHECK_FALSE(trainer->Step(set.examples, {.goal_kl_weight = 1}).ok());
  CHECK(trainer->Step(set.examples, {}).ok());
}

TEST_CASE("The evaluator of a search says what the network says, and passes memory on") {
  const ExampleSet set({5, 5, 6}, 2, 3);
  const auto network = *MakeReferenceNetwork(InitialReference(TinyReference(), Rng(2)));
  ReferenceEvaluator evaluator(network);
  mcts::Memory memory;
  ReferenceMemory expected;
  for (const Example& example : set.examples) {
    mcts::Position position = example.position;
    position.valid_actions = example.valid_actions;
    position.memory = memory;
    mcts::Evaluation evaluation;
    REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
    const ReferenceInput input = {ObservationOf(set.game, *position.state, 1), &expected};
    ReferenceOutput output;
    REQUIRE(network->Step({&input, 1}, {&output, 1}).ok());
    CHECK(evaluation.value == output.value);
    CHECK(evaluation.goal_logits == output.goal);
    REQUIRE(evaluation.policy.size() == example.valid_actions.size());
    double sum = 0;
    for (const auto& [id, probability] : evaluation.human_policy) sum += probability;
    CHECK(sum == Approx(1));
    REQUIRE(evaluation.memory != nullptr);
    CHECK(*evaluation.memory == output.memory);
    memory = evaluation.memory;
    expected = output.memory;
  }
}

}  // namespace
}  // namespace hod::models
