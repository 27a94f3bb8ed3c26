// What trainers have in common, for code that runs a training without knowing the algorithm or the
// architecture.
//
//                     ResumableTrainer   ExampleTrainer
//   Trainer                  x                  x        trainer.h
//   PpoTrainer               x                           ppo_trainer.h
//   ReferenceTrainer                            x        models/reference/trainer.h
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/training/example.h"
#include "models/training/trainer_state.h"

namespace hod::models {

// A trainer whose run can stop and go on: a checkpoint of its state is all that it needs.
class ResumableTrainer {
 public:
  virtual ~ResumableTrainer() = default;

  // Gradient steps made, including those before the run was resumed.
  virtual int64_t steps() const = 0;
  virtual TrainerState state() const = 0;
  // Says that others now act with the present parameters (TrainerState::Acting()), as they do once
  // a checkpoint is written.
  virtual void MarkPublished() = 0;
};

// What one step can change about the objective.
struct StepConfig {
  double learning_rate = 1e-3;
  double goal_kl_weight = 0.0;  // k: price of moving the goal prediction since MarkPublished().
};

// Refuses what is negative or not finite.
absl::Status Validate(const StepConfig& step);

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
  double human_cross_entropy = 0;  // True distribution against the predicted one.
  double human_accuracy = 0;  // Probability that the other player takes the action predicted first.
  double policy_entropy = 0;  // Entropy of the predicted policy among valid actions.
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

// A trainer that learns from examples of play, by the losses of AssistanceZero.
class ExampleTrainer {
 public:
  virtual ~ExampleTrainer() = default;

  // Does beforehand what Step() with these examples need not wait for. May be called beside a
  // Step() with others, by one thread; the examples stay where they are until their own Step().
  // Refuses what that would.
  virtual absl::Status Prepare(absl::Span<const Example>) { return absl::OkStatus(); }

  // One update. Games of all examples must be of one world size and action space. An example that
  // contradicts its game, a loss or a gradient that is not finite are errors, which name the
  // example and change nothing.
  virtual absl::StatusOr<Losses> Step(absl::Span<const Example> examples,
                                      const StepConfig& step) = 0;

  // Errors of the network that acts. Refuses examples as Step() does.
  virtual absl::StatusOr<std::vector<ExampleErrors>> Errors(
      absl::Span<const Example> examples) const = 0;
};

}  // namespace hod::models
