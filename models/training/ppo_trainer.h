// Proximal policy optimisation (Schulman et al. 2017) of a network's policy and value on its own
// play, for actions on two levels: first a type, then one of its blocks and locations.
//
// The network's softmax over all valid actions is the product of both levels: the probability of a
// type is the sum over its actions, and within the type the actions share it. Ratios are of the
// product; the entropies of the levels are priced apart, for types are few and actions of a type
// may be hundreds.
//
// Two auxiliary losses teach an assistant, who does not see the goal, about it: the goal's cross
// entropy, and the place-block loss, which is the cross entropy of the goal's block among the
// blocks that may be placed at a voxel, over the voxels where the goal's may.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "env/base/random.h"
#include "mcts/evaluator.h"
#include "models/network/network.h"
#include "models/network/precision.h"
#include "models/training/trainable.h"

namespace hod::models {

struct PpoTrainerConfig {
  double clip = 0.2;          // Ratios beyond 1 +- clip earn nothing more.
  double target_kl = 0.02;    // An update ends at a minibatch that is farther; 0: never.
  double value_weight = 0.5;  // Weight of the squared error of the value.
  double goal_weight = 0;     // Weight of the goal's cross entropy.
  double max_gradient_norm = 0.5;
  int epochs = 3;  // Over the samples of an update, at most.
  int minibatch = 128;
  int threads = 1;  // Used by an update, of at least 1.
  // Both passes of the network compute in this precision; Adam has floats.
  Precision precision = MultipliesBfloat16() ? Precision::kBfloat16 : Precision::kFloat32;
};

// One action of the network's own play.
struct PpoSample {
  mcts::Position position;    // Borrowed, with its valid actions.
  int32_t action = 0;         // Flat id, one of the valid ones.
  float log_probability = 0;  // The action's when it was drawn.
  float advantage = 0;
  float value_target = 0;
};

// What may change from update to update.
struct PpoUpdate {
  double learning_rate = 1e-3;
  double type_entropy = 0;                  // Bonus per nat of entropy over the types.
  double location_entropy = 0;              // The same within the type, averaged over the types.
  double place_block_weight = 0;            // Weight of the place-block loss.
  Rng shuffle{};                            // Draws the order of samples.
  const std::atomic<bool>* stop = nullptr;  // Once true, ends the update before the next step.
};

// Means over the samples of an update's minibatches, each from before its step.
struct PpoLosses {
  double total = 0;
  double policy = 0;        // The clipped objective, with advantages normalised over the update.
  double value = 0;         // Squared error.
  double type_entropy = 0;  // Entropy in nats.
  double location_entropy = 0;
  double goal = 0;           // Cross entropy, mean over voxels; 0 without weight.
  double place_block = 0;    // Cross entropy, mean over its voxels; 0 without weight.
  double kl = 0;             // KL(policy that played || present one), estimated from the actions.
  double clip_fraction = 0;  // Share of samples beyond the clip.
  double gradient_norm = 0;  // Before clipping, of the minibatches that made a step.
  int steps = 0;             // Gradient steps made.
};

// What the network says of a sample at present.
struct PpoEvaluation {
  double log_probability = 0;
  double type_entropy = 0;
  double location_entropy = 0;
  double value = 0;
};

// There is no average of parameters. MarkPublished() changes nothing: the clip holds an update
// close to what played, and state() publishes always.
class PpoTrainer : public ResumableTrainer {
 public:
  // Learns from a rollout. Games of all samples must be of one world size and action space. A
  // sample that contradicts its game, a loss or a gradient that is not finite are errors; the first
  // changes nothing.
  virtual absl::StatusOr<PpoLosses> Update(absl::Span<const PpoSample> samples,
                                           const PpoUpdate& update) = 0;

  virtual absl::StatusOr<std::vector<PpoEvaluation>> Evaluate(
      absl::Span<const PpoSample> samples) const = 0;

  virtual Network network() const = 0;
};

// Requires a valid network and vectors of its size. Fails where LoadTorchLibrary() does.
absl::StatusOr<std::unique_ptr<PpoTrainer>> MakePpoTrainer(const TrainerState& state,
                                                           const PpoTrainerConfig& config);

}  // namespace hod::models
