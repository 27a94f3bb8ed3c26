#include "engine/play/believer.h"

#include "env/base/random.h"

namespace hod::engine {
namespace {

double DrawThreshold(const BeliefPlay& play, uint64_t seed) {
  Rng rng(seed);
  return play.thresholds[rng.Below(static_cast<int>(play.thresholds.size()))];
}

}  // namespace

Believer::Believer(const env::Game& game, int player, const BeliefPlay& play, uint64_t seed)
    : moves_per_belief_(play.moves_per_belief),
      walker_(game, player, DrawThreshold(play, seed), /*waits=*/true),
      position_{&game, nullptr, player} {}

const mcts::Position* Believer::NextLeaf(const env::State& state) {
  if (moves_left_ > 0) return nullptr;
  position_.state = &state;
  return &position_;
}

void Believer::Deliver(const mcts::Evaluation& evaluation) {
  walker_.Believe(evaluation.goal_logits);
  position_.memory = evaluation.memory;
  moves_left_ = moves_per_belief_;
}

env::Action Believer::Act(const env::State& state) {
  --moves_left_;
  return walker_.Act(state);
}

}  // namespace hod::engine
