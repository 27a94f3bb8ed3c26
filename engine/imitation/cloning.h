// Behaviour cloning: a network that sees the goal learns what people do (Laidlaw et al. 2025,
// "Human models").
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/imitation/recorded_people.h"
#include "engine/samples/examples.h"
#include "env/base/random.h"
#include "models/network/network.h"

namespace hod::engine {

// A cloning as its file describes it (configs/clones/people.toml). How long to train is fixed
// there: nobody looks at those who are held out to decide it.
struct CloningConfig {
  int seed = 1;
  int channels = 16, blocks = 3;
  int epochs = 4;  // Passes over the decisions.
  int batch = 32;  // Decisions of a gradient step.
  double learning_rate = 2e-3;
  double final_learning_rate = 1e-4;  // The rate falls linearly to this.
  double dropout = 0;                 // models::TrainerConfig.
  double ema_decay = 0;
  bool mirror = true;          // Mirror and swap every example at random.
  bool permute_blocks = true;  // Rename the placeable types at random in every example.
  // The path of the network that learning begins from, as one that knows how a simulated human
  // builds; empty: a random one.
  std::string initial;

  models::NetworkConfig network() const {
    return {.channels = channels, .blocks = blocks, .goal_visible = true};
  }
};

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<CloningConfig> LoadCloningConfig(const std::string& path);

nlohmann::json ToJson(CloningConfig config);

// A Markdown table of all settings.
std::string DescribeCloningConfig();

// The network that learning begins from. Errors name the file and what was expected.
absl::StatusOr<models::Network> InitialClone(const CloningConfig& config);

// Appends a decision as an example of the human's policy, changed by `parts`.
void AddExample(const DecisionRef& decision, Protocol protocol, const SymmetryParts& parts,
                Batch& batch);

struct Clone {
  models::Network network;
  std::vector<double> losses;  // Cross entropy in training, mean over each epoch, in nats.
};

// Trains `initial` on `decisions` (at least one batch), on the calling thread. A function of
// config, initial network and decisions alone. `report` is called with every batch's size.
// Cancelled when `stop` is set.
absl::StatusOr<Clone> TrainClone(const CloningConfig& config, models::Network initial,
                                 std::vector<DecisionRef> decisions, Protocol protocol,
                                 const std::function<void(int)>& report,
                                 const std::atomic<bool>& stop);

}  // namespace hod::engine
