#include "engine/samples/mirrored_beliefs.h"

#include <algorithm>
#include <cmath>

#include "env/base/status.h"
#include "env/game/goal_belief.h"

namespace hod::engine {
namespace {

// Adds the softmax over blocks of `logits`, whose voxel i is at `locations(i)`, to `sums`. Both are
// [kNumBlocks][volume].
template <typename Locations>
void AddProbabilities(absl::Span<const float> logits, const Locations& locations,
                      std::vector<float>& sums) {
  const int volume = static_cast<int>(logits.size()) / env::kNumBlocks;
  for (int i = 0; i < volume; ++i) {
    const env::GoalDistribution p = env::Softmax(env::LogitsAt(logits, volume, locations(i)));
    for (int b = 0; b < env::kNumBlocks; ++b) sums[b * volume + i] += p[b];
  }
}

}  // namespace

MirroredBeliefs::MirroredBeliefs(mcts::Evaluator* inner, const env::GameConfig& config)
    : inner_(inner) {
  const env::ActionSpace actions(config);
  for (int change = 1; change < 8; ++change) {
    SymmetryParts parts;
    parts.mirror_x = (change & 1) != 0;
    parts.mirror_z = (change & 2) != 0;
    parts.swap_xz = (change & 4) != 0;
    if (parts.mirror_x && !Symmetry::CanMirrorX(config)) continue;
    if (parts.swap_xz && !Symmetry::CanSwap(config)) continue;
    symmetries_.emplace_back(config, actions, parts);
  }
}

absl::Status MirroredBeliefs::Evaluate(absl::Span<const mcts::Position> positions,
                                       absl::Span<mcts::Evaluation> evaluations) {
  RETURN_IF_ERROR(inner_->Evaluate(positions, evaluations));
  const size_t images = symmetries_.size();
  std::vector<env::State> states;
  states.reserve(positions.size() * images);
  std::vector<mcts::Position> mirrored;
  for (const mcts::Position& position : positions) {
    for (const Symmetry& symmetry : symmetries_) {
      states.push_back(symmetry.Apply(*position.state));
      mirrored.push_back({position.game, &states.back(), position.player});
    }
  }
  std::vector<mcts::Evaluation> others(mirrored.size());
  RETURN_IF_ERROR(inner_->Evaluate(mirrored, absl::MakeSpan(others)));
  for (size_t k = 0; k < positions.size(); ++k) {
    std::vector<float>& logits = evaluations[k].goal_logits;
    std::vector<float> sums(logits.size(), 0.0f);
    AddProbabilities(
        logits, [](int i) { return i; }, sums);
    for (size_t s = 0; s < images; ++s) {
      AddProbabilities(
          others[k * images + s].goal_logits, [&](int i) { return symmetries_[s].Location(i); },
          sums);
    }
    for (size_t i = 0; i < sums.size(); ++i) {
      logits[i] = std::log(std::max(sums[i] / static_cast<float>(images + 1), 1e-30f));
    }
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
