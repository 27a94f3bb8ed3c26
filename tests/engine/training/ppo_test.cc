#include "engine/training/ppo.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "absl/time/clock.h"
#include "engine/play/player_spec.h"
#include "engine/play/seat.h"
#include "engine/training/ppo_rollouts.h"
#include "engine/training/train.h"
#include "env/base/json_lines.h"
#include "env/game/action_mask.h"
#include "env/game/roles.h"
#include "mcts/run_search.h"
#include "mcts/search.h"
#include "models/backends/network_evaluator.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/env/npy_bytes.h"

namespace hod::engine {
namespace {

// Three houses of 2x2x2 as goals; no block of theirs hides another.
class Houses {
 public:
  Houses() {
    const env::WorldSize size = {2, 2, 2};
    dir_.Write("a.npy", env::NpyBytes(size, {6, 6, 0, 0, 2, 2, 0, 0}));
    dir_.Write("b.npy", env::NpyBytes(size, {2, 2, 6, 8, 2, 2, 8, 6}));
    dir_.Write("c.npy", env::NpyBytes(size, {2, 2, 6, 6, 2, 8, 6, 0}));
  }
  std::string goals() const { return "npy:" + dir_.path(); }

 private:
  TempDir dir_;
};

// Every voxel is in reach of a player without a body: the best that can be done is one right edit
// after the other.
RunConfig SmallConfig() {
  static const Houses houses;
  absl::StatusOr<RunConfig> config = ParseRunConfig(R"(
player = "human"
[game]
world_size = [4, 4, 4]
horizon = 12
teleportation = true
[game.human_rewards]
noop = -0.2
[network]
channels = 16
blocks = 1
[search]
gamma = 0.9
[learner]
algorithm = "ppo"
batch_size = 64
learning_rate = 5e-3
final_learning_rate = 3e-4
value_weight = 0.02
max_gradient_norm = 1.0
checkpoint_seconds = 3600
max_steps = 700
[ppo]
environments = 16
rollout_length = 24
epochs = 2
target_kl = 0.1
type_entropy = [[0, 0.3], [10000, 0.05], [15000, 0.0]]
location_entropy = [[0, 0.1], [10000, 0.0]]
)",
                                                    "small.toml");
  INFO(config.status());
  REQUIRE(config.ok());
  config->goals = houses.goals();
  return *config;
}

// An assistant in a world with bodies, beside a human who builds one of the houses. All of the
// paper's kinds of PPO in one: own rewards, and both auxiliary losses.
RunConfig AssistantConfig() {
  RunConfig config = SmallConfig();
  for (const char* assignment :
       {"player=assistant", "human=lowest", "game.teleportation=false", "game.horizon=25",
        "game.random_start_locations=true", "game.assistant_rewards.own_reward_prop=1",
        "game.assistant_rewards.noop=-0.02", "learner.goal_weight=3", "selfplay.threads=1",
        "ppo.place_block_weight=[[0, 1.0], [15000, 0.5]]"}) {
    const absl::Status status = Override(config, assignment);
    INFO(status);
    REQUIRE(status.ok());
  }
  return config;
}

RunDirectory MakeRun(const std::string& path, const RunConfig& config) {
  absl::StatusOr<RunDirectory> run = RunDirectory::CreateOrResume(path, config);
  INFO(run.status());
  REQUIRE(run.ok());
  return *std::move(run);
}

void RunToEnd(const RunDirectory& run) {
  const std::atomic<bool> stop = false;
  const absl::Status status = RunPpo(run, stop);
  INFO(status);
  REQUIRE(status.ok());
}

models::Checkpoint Newest(const RunDirectory& run) {
  const auto latest = run.LatestCheckpoint();
  REQUIRE(latest.ok());
  REQUIRE(latest->has_value());
  const auto checkpoint = models::LoadCheckpoint((*latest)->second);
  INFO(checkpoint.status());
  REQUIRE(checkpoint.ok());
  CHECK(checkpoint->state.steps == (*latest)->first);
  return *checkpoint;
}

// Counts in how many of 12 episodes a network's likeliest actions are the best possible: as many
// timesteps as there is to edit, each with its full reward.
int PerfectEpisodes(const models::Network& network, const RunConfig& config) {
  models::NetworkEvaluator evaluator(network);
  const env::GameConfig alone = config.PlayedGame();
  const auto goals = env::MakeGoalSource(config.goals, alone, 77);
  REQUIRE(goals.ok());
  int perfect = 0;
  for (int i = 0; i < 12; ++i) {
    const env::Game game(alone, (*goals)->Get(i).blocks);
    Rng rng(i);
    env::State state = game.Reset(rng);
    const int to_edit = game.size().Volume() - state.num_matches + state.num_clashes;
    double reward = 0;
    std::vector<int32_t> valid;
    for (int t = 0; t < to_edit && state.num_matches < game.size().Volume(); ++t) {
      env::ValidActions(game, state, 0, /*line_of_sight=*/true, valid);
      const mcts::Position position = {
          .game = &game, .state = &state, .player = 0, .valid_actions = valid};
      mcts::Evaluation evaluation;
      REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
      const auto best = std::max_element(evaluation.policy.begin(), evaluation.policy.end());
      const env::Action action = game.actions().Unflatten(valid[best - evaluation.policy.begin()]);
      reward += game.Step(state, {&action, 1}).players[0].reward;
    }
    perfect += reward == to_edit;
  }
  return perfect;
}

TEST_CASE("PPO learns to build small houses in as few steps as there can be") {
  const TempDir dir;
  const RunDirectory run = MakeRun(dir.path() + "/run", SmallConfig());
  RunToEnd(run);
  const auto first = models::OpenHodNetwork(run.CheckpointPath(0));
  REQUIRE(first.ok());
  CHECK(PerfectEpisodes(std::get<models::Network>(first->network), run.config()) == 0);
  CHECK(PerfectEpisodes(Newest(run).state.network, run.config()) >= 11);

  const auto lines = ReadJsonLines(run.metrics() + "/learner.jsonl");
  REQUIRE(lines.ok());
  REQUIRE(lines->size() > 10);
  CHECK(NumberAt(lines->back(), "goal_percent") > 90);
  CHECK(NumberAt(lines->back(), "goal_percent") > NumberAt(lines->front(), "goal_percent") + 30);
  CHECK(NumberAt(lines->back(), "progress") == 1);
  for (const char* key : {"time", "seconds", "step", "timesteps", "loss", "policy_loss",
                          "value_loss", "type_entropy", "location_entropy", "kl"}) {
    CHECK(lines->back().contains(key));
  }
}

TEST_CASE("An assistant learns by PPO what is built and how to help") {
  RunConfig config = AssistantConfig();
  config.learner.max_steps = 200;
  const TempDir dir;
  const RunDirectory run = MakeRun(dir.path() + "/run", config);
  RunToEnd(run);
  CHECK_FALSE(Newest(run).state.network.config.goal_visible);
  const auto lines = ReadJsonLines(run.metrics() + "/learner.jsonl");
  REQUIRE(lines.ok());
  // The means of the first and of the last updates in which an episode ended.
  const auto both = [&](const char* key) {
    std::vector<double> values;
    for (const nlohmann::json& line : *lines) {
      if (line.contains("assistant_percent")) values.push_back(NumberAt(line, key));
    }
    const size_t part = values.size() / 8;
    REQUIRE(part >= 2);
    const auto mean = [&](auto begin) {
      return std::accumulate(begin, begin + part, 0.0) / static_cast<double>(part);
    };
    return std::pair(mean(values.begin()), mean(values.end() - part));
  };
  const auto [first_goal, last_goal] = both("goal_loss");
  CHECK(last_goal < 0.5 * first_goal);
  const auto [first_block, last_block] = both("place_block_loss");
  CHECK(last_block < 0.5 * first_block);
  const auto [first_reward, last_reward] = both("reward_per_timestep");
  CHECK(last_reward > first_reward + 0.05);
  const auto [first_share, last_share] = both("assistant_percent");
  CHECK(last_share > first_share + 10);
  const auto [first_actions, last_actions] = both("human_actions");
  CHECK(last_actions < first_actions);
}

TEST_CASE("PPO's training follows from its seed") {
  RunConfig config = GENERATE(SmallConfig(), AssistantConfig());
  config.learner.max_steps = 40;
  const TempDir dir;
  const auto parameters = [&](const char* name, int64_t seed) {
    config.seed = seed;
    const RunDirectory run = MakeRun(dir.path() + "/" + name, config);
    RunToEnd(run);
    return Newest(run).state.network.parameters;
  };
  const std::vector<float> expected = parameters("first", 1);
  CHECK(parameters("again", 1) == expected);
  CHECK(parameters("other", 2) != expected);
}

TEST_CASE("A stopped PPO run goes on where it stopped") {
  RunConfig config = GENERATE(SmallConfig(), AssistantConfig());
  config.learner.max_steps = 100;
  const TempDir dir;
  const RunDirectory run = MakeRun(dir.path() + "/run", config);
  std::atomic<bool> stop = false;
  std::thread stopper([&] {
    while (ReadJsonLines(run.metrics() + "/learner.jsonl")->size() < 2) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    stop = true;
  });
  CHECK(Train(run, "", stop).code() == absl::StatusCode::kCancelled);
  stopper.join();
  const models::Checkpoint stopped = Newest(run);
  REQUIRE(stopped.state.steps < 100);
  CHECK(stopped.state.steps > 0);
  const RunProgress before = *RunProgress::FromJson(stopped.run);
  CHECK(before.timesteps > 0);

  const size_t lines_before = ReadJsonLines(run.metrics() + "/learner.jsonl")->size();
  stop = false;
  REQUIRE(Train(run, "", stop).ok());
  const models::Checkpoint last = Newest(run);
  CHECK(last.state.steps >= 100);
  const RunProgress after = *RunProgress::FromJson(last.run);
  CHECK(after.timesteps > before.timesteps);
  CHECK(after.seconds > before.seconds);
  const auto lines = ReadJsonLines(run.metrics() + "/learner.jsonl");
  REQUIRE(lines->size() > lines_before);
  CHECK(NumberAt((*lines)[lines_before], "step") > static_cast<double>(stopped.state.steps));
  CHECK(NumberAt((*lines)[lines_before], "timesteps") > static_cast<double>(before.timesteps));
}

TEST_CASE("Rollouts are what the game makes of the actions, and no matter of threads") {
  RunConfig config = SmallConfig();
  config.game.abilities.teleportation = false;
  config.game.horizon = 10;
  config.ppo.environments = 19;
  config.ppo.rollout_length = 25;
  std::shared_ptr<const env::GoalSource> goals =
      *env::MakeGoalSource(config.goals, config.PlayedGame(), 1);
  models::NetworkEvaluator evaluator(models::InitialNetwork(config.network, Rng(3)));
  const std::atomic<bool> stop = false;
  PpoRollouts rollouts(config, goals, nullptr, 5);
  const auto samples = rollouts.Collect(evaluator, 0, stop);
  REQUIRE(samples.ok());
  REQUIRE(samples->size() == 19 * 25);

  int restarts = 0;
  for (size_t i = 0; i < samples->size(); ++i) {
    const models::PpoSample& sample = (*samples)[i];
    const env::Game& game = *sample.position.game;
    std::vector<int32_t> valid;
    env::ValidActions(game, *sample.position.state, 0, /*line_of_sight=*/true, valid);
    CHECK(sample.position.valid_actions == absl::MakeConstSpan(valid));
    REQUIRE(std::binary_search(valid.begin(), valid.end(), sample.action));
    CHECK(sample.log_probability <= 0);
    if (i % 25 == 24) continue;
    env::State next = *sample.position.state;
    const env::Action action = game.actions().Unflatten(sample.action);
    const bool ended = game.Step(next, {&action, 1}).done();
    const mcts::Position& following = (*samples)[i + 1].position;
    CHECK((following.game != &game) == ended);
    if (!ended) CHECK(*following.state == next);
    restarts += ended;
  }
  CHECK(restarts >= 19 * 2);
  const std::vector<EpisodeResult> episodes = rollouts.TakeEpisodes();
  CHECK(static_cast<int>(episodes.size()) >= restarts);
  for (const EpisodeResult& episode : episodes) {
    CHECK(episode.figures.timesteps <= 10);
    CHECK((episode.figures.timesteps == 10 || episode.complete));
  }
  CHECK(rollouts.TakeEpisodes().empty());

  config.selfplay.threads = 3;
  PpoRollouts threaded(config, goals, nullptr, 5);
  const auto same = threaded.Collect(evaluator, 0, stop);
  REQUIRE(same.ok());
  REQUIRE(same->size() == samples->size());
  for (size_t i = 0; i < same->size(); ++i) {
    CHECK((*same)[i].action == (*samples)[i].action);
    CHECK((*same)[i].advantage == (*samples)[i].advantage);
    CHECK((*same)[i].value_target == (*samples)[i].value_target);
  }
}

// A value that is always 1, and a policy that does anything.
class Optimist final : public mcts::Evaluator {
 public:
  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    for (size_t i = 0; i < positions.size(); ++i) {
      evaluations[i].policy.assign(positions[i].valid_actions.size(), 1);
      evaluations[i].value = 1;
    }
    return absl::OkStatus();
  }
};

TEST_CASE("An assistant's rollouts are what the game makes of both players' actions") {
  RunConfig config = AssistantConfig();
  config.human = GENERATE(as<std::string>{}, "heuristic", "lowest", "random");
  const double own = GENERATE(0.0, 0.25, 1.0);
  config.game.players[env::kAssistant].rewards.own_reward_prop = own;
  config.game.players[env::kHuman].rewards.action = -0.2;
  config.search.gamma = 0.5;
  config.ppo.gae_lambda = 0;
  config.ppo.environments = 11;
  config.ppo.rollout_length = 40;
  const std::shared_ptr<const env::GoalSource> goals =
      *env::MakeGoalSource(config.goals, config.PlayedGame(), 1);
  const PlayerFactory human = *MakePlayerFactory(config.human);
  const std::atomic<bool> stop = false;
  Optimist optimist;
  PpoRollouts rollouts(config, goals, human, 5);
  const auto samples = rollouts.Collect(optimist, 0, stop);
  REQUIRE(samples.ok());
  REQUIRE(samples->size() == 11 * 40);

  int helped = 0, built_by_human = 0;
  for (size_t i = 0; i < samples->size(); ++i) {
    const models::PpoSample& sample = (*samples)[i];
    const env::Game& game = *sample.position.game;
    REQUIRE(game.num_players() == 2);
    CHECK(sample.position.player == env::kAssistant);
    CHECK_FALSE(game.config().players[env::kAssistant].goal_visible);
    std::vector<int32_t> valid;
    env::ValidActions(game, *sample.position.state, env::kAssistant, /*line_of_sight=*/true, valid);
    CHECK(sample.position.valid_actions == absl::MakeConstSpan(valid));
    REQUIRE(std::binary_search(valid.begin(), valid.end(), sample.action));
    if (i % 40 == 39 || (*samples)[i + 1].position.game != &game) continue;
    // What the human did is written in the next state.
    const env::State& following = *(*samples)[i + 1].position.state;
    const env::Action actions[] = {following.players[env::kHuman].last_action,
                                   game.actions().Unflatten(sample.action)};
    env::State next = *sample.position.state;
    const env::StepOutcome outcome = game.Step(next, actions);
    CHECK(next == following);
    const env::PlayerOutcome& did = outcome.players[env::kAssistant];
    const env::PlayerOutcome& human_did = outcome.players[env::kHuman];
    const double reward = did.own_reward + (1 - own) * human_did.own_reward;
    CHECK(sample.value_target == Approx(reward + 0.5).margin(1e-5));
    CHECK(sample.advantage == Approx(reward + 0.5 - 1).margin(1e-5));
    helped += did.goal_dependent != 0;
    built_by_human += human_did.goal_dependent > 0;
  }
  CHECK(helped > 0);
  CHECK(built_by_human > 0);

  for (const int threads : {1, 3}) {
    config.selfplay.threads = threads;
    PpoRollouts again(config, goals, human, 5);
    const auto same = again.Collect(optimist, 0, stop);
    REQUIRE(same.ok());
    REQUIRE(same->size() == samples->size());
    for (size_t i = 0; i < same->size(); ++i) {
      CHECK(*(*same)[i].position.state == *(*samples)[i].position.state);
      CHECK((*same)[i].action == (*samples)[i].action);
      CHECK((*same)[i].value_target == (*samples)[i].value_target);
    }
  }
  PpoRollouts other(config, goals, human, 6);
  const auto different = other.Collect(optimist, 0, stop);
  REQUIRE(different.ok());
  CHECK_FALSE(*different->front().position.state == *samples->front().position.state);
}

// A rollout of an assistant that plays a random network's policy.
struct AssistantRollout {
  explicit AssistantRollout(const RunConfig& config)
      : evaluator(models::RandomNetwork(config.network, Rng(3))),
        rollouts(config, *env::MakeGoalSource(config.goals, config.PlayedGame(), 1),
                 *MakePlayerFactory(config.human), 5),
        samples(rollouts.Collect(evaluator, 0, stop)) {
    REQUIRE(samples.ok());
  }
  const std::atomic<bool> stop = false;
  models::NetworkEvaluator evaluator;
  PpoRollouts rollouts;
  const absl::StatusOr<std::vector<models::PpoSample>> samples;  // Borrow from `rollouts`.
};

TEST_CASE("An assistant of PPO does not see the goal") {
  const RunConfig config = AssistantConfig();
  AssistantRollout rollout(config);
  models::NetworkEvaluator& evaluator = rollout.evaluator;
  const auto& samples = rollout.samples;
  for (size_t i = 0; i < samples->size(); i += 25) {
    mcts::Position position = (*samples)[i].position;
    mcts::Evaluation seen, otherwise;
    REQUIRE(evaluator.Evaluate({&position, 1}, {&seen, 1}).ok());
    const env::Game other(position.game->config(), env::EmptyWorld(position.game->size()));
    position.game = &other;
    REQUIRE(evaluator.Evaluate({&position, 1}, {&otherwise, 1}).ok());
    CHECK(seen.policy == otherwise.policy);
    CHECK(seen.value == otherwise.value);
    CHECK(seen.goal_logits == otherwise.goal_logits);
  }
}

TEST_CASE("With one simulation an assistant of PPO plays its policy") {
  RunConfig config = AssistantConfig();
  config.search.temperature = 1;
  AssistantRollout rollout(config);
  models::NetworkEvaluator& evaluator = rollout.evaluator;
  const auto& samples = rollout.samples;
  const mcts::SearchOptions options = EvaluationSearches(config, /*num_simulations=*/1).full;
  mcts::Search search;
  for (size_t i = 0; i < samples->size(); i += 25) {
    const models::PpoSample& sample = (*samples)[i];
    const env::Game planning = mcts::PlanningGame(*sample.position.game, options);
    search.Start(options, &planning, *sample.position.state, env::kAssistant, Rng(1));
    REQUIRE(mcts::RunSearch(search, evaluator, {}).ok());
    const mcts::SearchResult result = search.result();
    const auto taken =
        std::find_if(result.policy.begin(), result.policy.end(),
                     [&](const auto& entry) { return entry.first == sample.action; });
    REQUIRE(taken != result.policy.end());
    CHECK(std::log(taken->second) == Approx(sample.log_probability).margin(1e-3));
  }
}

TEST_CASE(
    "An episode that is cut short is worth what would have come, a complete one nothing more") {
  RunConfig config = SmallConfig();
  config.game.horizon = 5;
  config.search.gamma = 0.5;
  config.ppo.gae_lambda = 0;
  config.ppo.environments = 3;
  config.ppo.rollout_length = 12;
  std::shared_ptr<const env::GoalSource> goals =
      *env::MakeGoalSource(config.goals, config.PlayedGame(), 1);
  PpoRollouts rollouts(config, goals, nullptr, 5);
  Optimist optimist;
  const std::atomic<bool> stop = false;
  const auto samples = rollouts.Collect(optimist, 0, stop);
  REQUIRE(samples.ok());
  for (const models::PpoSample& sample : *samples) {
    const env::Game& game = *sample.position.game;
    env::State next = *sample.position.state;
    const env::Action action = game.actions().Unflatten(sample.action);
    const env::StepOutcome outcome = game.Step(next, {&action, 1});
    const double later = outcome.goal_completed ? 0 : 0.5;
    CHECK(sample.advantage == Approx(outcome.players[0].reward + later - 1));
    CHECK(sample.value_target == Approx(outcome.players[0].reward + later));
  }
}

TEST_CASE("What PPO cannot train is refused, with the key") {
  for (const char* assistant : {"belief", "mirror", "some.safetensors"}) {
    RunConfig config = AssistantConfig();
    const absl::Status status = Override(config, std::string("assistant=") + assistant);
    REQUIRE_FALSE(status.ok());
    CHECK(Contains(std::string(status.message()), std::string("assistant: ") + assistant));
    CHECK(Contains(std::string(status.message()), "learner.algorithm = ppo"));
  }
  const TempDir dir;
  const std::atomic<bool> stop = false;
  RunConfig config = AssistantConfig();
  config.human = "nobody";
  const absl::Status human = RunPpo(MakeRun(dir.path() + "/human", config), stop);
  CHECK(Contains(std::string(human.message()), "nobody"));
  config = SmallConfig();
  config.learner.ema_decay = 0.9;
  const absl::Status averaged = RunPpo(MakeRun(dir.path() + "/run", config), stop);
  CHECK(Contains(std::string(averaged.message()), "learner.ema_decay"));
  config.learner.ema_decay = 0;
  config.learner.device = models::Device::kCuda;
  const absl::Status elsewhere = RunPpo(MakeRun(dir.path() + "/elsewhere", config), stop);
  CHECK(Contains(std::string(elsewhere.message()), "learner.device: expected cpu"));
  const absl::Status recorded = Train(MakeRun(dir.path() + "/other", SmallConfig()), "/tmp", stop);
  CHECK(Contains(std::string(recorded.message()), "--record"));
}

}  // namespace
}  // namespace hod::engine
