#include "env/players/posterior_walker.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace hod::env {
namespace {

// Share of edits that do not bring the world nearer to the goal: slips, scaffolds, passages.
constexpr double kSlips = 0.05;
// Goals that are less likely add nothing to a belief.
constexpr double kNegligible = 1e-6;

bool BringsNearer(const std::vector<Block>& goal, Block before, int location, Block after) {
  return after == kAir ? goal[location] != before : goal[location] == after;
}

}  // namespace

GoalPosterior::GoalPosterior(std::shared_ptr<const std::vector<std::vector<Block>>> goals)
    : goals_(std::move(goals)),
      probabilities_(goals_->size(), 1.0 / static_cast<double>(goals_->size())) {}

void GoalPosterior::Observe(const std::vector<Block>& before, int location, Block after) {
  const auto volume = static_cast<double>(before.size());
  for (size_t k = 0; k < goals_->size(); ++k) {
    if (probabilities_[k] == 0) continue;
    const std::vector<Block>& goal = (*goals_)[k];
    if (!BringsNearer(goal, before[location], location, after)) {
      probabilities_[k] *= kSlips / (volume * kNumBlocks);
      continue;
    }
    int left = 0;
    for (size_t i = 0; i < goal.size(); ++i) left += goal[i] != before[i];
    probabilities_[k] *= (1 - kSlips) / left;
  }
  const double sum = std::accumulate(probabilities_.begin(), probabilities_.end(), 0.0);
  for (double& p : probabilities_) p /= sum;
}

std::vector<float> GoalPosterior::Logits() const {
  const size_t volume = goals_->front().size();
  std::vector<float> logits(kNumBlocks * volume, 0.0f);
  for (size_t k = 0; k < goals_->size(); ++k) {
    if (probabilities_[k] < kNegligible) continue;
    const std::vector<Block>& goal = (*goals_)[k];
    for (size_t i = 0; i < volume; ++i) {
      logits[goal[i] * volume + i] += static_cast<float>(probabilities_[k]);
    }
  }
  for (float& logit : logits) logit = std::log(std::max(logit, static_cast<float>(kNegligible)));
  return logits;
}

PosteriorWalker::PosteriorWalker(const Game& game, int player,
                                 std::shared_ptr<const std::vector<std::vector<Block>>> goals,
                                 double threshold)
    : game_(game),
      player_(player),
      posterior_(std::move(goals)),
      walker_(game, player, threshold, /*waits=*/true) {
  walker_.Believe(posterior_.Logits());
}

const ActionDistribution& PosteriorWalker::NextAction(const State& state) {
  if (decided_) return distribution_;
  decided_ = true;
  bool edited = false;
  for (size_t i = 0; i < seen_.size(); ++i) {
    const int editor = state.last_interacted[i];
    if (state.blocks[i] == seen_[i] || editor == player_ || editor == kNobody) continue;
    posterior_.Observe(seen_, static_cast<int>(i), state.blocks[i]);
    edited = true;
  }
  if (edited) walker_.Believe(posterior_.Logits());
  seen_ = state.blocks;
  distribution_ = {{game_.actions().Flatten(walker_.Act(state)), 1.0f}};
  return distribution_;
}

}  // namespace hod::env
