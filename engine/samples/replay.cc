#include "engine/samples/replay.h"

#include <algorithm>
#include <utility>

#include "env/game/action_mask.h"

namespace hod::engine {

std::vector<float> ValueTargets(const Fragment& fragment, double gamma) {
  std::vector<float> targets(fragment.steps.size());
  double value = fragment.bootstrap_value;
  for (size_t t = targets.size(); t-- > 0;) {
    value = fragment.steps[t].reward + gamma * value;
    targets[t] = static_cast<float>(value);
  }
  return targets;
}

void ReplayWindow::Add(Fragment fragment) {
  std::vector<float> targets = ValueTargets(fragment, options_.gamma);
  const auto steps = static_cast<int64_t>(targets.size());
  entries_.push_back({std::move(fragment), std::move(targets), end_});
  end_ += steps;
  while (entries_.size() > 1 && num_timesteps() > options_.capacity) entries_.pop_front();
}

Batch ReplayWindow::Sample(int count, env::Rng& rng) const {
  Batch batch;
  batch.scenes.reserve(count);
  batch.examples.reserve(count);
  for (int i = 0; i < count; ++i) {
    const int64_t number = begin() + rng.Below(static_cast<int>(num_timesteps()));
    const auto entry =
        std::prev(std::upper_bound(entries_.begin(), entries_.end(), number,
                                   [](int64_t n, const Entry& e) { return n < e.begin; }));
    AddExample(*entry, static_cast<int>(number - entry->begin), rng, batch);
  }
  return batch;
}

void ReplayWindow::AddExample(const Entry& entry, int t, env::Rng& rng, Batch& batch) const {
  const Fragment& fragment = entry.fragment;
  env::Game game = GameOf(config_, fragment);
  env::State state = StateAt(game, fragment, t);
  std::vector<int32_t> valid;
  // Of the position as it was played, so that the search policy stays within them.
  env::ValidActions(game, state, fragment.assistant, /*line_of_sight=*/true, valid);

  SymmetryParts parts;
  if (options_.mirror) parts = RandomMirroring(config_, rng);
  if (rng.Chance(options_.permute_blocks)) parts.blocks = RandomBlockPermutation(rng);
  const Symmetry symmetry(config_, game.actions(), parts);
  const auto& scene = batch.scenes.emplace_back(std::make_unique<const Batch::Scene>(
      Batch::Scene{env::Game(config_, symmetry.Apply(game.goal()), fragment.global_timestep),
                   symmetry.Apply(state)}));

  const Timestep& step = fragment.steps[t];
  models::Example& example = batch.examples.emplace_back();
  example.position = {&scene->game, &scene->state, fragment.assistant};
  example.valid_actions = symmetry.Actions(valid);
  example.search_policy = symmetry.Apply(step.search_policy);
  example.human_policy = symmetry.Apply(step.human_policy);
  example.value = entry.value_targets[t];
  example.goal = scene->game.goal();
}

}  // namespace hod::engine
