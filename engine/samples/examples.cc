#include "engine/samples/examples.h"

#include <algorithm>

#include "env/game/action_mask.h"
#include "mcts/human_actions.h"

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

namespace {

// What a distribution says of the valid actions; empty if it says nothing of them. People's
// recordings hold actions that the rules do not know, and players may try what the mask rules out.
env::ActionDistribution Among(const std::vector<int32_t>& valid,
                              const env::ActionDistribution& distribution) {
  env::ActionDistribution among;
  float sum = 0;
  for (const auto& entry : distribution) {
    if (!std::binary_search(valid.begin(), valid.end(), entry.first)) continue;
    among.push_back(entry);
    sum += entry.second;
  }
  if (among.size() == distribution.size()) return distribution;
  for (auto& [id, probability] : among) probability /= sum;
  return among;
}

}  // namespace

void AddExamples(const env::GameConfig& config, const Fragment& fragment,
                 absl::Span<const float> value_targets, int begin, int count,
                 const SymmetryParts& parts, Batch& batch) {
  const env::Game game = GameOf(config, fragment);
  const Symmetry symmetry(config, game.actions(), parts);
  const env::Game changed(config, symmetry.Apply(game.goal()), fragment.global_timestep);
  env::State state = StateAt(game, fragment, begin);
  std::vector<env::Action> actions(game.num_players());
  std::vector<int32_t> valid;
  for (int t = begin; t < begin + count; ++t) {
    const Timestep& step = fragment.steps[t];
    // These are of the position as it was played, so that the search policy stays within them.
    env::ValidActions(game, state, fragment.assistant, /*line_of_sight=*/true, valid);
    const auto& scene = batch.scenes.emplace_back(
        std::make_unique<const Batch::Scene>(Batch::Scene{changed, symmetry.Apply(state)}));
    models::Example& example = batch.examples.emplace_back();
    example.position = {&scene->game, &scene->state, fragment.assistant};
    example.valid_actions = symmetry.Actions(valid);
    example.search_policy = symmetry.Apply(Among(valid, step.search_policy));
    if (!step.human_policy.empty()) {
      mcts::HumanActions({&game, &state, fragment.assistant}, valid);
      example.human_actions = symmetry.Actions(valid);
      example.human_policy = symmetry.Apply(Among(valid, step.human_policy));
    }
    example.value = value_targets[t];
    example.goal = scene->game.goal();
    if (t + 1 == begin + count) break;
    for (size_t p = 0; p < actions.size(); ++p) {
      actions[p] = game.actions().Unflatten(step.actions[p]);
    }
    game.Step(state, actions);
  }
}

}  // namespace hod::engine
