// Architectures against each other: the same recorded play, as many passes over it, and then what
// each gets wrong on episodes it has not seen, beside what an evaluation costs.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/studies/study_data.h"
#include "models/network/network.h"
#include "models/reference/config.h"

namespace hod::engine {

// A study as its file describes it (configs/network_study.toml).
struct StudiedNetwork {
  std::string name;
  // Hod's, or one of the reference's convolutional ones.
  std::variant<models::NetworkConfig, models::ReferenceConfig> config;
  double ema_decay = 0;  // Hod's only.
  double learning_rate = 1e-3;
  double final_learning_rate = 1e-4;  // The rate falls linearly to this.
};

struct NetworkStudy {
  std::string baseline;  // The network that all are compared with, in pairs of episodes.
  DataOptions data;
  int batch_sequences = 2;  // Sequences of a gradient step.
  int epochs = 1;           // Passes over the data.
  bool mirror = true;       // Mirror and swap sequences at random.
  int warm_up = 8;       // Timesteps of held-out sequences that fill memories and are not counted.
  int speed_batch = 16;  // Positions of an evaluation whose speed is measured...
  int speed_rounds = 5;  // ...so often, in turns with the other networks.
  std::vector<StudiedNetwork> networks;
};

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<NetworkStudy> LoadNetworkStudy(const std::string& path);

// Tables of all settings, in Markdown.
std::string DescribeNetworkStudy();

// Means over the counted timesteps of one held-out episode.
struct EpisodeErrors {
  double goal = 0;       // Cross entropy, mean over voxels, in nats.
  double human = 0;      // Cross entropy of the human's next action, in nats.
  double value = 0;      // Squared error.
  double human_hit = 0;  // Share of actions that were predicted first.
};

struct StudiedResult {
  std::string name;
  int64_t num_parameters = 0;
  double training_seconds = 0;
  std::vector<double> training_losses;  // Total loss of every step.
  // Keyed by source, then by episode.
  std::map<std::string, std::map<std::string, EpisodeErrors>> errors;
  std::vector<double> evaluations_per_second;  // One thread, one entry a round.
};

// Trains and judges every network, then measures their speed. Results go to `directory`, and those
// found there that were made by the same settings on the same data are reused, all but the speed.
absl::StatusOr<std::vector<StudiedResult>> RunNetworkStudy(const NetworkStudy& study,
                                                           const std::vector<PlaySource>& sources,
                                                           const std::string& directory,
                                                           const std::atomic<bool>& stop);

}  // namespace hod::engine
