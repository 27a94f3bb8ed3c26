// Training of a network on examples of play: the losses of AssistanceZero (Laidlaw et al. 2025,
// Section 4), Adam, and an average of what it comes to.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/network/network.h"
#include "models/network/precision.h"
#include "models/training/example.h"

namespace hod::models {

struct LossWeights {
  double value = 0.01;
  double goal = 3.0;
  double human = 1.0;
};

struct TrainerConfig {
  LossWeights weights{};
  double max_gradient_norm = 10.0;
  // Of an exponential moving average of the parameters, which then acts in their place; 0: none.
  double ema_decay = 0;
  // Share of the inputs and outputs of the hidden layer that a step leaves out (ForwardPass).
  double dropout = 0;
  uint64_t seed = 0;                         // Of dropout.
  int threads = 1;                           // Used by a step, of at least 1.
  Precision precision = FastestPrecision();  // Of the forward and backward pass; Adam has floats.
};

// All that a training run must remember of its network, as plain values.
struct TrainerState {
  Network network;                  // What is trained.
  std::vector<float> average;       // Of its parameters, if there is an average; else empty.
  std::vector<float> published;     // What acted at the last MarkPublished().
  std::vector<float> first_moment;  // Adam's; all of the size of network.parameters.
  std::vector<float> second_moment;
  int64_t steps = 0;

  // The network that acts: the average, if there is one.
  Network Acting() const;
};

// The state before the first step.
TrainerState InitialTrainerState(Network network);

// What one step can change about the objective.
struct StepConfig {
  double learning_rate = 1e-3;
  double goal_kl_weight = 0.0;  // k: price of moving the goal prediction since MarkPublished().
};

// Losses and metrics over the batch of one step, from before its update. Those of which no example
// has a part are 0.
struct Losses {
  double total = 0;
  double policy = 0;   // Cross entropy to the search policy, among valid actions, in nats.
  double value = 0;    // Squared error.
  double goal = 0;     // Cross entropy, mean over cells.
  double goal_kl = 0;  // KL(published prediction || new one), mean over cells.
  double human = 0;    // KL(true distribution || predicted one).

  double goal_recall = 0;     // Share of cells that must still change and whose goal is predicted.
  double goal_precision = 0;  // Share of rightly predicted cells where a change is predicted.
  double human_cross_entropy = 0;  // Of the true distribution and the predicted one.
  double human_accuracy = 0;  // Probability that the other player takes the action predicted first.
  double policy_entropy = 0;  // Of the predicted policy among valid actions.
  double gradient_norm = 0;   // Before clipping.
};

// What a network gets wrong on one example.
struct ExampleErrors {
  double goal = 0;         // Cross entropy, mean over cells, in nats.
  double value = 0;        // Squared error.
  bool has_human = false;  // Whether the example has a human policy; if not, both below are 0.
  double human = 0;        // Cross entropy of the true distribution and the predicted one.
  double human_hit = 0;    // Probability that the other player takes the action predicted first.
};

class Trainer {
 public:
  // Requires a valid network and vectors of its size.
  Trainer(const TrainerState& state, const TrainerConfig& config);
  ~Trainer();

  // One update. Games of all examples must be of one world size and action space. An example that
  // contradicts its game, a loss or a gradient that is not finite are errors, which name the
  // example and change nothing.
  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, const StepConfig& step);

  // Says that the present parameters are those that now make predictions: the next steps hold the
  // goal prediction close to theirs.
  void MarkPublished();

  // Errors of the network that acts. Refuses examples as Step() does.
  absl::StatusOr<std::vector<ExampleErrors>> Errors(absl::Span<const Example> examples) const;

  Network network() const;
  TrainerState state() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hod::models
