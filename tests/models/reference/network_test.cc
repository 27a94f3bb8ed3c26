// The reference's networks compute what the reference recorded of them.
#include "models/reference/network.h"

#include <algorithm>
#include <cmath>

#include "models/backends/decode.h"
#include "tests/models/reference/npz.h"
#include "tests/models/reference/reference_twin.h"
#include "tests/support/catch.h"
#include "tests/support/models/reference_files.h"
#include "tests/support/models/reference_samples.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

using Arrays = std::map<std::string, NpzArray>;

// The observation of record `i`.
ReferenceObservation Recorded(const Arrays& arrays, int64_t i) {
  const NpzArray& world = arrays.at("world_obs");
  ReferenceObservation observation;
  observation.size = {static_cast<int>(world.shape[2]), static_cast<int>(world.shape[3]),
                      static_cast<int>(world.shape[4])};
  observation.world = world.Row<uint8_t>(i);
  const std::vector<int32_t> counts = arrays.at("inventory_obs").Row<int32_t>(i);
  observation.inventories.resize(counts.size() / env::kNumBlocks);
  for (size_t k = 0; k < counts.size(); ++k) {
    observation.inventories[k / env::kNumBlocks][k % env::kNumBlocks] = counts[k];
  }
  observation.timestep = arrays.at("timestep").Row<int32_t>(i)[0];
  return observation;
}

// The game's action space that has so many actions.
env::ActionSpace ActionsOf(const env::WorldSize& size, int64_t num_actions) {
  env::GameConfig config;
  config.size = size;
  config.abilities.inf_blocks = num_actions == 7 + 11 * size.Volume();
  const env::ActionSpace actions(config);
  REQUIRE(actions.num_actions() == num_actions);
  return actions;
}

// Logits of the flat actions from those per channel and voxel, as docs/networks.md says.
std::vector<float> Flat(const std::vector<float>& channels, const env::ActionSpace& actions) {
  using env::ActionType;
  const auto volume = static_cast<size_t>(actions.volume());
  std::vector<float> flat;
  const auto voxels = [&](int channel, int count) {
    flat.insert(flat.end(), channels.begin() + channel * volume,
                channels.begin() + (channel + count) * volume);
  };
  const auto everywhere = [&](int channel) {
    double sum = 0;
    for (size_t i = 0; i < volume; ++i) sum += std::exp(double{channels[channel * volume + i]});
    flat.push_back(static_cast<float>(std::log(sum)));
  };
  everywhere(0);
  voxels(1, env::kNumBlocks + 1);
  for (int channel = 12; channel < 18; ++channel) everywhere(channel);
  if (actions.Has(ActionType::kGive)) voxels(18, env::kNumBlocks);
  return flat;
}

std::vector<float> Softmax(const std::vector<float>& logits, const std::vector<int32_t>& ids) {
  double sum = 0;
  std::vector<float> result;
  for (const int32_t id : ids) sum += std::exp(double{logits[id]});
  for (const int32_t id : ids) {
    result.push_back(static_cast<float>(std::exp(double{logits[id]}) / sum));
  }
  return result;
}

double LargestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max<double>(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

// [channels][voxels] -> [voxels][channels].
std::vector<float> Transposed(const std::vector<float>& planes, size_t channels) {
  const size_t voxels = planes.size() / channels;
  std::vector<float> out(planes.size());
  for (size_t c = 0; c < channels; ++c) {
    for (size_t v = 0; v < voxels; ++v) out[v * channels + c] = planes[c * voxels + v];
  }
  return out;
}

void CheckRecords(const std::string& name, double tolerance) {
  const std::string dir = SharedData("weights");
  if (dir.empty()) return;
  INFO(name);
  const auto network = *MakeReferenceNetwork(Imported(dir, name));
  const Arrays arrays = ReadNpz(dir + "/" + name + ".io.npz");
  const int64_t records = arrays.at("value").shape[0];
  REQUIRE(records == 8);
  ReferenceMemory memory;
  for (int64_t i = 0; i < records; ++i) {
    INFO("record " << i);
    const ReferenceInput input = {Recorded(arrays, i), &memory};
    ReferenceOutput output;
    const absl::Status status = network->Step({&input, 1}, absl::MakeSpan(&output, 1));
    INFO(status);
    REQUIRE(status.ok());
    const std::vector<float> flat_logits = arrays.at("flat_logits").Row<float>(i);
    const env::ActionSpace actions =
        ActionsOf(input.observation.size, static_cast<int64_t>(flat_logits.size()));
    CHECK(LargestDifference(output.policy, arrays.at("action_logits").Row<float>(i)) < tolerance);
    CHECK(LargestDifference(Flat(output.policy, actions), flat_logits) < tolerance);
    std::vector<int32_t> valid;
    const std::vector<uint8_t> mask = arrays.at("mask_los").Row<uint8_t>(i);
    for (size_t id = 0; id < mask.size(); ++id) {
      if (mask[id] != 0) valid.push_back(static_cast<int32_t>(id));
    }
    std::vector<float> probabilities;
    ActionProbabilities(output.policy, actions, valid, probabilities);
    CHECK(LargestDifference(probabilities, Softmax(flat_logits, valid)) < tolerance);
    CHECK(LargestDifference(output.goal, arrays.at("goal_logits").Row<float>(i)) < tolerance);
    CHECK(std::abs(output.value - arrays.at("value").Row<float>(i)[0]) < tolerance);
    const auto human = arrays.find("other_agent_flat_logits");
    REQUIRE(network->config().predicts_others == (human != arrays.end()));
    if (human != arrays.end()) {
      const std::vector<float> recorded = human->second.Row<float>(i);
      CHECK(LargestDifference(Flat(output.human, actions), recorded) < tolerance);
    }
    std::vector<float> recorded_memory;
    for (int part = 0; part < 2 * network->config().NumLstms(); ++part) {
      const std::vector<float> planes =
          Transposed(arrays.at("state_out_" + std::to_string(part)).Row<float>(i),
                     network->config().hidden_size);
      recorded_memory.insert(recorded_memory.end(), planes.begin(), planes.end());
    }
    CHECK(LargestDifference(output.memory, recorded_memory) < tolerance);
    memory = output.memory;
  }
}

TEST_CASE("The assistant with LSTMs between its attention layers computes as recorded") {
  CheckRecords("az_assistant_test", 1e-4);
}
TEST_CASE("The assistant's human partner computes as recorded") {
  CheckRecords("az_human_test", 1e-4);
}
TEST_CASE("The human model whose observations are not scaled computes as recorded") {
  CheckRecords("bc_human_11x10x10", 1e-3);
}
TEST_CASE("The human model of a world with finite blocks computes as recorded") {
  CheckRecords("bc_human_tutorial", 1e-4);
}
TEST_CASE("The paper's network computes as recorded") { CheckRecords("paper_conv_randinit", 1e-4); }

TEST_CASE("Networks compute what the documentation says, timestep after timestep") {
  const env::Game game = BoxGame({5, 6, 4});
  for (ReferenceConfig config : {SmallTransformer(), SmallConvolutional()}) {
    config.value_scale = 2.5;
    const ReferenceWeights weights = RandomWeights(config, 4);
    const auto network = *MakeReferenceNetwork(weights);
    ReferenceMemory memory;
    std::vector<std::vector<double>> twin_memory;
    for (int t = 0; t < 3; ++t) {
      const env::State state = RandomState(game, 7 * t, 11);
      const ReferenceInput input = {ObservationOf(game, state, 1), &memory};
      ReferenceOutput output;
      REQUIRE(network->Step({&input, 1}, absl::MakeSpan(&output, 1)).ok());
      const TwinOutput twin = TwinStep(weights, input.observation, twin_memory);
      CHECK(LargestDifference(output.policy, twin.policy) < 1e-4);
      CHECK(LargestDifference(output.human, twin.human) < 1e-4);
      CHECK(LargestDifference(output.goal, twin.goal) < 1e-4);
      CHECK(std::abs(output.value - twin.value) < 1e-4);
      std::vector<float> remembered;
      for (const auto& part : twin.memory) {
        remembered.insert(remembered.end(), part.begin(), part.end());
      }
      CHECK(LargestDifference(output.memory, remembered) < 1e-4);
      memory = output.memory;
      twin_memory = twin.memory;
    }
  }
}

TEST_CASE("A batch gives what its positions give alone, each with its own memory") {
  const env::Game game = BoxGame({5, 6, 4});
  for (const ReferenceConfig& config : {SmallTransformer(), SmallConvolutional()}) {
    const auto network = *MakeReferenceNetwork(RandomWeights(config, 1));
    const env::Game& played = game;
    REQUIRE(CheckGame(network->config(), played, 1).ok());
    // Two timesteps, so that memories differ.
    std::vector<ReferenceMemory> memories(10);
    for (int t = 0; t < 2; ++t) {
      std::vector<ReferenceInput> inputs;
      for (int i = 0; i < 10; ++i) {
        const env::State state = RandomState(played, 3 * i + t, 7 + i);
        inputs.push_back({ObservationOf(played, state, 1), &memories[i]});
      }
      std::vector<ReferenceOutput> together(10);
      REQUIRE(network->Step(inputs, absl::MakeSpan(together)).ok());
      for (int i = 0; i < 10; ++i) {
        ReferenceOutput alone;
        REQUIRE(network->Step({&inputs[i], 1}, absl::MakeSpan(&alone, 1)).ok());
        CHECK(LargestDifference(alone.policy, together[i].policy) < 1e-5);
        CHECK(LargestDifference(alone.human, together[i].human) < 1e-5);
        CHECK(LargestDifference(alone.goal, together[i].goal) < 1e-5);
        CHECK(LargestDifference(alone.memory, together[i].memory) < 1e-5);
        CHECK(std::abs(alone.value - together[i].value) < 1e-5);
        REQUIRE(together[i].memory.size() == 2u * 5 * 6 * 4 * config.hidden_size);
      }
      for (int i = 0; i < 10; ++i) memories[i] = together[i].memory;
    }
    // The memory matters.
    const env::State state = RandomState(played, 5, 3);
    const ReferenceInput inputs[] = {{ObservationOf(played, state, 1), nullptr},
                                     {ObservationOf(played, state, 1), &memories[3]}};
    ReferenceOutput outputs[2];
    REQUIRE(network->Step(inputs, absl::MakeSpan(outputs)).ok());
    CHECK(LargestDifference(outputs[0].policy, outputs[1].policy) > 1e-3);
  }
}

TEST_CASE("Games and memories that do not fit the network are refused") {
  const auto transformer = *MakeReferenceNetwork(RandomWeights(SmallTransformer(), 1));
  const auto error = [](const absl::Status& status) { return std::string(status.message()); };
  CHECK(error(CheckGame(transformer->config(), BoxGame({5, 5, 5}), 0)) ==
        "the world is 5x5x5, expected the network's 5x6x4");
  const env::Game game = BoxGame({5, 6, 4});
  env::GameConfig config = game.config();
  config.players.resize(3);
  CHECK(error(CheckGame(transformer->config(), env::Game(config, game.goal()), 0)) ==
        "the game has 3 players, expected at most 2 for this network");

  ReferenceConfig human = SmallConvolutional();
  human.mask_goal = false;
  const auto convolutional = *MakeReferenceNetwork(RandomWeights(human, 1));
  CHECK(CheckGame(convolutional->config(), BoxGame({5, 5, 5}), 0).ok());
  config = game.config();
  config.players[1].goal_visible = false;
  CHECK(CheckGame(convolutional->config(), env::Game(config, game.goal()), 0).ok());
  CHECK(error(CheckGame(convolutional->config(), env::Game(config, game.goal()), 1)) ==
        "the network sees the goal, but goal_visible of player 1 is false");

  const ReferenceMemory memory(17);
  const ReferenceInput input = {ObservationOf(game, RandomState(game, 1, 1), 0), &memory};
  ReferenceOutput output;
  CHECK(error(transformer->Step({&input, 1}, absl::MakeSpan(&output, 1))) ==
        "the memory has 17 values, expected 7680 or none");
}

TEST_CASE("A prediction that is not finite is an error") {
  ReferenceWeights weights = RandomWeights(SmallTransformer(), 1);
  for (float& bias : weights.tensors["policy.output.bias"]) bias = 3e38f;
  for (float& value : weights.tensors["policy.output.weight"]) value = 1e38f;
  const auto network = *MakeReferenceNetwork(weights);
  const env::Game game = BoxGame({5, 6, 4});
  const ReferenceInput input = {ObservationOf(game, RandomState(game, 1, 1), 0), nullptr};
  ReferenceOutput output;
  const absl::Status status = network->Step({&input, 1}, absl::MakeSpan(&output, 1));
  CHECK(std::string(status.message()) == "the network's prediction is not finite");
}

}  // namespace
}  // namespace hod::models
