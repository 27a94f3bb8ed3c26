#include "models/training/ppo_trainer.h"

#include <atomic>
#include <cmath>
#include <limits>
#include <map>

#include "models/backends/make_evaluator.h"
#include "models/training/advantages.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 16, .blocks = 1};

// An update comes to the policy's part alone, without value and entropies.
PpoTrainerConfig PolicyOnly() {
  return {.clip = 0.2,
          .target_kl = 0,
          .value_weight = 0,
          .epochs = 1,
          .minibatch = 64,
          .precision = Precision::kFloat32};
}

Network TinyNetwork() {
  Network network = InitialNetwork(kTiny, Rng(1));
  for (float& parameter : network.parameters) parameter *= 2;  // Policies with preferences.
  return network;
}

// Random positions with the actions valid there, of which one is taken.
struct SampleSet {
  explicit SampleSet(const env::Game& played, int count, uint64_t seed) : game(played) {
    Rng rng(seed);
    valid.resize(count);
    for (int i = 0; i < count; ++i) {
      states.push_back(std::make_unique<env::State>(RandomState(game, 25, rng())));
      env::ValidActions(game, *states[i], 0, /*line_of_sight=*/true, valid[i]);
      PpoSample sample;
      sample.position = {
          .game = &game, .state = states[i].get(), .player = 0, .valid_actions = valid[i]};
      sample.action = valid[i][rng.Below(static_cast<int>(valid[i].size()))];
      sample.advantage = i % 2 == 0 ? 1 : -1;
      sample.value_target = static_cast<float>(i % 3);
      samples.push_back(sample);
    }
  }

  // Pretends that `trainer` played a moment ago, `log_ratio` less likely than now.
  void DrawnBy(const std::unique_ptr<PpoTrainer>& trainer, double log_ratio = 0) {
    const auto evaluations = trainer->Evaluate(samples);
    REQUIRE(evaluations.ok());
    for (size_t i = 0; i < samples.size(); ++i) {
      samples[i].log_probability =
          static_cast<float>((*evaluations)[i].log_probability - log_ratio);
    }
  }

  env::Game game;
  std::vector<std::unique_ptr<env::State>> states;
  std::vector<std::vector<int32_t>> valid;
  std::vector<PpoSample> samples;
};

TEST_CASE("Advantages are the discounted sums of surprises within an episode") {
  Rng rng(2);
  const double gamma = GENERATE(0.0, 0.9, 1.0), lambda = GENERATE(0.0, 0.8, 1.0);
  std::vector<Transition> transitions;
  for (int i = 0; i < 60; ++i) {
    transitions.push_back({static_cast<float>(rng.Normal()), static_cast<float>(rng.Normal()),
                           static_cast<float>(rng.Normal()), rng.Chance(0.1)});
  }
  const std::vector<float> advantages = GeneralizedAdvantages(transitions, gamma, lambda);
  REQUIRE(advantages.size() == transitions.size());
  for (size_t i = 0; i < transitions.size(); ++i) {
    double expected = 0, weight = 1;
    for (size_t k = i; k < transitions.size(); ++k) {
      const Transition& t = transitions[k];
      expected += weight * (t.reward + gamma * t.next_value - t.value);
      weight *= gamma * lambda;
      if (t.last) break;
    }
    CHECK(advantages[i] == Approx(expected).margin(1e-4));
  }
  CHECK(GeneralizedAdvantages({}, gamma, lambda).empty());
}

TEST_CASE("With lambda 1 the advantage is the return less the value") {
  // A completed episode, then one cut short whose rest is worth 10.
  const std::vector<Transition> transitions = {
      {1, 5, 6, false}, {2, 6, 0, true}, {3, 7, 8, false}, {4, 8, 10, true}};
  const std::vector<float> advantages = GeneralizedAdvantages(transitions, 0.5, 1);
  CHECK(advantages == std::vector<float>{1 + 1 - 5, 2 - 6, 3 + 2 + 2.5f - 7, 4 + 5 - 8});
}

TEST_CASE("Both levels of a policy are those of its probabilities") {
  const bool teleportation = GENERATE(false, true), inf_blocks = GENERATE(true, false);
  NetworkConfig config = kTiny;
  config.inventories = !inf_blocks;
  Network network = InitialNetwork(config, Rng(3));
  for (float& parameter : network.parameters) parameter *= 3;
  const SampleSet set(BoxGame({5, 6, 5}, teleportation, inf_blocks), 20, 4);
  const auto trainer = *MakePpoTrainer(InitialTrainerState(network), PolicyOnly());
  const auto evaluations = trainer->Evaluate(set.samples);
  REQUIRE(evaluations.ok());

  auto evaluator = MakeNetworkEvaluator(network, {.precision = PrecisionChoice::kFloat32});
  REQUIRE(evaluator.ok());
  for (size_t i = 0; i < set.samples.size(); ++i) {
    const PpoSample& sample = set.samples[i];
    mcts::Evaluation evaluation;
    REQUIRE((*evaluator)->Evaluate({&sample.position, 1}, {&evaluation, 1}).ok());
    std::map<env::ActionType, double> types;
    double taken = 0;
    for (size_t k = 0; k < set.valid[i].size(); ++k) {
      types[set.game.actions().TypeOf(set.valid[i][k])] += evaluation.policy[k];
      if (set.valid[i][k] == sample.action) taken = evaluation.policy[k];
    }
    double type_entropy = 0, location_entropy = 0;
    for (const auto& [type, share] : types) type_entropy -= share * std::log(share);
    for (size_t k = 0; k < set.valid[i].size(); ++k) {
      const double p = evaluation.policy[k];
      if (p > 0)
        location_entropy -= p * std::log(p / types[set.game.actions().TypeOf(set.valid[i][k])]);
    }
    const PpoEvaluation& e = (*evaluations)[i];
    const double of_type = types[set.game.actions().TypeOf(sample.action)];
    CHECK(e.log_probability ==
          Approx(std::log(of_type) + std::log(taken / of_type)).epsilon(1e-3).margin(1e-3));
    CHECK(e.type_entropy == Approx(type_entropy).epsilon(1e-3).margin(1e-3));
    CHECK(e.location_entropy == Approx(location_entropy).epsilon(1e-3).margin(1e-3));
    CHECK(e.value == Approx(evaluation.value).epsilon(1e-3).margin(1e-3));
  }
}

TEST_CASE("Beyond the clip nothing more is to be gained") {
  SampleSet set(BoxGame({5, 5, 5}), 2, 5);  // Advantages 1 and -1.
  const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), PolicyOnly());
  const std::vector<float> before = trainer->network().parameters;
  set.DrawnBy(trainer);
  const double now[] = {set.samples[0].log_probability, set.samples[1].log_probability};
  const auto update = [&](double ratio_of_good, double ratio_of_bad) {
    set.samples[0].log_probability = static_cast<float>(now[0] - std::log(ratio_of_good));
    set.samples[1].log_probability = static_cast<float>(now[1] - std::log(ratio_of_bad));
    const auto fresh = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), PolicyOnly());
    const auto losses = fresh->Update(set.samples, {});
    REQUIRE(losses.ok());
    CHECK(losses->steps == 1);
    CHECK((losses->gradient_norm == 0) == (fresh->network().parameters == before));
    return *losses;
  };
  const PpoLosses beyond = update(1.5, 0.5);
  CHECK(beyond.gradient_norm == 0);
  CHECK(beyond.clip_fraction == 1);
  CHECK(beyond.policy == Approx(-(1.2 - 0.8) / 2).epsilon(1e-4));
  // Where the ratio has gone the wrong way it counts in full.
  const PpoLosses astray = update(0.5, 1.5);
  CHECK(astray.gradient_norm > 0);
  CHECK(astray.policy == Approx(-(0.5 - 1.5) / 2).epsilon(1e-4));
  const PpoLosses within = update(1.1, 0.9);
  CHECK(within.gradient_norm > 0);
  CHECK(within.clip_fraction == 0);
}

TEST_CASE("A policy that has moved too far ends the update") {
  SampleSet set(BoxGame({5, 5, 5}), 32, 6);
  PpoTrainerConfig config = PolicyOnly();
  config.target_kl = 0.02;
  config.epochs = 40;
  config.minibatch = 8;
  const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), config);
  const std::vector<float> before = trainer->network().parameters;

  set.DrawnBy(trainer, std::log(2.0));  // Too far from the beginning on.
  const auto at_once = trainer->Update(set.samples, {});
  REQUIRE(at_once.ok());
  CHECK(at_once->steps == 0);
  CHECK(at_once->kl == Approx(2 - 1 - std::log(2.0)).epsilon(1e-3));
  CHECK(trainer->network().parameters == before);

  set.DrawnBy(trainer);
  const auto later = trainer->Update(set.samples, {.learning_rate = 3e-3});
  REQUIRE(later.ok());
  CHECK(later->steps > 0);
  CHECK(later->steps < 40 * 4);
  CHECK(trainer->state().steps == later->steps);

  config.target_kl = 0;
  const auto free = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), config);
  CHECK(free->Update(set.samples, {.learning_rate = 3e-3})->steps == 40 * 4);
}

TEST_CASE("An update makes good actions likelier, and learns the value") {
  SampleSet set(BoxGame({5, 5, 5}), 24, 7);
  PpoTrainerConfig config = PolicyOnly();
  config.value_weight = 0.5;
  config.epochs = 20;
  config.minibatch = 8;
  const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), config);
  set.DrawnBy(trainer);
  const auto squared_error = [&] {
    double sum = 0;
    const auto evaluations = trainer->Evaluate(set.samples);
    for (size_t i = 0; i < set.samples.size(); ++i) {
      sum += std::pow((*evaluations)[i].value - set.samples[i].value_target, 2);
    }
    return sum;
  };
  const double before = squared_error();
  REQUIRE(trainer->Update(set.samples, {.learning_rate = 3e-3}).ok());
  CHECK(squared_error() < 0.7 * before);
  const auto evaluations = trainer->Evaluate(set.samples);
  double gained = 0;
  for (size_t i = 0; i < set.samples.size(); ++i) {
    gained += set.samples[i].advantage *
              ((*evaluations)[i].log_probability - set.samples[i].log_probability);
  }
  CHECK(gained > 0);
}

TEST_CASE("Each entropy bonus raises the entropy of its level") {
  SampleSet set(BoxGame({5, 5, 5}), 16, 8);
  for (PpoSample& sample : set.samples) sample.advantage = 0;
  PpoTrainerConfig config = PolicyOnly();
  config.epochs = 30;
  const auto entropies = [&](double type_bonus, double location_bonus) {
    const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), config);
    set.DrawnBy(trainer);
    REQUIRE(trainer
                ->Update(set.samples, {.learning_rate = 3e-3,
                                       .type_entropy = type_bonus,
                                       .location_entropy = location_bonus})
                .ok());
    double type = 0, location = 0;
    const auto evaluations = trainer->Evaluate(set.samples);
    REQUIRE(evaluations.ok());
    for (const PpoEvaluation& e : *evaluations) {
      type += e.type_entropy;
      location += e.location_entropy;
    }
    return std::pair(type, location);
  };
  const auto [type, location] = entropies(0, 0);
  CHECK(entropies(1, 0).first > type);
  CHECK(entropies(-1, 0).first < type);
  CHECK(entropies(0, -1).second < location);
}

// The mean over all voxels where a sample may place the goal's block: how much of the probability
// of placing anything there is not the goal's block's, in nats. And the goal's cross entropy.
std::pair<double, double> AuxiliaryLosses(const SampleSet& set, const Network& network) {
  auto evaluator = MakeNetworkEvaluator(network, {.precision = PrecisionChoice::kFloat32});
  REQUIRE(evaluator.ok());
  const int volume = set.game.size().Volume();
  double place_block = 0, goal = 0;
  int right_places = 0;
  for (size_t i = 0; i < set.samples.size(); ++i) {
    mcts::Evaluation evaluation;
    REQUIRE((*evaluator)->Evaluate({&set.samples[i].position, 1}, {&evaluation, 1}).ok());
    std::map<int, double> any, right;  // By location.
    for (size_t k = 0; k < set.valid[i].size(); ++k) {
      const env::Action action = set.game.actions().Unflatten(set.valid[i][k]);
      if (action.type != env::ActionType::kPlace) continue;
      any[action.location] += evaluation.policy[k];
      if (action.block == set.game.goal()[action.location]) {
        right[action.location] = evaluation.policy[k];
      }
    }
    for (const auto& [location, probability] : right) {
      place_block -= std::log(probability / any[location]);
      ++right_places;
    }
    for (int v = 0; v < volume; ++v) {
      double sum = 0;
      for (int block = 0; block < env::kNumBlocks; ++block) {
        sum += std::exp(evaluation.goal_logits[block * volume + v]);
      }
      goal += std::log(sum) - evaluation.goal_logits[set.game.goal()[v] * volume + v];
    }
  }
  REQUIRE(right_places > 10);
  return {place_block / right_places, goal / volume / static_cast<double>(set.samples.size())};
}

TEST_CASE("The auxiliary losses are those of the network's policy and goal prediction") {
  // Samples of a minibatch take several passes in the larger world.
  const env::WorldSize size = GENERATE(env::WorldSize{5, 5, 5}, env::WorldSize{12, 12, 12});
  const bool inf_blocks = GENERATE(true, false);
  NetworkConfig shape = kTiny;
  shape.inventories = !inf_blocks;
  const Network network = RandomNetwork(shape, Rng(11));
  SampleSet set(BoxGame(size, /*teleportation=*/true, inf_blocks), 12, 11);
  PpoTrainerConfig config = PolicyOnly();
  config.goal_weight = 3;
  for (PpoSample& sample : set.samples) sample.advantage = 0;
  const auto trainer = *MakePpoTrainer(InitialTrainerState(network), config);
  set.DrawnBy(trainer);
  const auto losses = trainer->Update(set.samples, {.place_block_weight = 0.5});
  REQUIRE(losses.ok());
  const auto [place_block, goal] = AuxiliaryLosses(set, network);
  CHECK(losses->place_block == Approx(place_block).epsilon(2e-3));
  CHECK(losses->goal == Approx(goal).epsilon(2e-3));
  CHECK(losses->total == Approx(0.5 * place_block + 3 * goal).epsilon(2e-3));

  const auto without = *MakePpoTrainer(InitialTrainerState(network), PolicyOnly());
  const auto none = without->Update(set.samples, {});
  REQUIRE(none.ok());
  CHECK(none->gradient_norm == Approx(0).margin(1e-5));
}

TEST_CASE("The auxiliary losses' gradients are those of finite differences") {
  const bool of_goal = GENERATE(true, false);
  SampleSet set(BoxGame({5, 5, 5}), 12, 12);
  for (PpoSample& sample : set.samples) sample.advantage = 0;
  const Network network = RandomNetwork(kTiny, Rng(12));
  PpoTrainerConfig config = PolicyOnly();
  config.goal_weight = of_goal ? 3 : 0;
  config.max_gradient_norm = 1e9;
  const auto begin = [&](const Network& at) {
    auto trainer = *MakePpoTrainer(InitialTrainerState(at), config);
    set.DrawnBy(trainer);
    return trainer;
  };
  const PpoUpdate update = {.place_block_weight = of_goal ? 0.0 : 0.5};
  const auto trainer = begin(network);
  REQUIRE(trainer->Update(set.samples, update).ok());
  std::vector<float> gradient = trainer->state().first_moment;  // Adam took a tenth of it.
  double squares = 0;
  for (float& g : gradient) squares += std::pow(g *= 10, 2);
  const double norm = std::sqrt(squares);
  REQUIRE(norm > 1e-3);

  const auto loss = [&](const std::vector<float>& direction, double step) {
    Network at = network;
    for (size_t i = 0; i < direction.size(); ++i) {
      at.parameters[i] += static_cast<float>(step * direction[i]);
    }
    const auto losses = begin(at)->Update(set.samples, update);
    REQUIRE(losses.ok());
    return losses->total;
  };
  Rng rng(13);
  for (const double noise : {0.0, 0.5, 2.0}) {  // Along the gradient, and less and less so.
    std::vector<float> direction(gradient.size());
    double along = 0;
    for (size_t i = 0; i < gradient.size(); ++i) {
      const double random = rng.Normal() / std::sqrt(static_cast<double>(gradient.size()));
      direction[i] = static_cast<float>(gradient[i] / norm + noise * random);
      along += double{gradient[i]} * direction[i];
    }
    constexpr double kStep = 3e-3;
    const double difference = (loss(direction, kStep) - loss(direction, -kStep)) / (2 * kStep);
    CHECK(difference == Approx(along).epsilon(0.03));
  }
}

TEST_CASE("PPO's updates follow from the seed of their shuffle, and stop when told to") {
  SampleSet set(BoxGame({5, 5, 5}), 24, 9);
  PpoTrainerConfig config = PolicyOnly();
  config.epochs = 2;
  config.minibatch = 5;
  const auto parameters = [&](uint64_t seed) {
    const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), config);
    set.DrawnBy(trainer);
    REQUIRE(trainer->Update(set.samples, {.shuffle = Rng(seed)}).ok());
    return trainer->network().parameters;
  };
  CHECK(parameters(1) == parameters(1));
  CHECK(parameters(1) != parameters(2));

  const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), config);
  const std::atomic<bool> stop = true;
  const auto losses = trainer->Update(set.samples, {.stop = &stop});
  REQUIRE(losses.ok());
  CHECK(losses->steps == 0);
}

TEST_CASE("Bad samples of PPO change nothing") {
  SampleSet set(BoxGame({5, 5, 5}), 2, 10);
  const SampleSet larger(BoxGame({6, 5, 5}), 1, 10);
  const auto trainer = *MakePpoTrainer(InitialTrainerState(TinyNetwork()), PolicyOnly());
  const std::vector<float> before = trainer->network().parameters;
  const auto refused = [&](std::vector<PpoSample> samples, const char* what) {
    const auto result = trainer->Update(samples, {});
    INFO(what);
    REQUIRE_FALSE(result.ok());
    CHECK(result.status().message().find(what) != absl::string_view::npos);
    CHECK(trainer->network().parameters == before);
  };
  const auto with = [&](auto change) {
    std::vector<PpoSample> samples = set.samples;
    change(samples[1]);
    return samples;
  };
  refused({}, "no samples");
  refused({set.samples[0], larger.samples[0]}, "sample 1: world size");
  refused(with([&](PpoSample& s) { s.action = set.game.actions().num_actions() - 1; }),
          "is not valid");
  refused(with([&](PpoSample& s) { s.action = -1; }), "sample 1: action -1 is not valid");
  refused(with([&](PpoSample& s) { s.position.valid_actions = {}; }), "valid actions");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  refused(with([&](PpoSample& s) { s.advantage = nan; }), "not finite");
  refused(with([&](PpoSample& s) { s.value_target = nan; }), "not finite");
}

}  // namespace
}  // namespace hod::models
