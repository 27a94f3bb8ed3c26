// Turns fragments into what networks learn from: positions played again, changed by the symmetries
// of the world.
#pragma once

#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "engine/samples/fragment.h"
#include "engine/samples/symmetry.h"
#include "models/training/example.h"

namespace hod::engine {

// Discounted return from each step to the end of the fragment, [steps]:
// G_t = reward_t + gamma G_{t+1}, with bootstrap_value after the last step.
std::vector<float> ValueTargets(const Fragment& fragment, double gamma);

// Examples, with the games and states they point into.
struct Batch {
  struct Scene {
    env::Game game;
    env::State state;
  };
  std::vector<std::unique_ptr<const Scene>> scenes;
  std::vector<models::Example> examples;  // examples[i] borrows from scenes[i].
};

// Appends the steps [begin, begin + count) of a fragment of the game `config`, all changed alike:
// the assistant's positions with its valid actions (with line of sight). `value_targets` is
// [steps].
void AddExamples(const env::GameConfig& config, const Fragment& fragment,
                 absl::Span<const float> value_targets, int begin, int count,
                 const SymmetryParts& parts, Batch& batch);

}  // namespace hod::engine
