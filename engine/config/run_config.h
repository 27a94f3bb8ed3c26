// Everything a run is made of, declared once: fields.cc lists every setting with its key, range and
// meaning, and parsing, defaults, validation, `hod config` and docs/configuration.md follow from
// that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/game/config.h"
#include "env/game/roles.h"
#include "mcts/options.h"
#include "models/backends/make_evaluator.h"
#include "models/network/network.h"
#include "models/training/optimizer.h"

namespace hod::engine {

struct SelfPlayConfig {
  int workers = 1;                    // Processes.
  int threads = 0;                    // Threads of a process; 0: as ThreadsOf() says.
  int games = 16;                     // Games a worker plays at once,
  int batch = 8;                      // and of them those that ask for evaluations together.
  double full_search_fraction = 1.0;  // Share of moves searched in full and learnt from.
  int fast_simulations = 1;           // Simulations of the other moves.
  int fragment_length = 64;           // Timesteps.
  int shard_timesteps = 4096;         // A shard is completed after so many timesteps...
  double shard_seconds = 20;          // ...or so many seconds.
  double kept_share = 1;              // Share of fragments that are learnt from.
  double idle_share = 0;              // Share of episodes whose assistant does nothing.
  int moves_per_belief = 1;           // For which the assistant kBelief acts on one evaluation.
  // How sure it is of what it does; every episode draws one.
  std::vector<double> thresholds = {0.6, 0.7, 0.8, 0.9};
};

// Assistants that play with the network being trained: by searches, or by carrying out what it
// believes (env/players/belief_walker.h).
inline constexpr char kSearch[] = "search";
inline constexpr char kBelief[] = "belief";

inline constexpr char kRandomNetwork[] = "random";

inline constexpr char kSelfPlay[] = "self-play";

enum class Algorithm { kAlphaZero, kPpo };

struct LearnerConfig {
  Algorithm algorithm = Algorithm::kAlphaZero;
  std::string initial = kRandomNetwork;  // Or the checkpoint of a network to begin with.
  std::string samples = kSelfPlay;       // Or a folder of shards (engine/samples/recorded_play.h).
  models::Device device = models::Device::kCpu;
  models::PrecisionChoice precision = models::PrecisionChoice::kAuto;
  int threads = 0;            // As ThreadsOf() says.
  int learners = 1;           // Processes that learn together (models/training/collective.h).
  double peer_seconds = 120;  // One that does not answer the others for so long is lost.
  int batch_size = 64;        // Each learner's.
  models::OptimizerKind optimizer = models::OptimizerKind::kAdam;
  double learning_rate = 1e-3;
  double final_learning_rate = 1e-3;
  double value_weight = 0.01;
  double goal_weight = 3.0;
  double human_weight = 1.0;
  double goal_kl_weight = 30.0;  // At the end of training; rises linearly from 0.
  double max_gradient_norm = 10.0;
  double ema_decay = 0;
  int64_t window = 262144;         // Timesteps in the replay windows of all.
  int64_t start_timesteps = 4096;  // Learning starts with so many.
  double passes = 4;               // How often a timestep is learnt from, on average, at most.
  double min_passes = 0;           // And at least, or self-play waits.
  bool mirror = true;
  double permute_blocks = 0;
  double checkpoint_seconds = 30;
  int keep_checkpoints = 20;    // The newest, and the first of every doubling of steps; 0: all.
  int64_t max_steps = 1000000;  // Training ends after so many steps...
  double max_minutes = 0;  // ...or so many minutes of learning, restarts included; 0: no limit.

  // Positions of a gradient step, of all learners together.
  int64_t StepSize() const { return int64_t{batch_size} * learners; }
};

// The settings of learner.algorithm = "ppo".
struct PpoSettings {
  int environments = 16;
  int rollout_length = 64;  // Timesteps in each environment between updates.
  int epochs = 2;
  double clip = 0.2;
  double gae_lambda = 0.95;
  double target_kl = 0.03;
  env::Schedule type_entropy = 0.01;
  env::Schedule location_entropy = 0.01;
  env::Schedule place_block_weight = 0.0;
};

struct EvaluationConfig {
  std::string goals = "generated";
  int episodes = 50;
  int64_t seed = 1000;
  int simulations = 20;
  bool greedy = true;          // Plays the best action; else draws from the policy.
  double threshold = 0.85;     // How sure a belief is before it is carried out.
  bool mirror_images = false;  // Averages it over mirror images of the world.
  int threads = 0;             // 0: as many as this process may run at once.
};

struct RunConfig {
  int64_t seed = 1;
  env::GameConfig game;
  std::string goals = "generated";
  std::string human = "heuristic";
  // Who plays the assistant that is learnt from: kSearch, kBelief, or a player as for `human`. By
  // PPO an assistant plays its policy, and this stays kSearch.
  std::string assistant = kSearch;
  int player = env::kAssistant;  // Whose play is learnt: a human is a builder alone, sees the goal.
  models::NetworkConfig network;
  models::BackendOptions backend;  // Used by self-play, evaluation and explanation.
  mcts::SearchOptions search;
  bool look_back = false;    // Searches grow careful where their edits were wrong.
  bool reuse_tree = false;   // A search goes on from the subtree of the moves that were played.
  int cached_positions = 0;  // Whose evaluations are remembered; 0: none.
  SelfPlayConfig selfplay;
  LearnerConfig learner;
  PpoSettings ppo;
  EvaluationConfig evaluation;

  RunConfig();  // The paper's game: the human sees the goal, the assistant doesn't.

  // Self-play processes that take part in training: none where PPO plays what it learns from, or
  // recorded play is learnt from.
  int NumWorkers() const;
  // The game of self-play: a builder whose play is learnt is alone in it.
  env::GameConfig PlayedGame() const;
};

// How the threads that this process may run at once are shared between learning and self-play,
// unless the settings say: learning gets a quarter, which all learners share. Where networks are
// computed on a GPU, self-play gets twice the rest, since half of its threads wait for the GPU.
struct ThreadShares {
  int learner, selfplay;  // For each learner, and for each self-play process; at least 1.
};
ThreadShares ThreadsOf(const RunConfig& config, int available);

// Reads a TOML file over the defaults, then applies `overrides` ("key=value", in TOML's syntax for
// values; a bare word is a string). Errors name file and line or the override, the key, and what
// was expected.
absl::StatusOr<RunConfig> LoadRunConfig(const std::string& path,
                                        const std::vector<std::string>& overrides);
absl::StatusOr<RunConfig> ParseRunConfig(const std::string& text, const std::string& source);
absl::Status Override(RunConfig& config, const std::string& assignment);

// Fills in what follows from other settings, and checks what has to hold of them together. Errors
// name the key.
absl::Status Complete(RunConfig& config);

// Every setting, in TOML that LoadRunConfig() reads back to the same config.
std::string ToToml(const RunConfig& config);

// The keys whose values differ, as "key: 1 here, 2 there".
std::vector<std::string> Differences(const RunConfig& here, const RunConfig& there);

// A Markdown table of all settings: key, default, range, meaning.
std::string DescribeSettings();

}  // namespace hod::engine
