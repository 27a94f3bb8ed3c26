#include "models/training/example_losses.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "env/game/actions.h"

namespace hod::models {
namespace {

using Array = Eigen::ArrayXf;
using GoalPlanes = Eigen::Array<float, env::kNumBlocks, Eigen::Dynamic, Eigen::RowMajor>;
// The same of rows, whose voxels are columns.
using GoalColumns = Eigen::Array<float, env::kNumBlocks, Eigen::Dynamic>;
using GoalRows = Eigen::Map<GoalColumns, 0, Eigen::OuterStride<kGoalRow>>;
using ConstGoalRows = Eigen::Map<const GoalColumns, 0, Eigen::OuterStride<kGoalRow>>;

double LogSumExp(const Array& x) {
  const float highest = x.maxCoeff();
  return highest + std::log((x - highest).exp().sum());
}

// A head's predicted distribution over some actions.
struct ActionPrediction {
  // A channel whose action has no location: its log of the sum of exponentials is entry `entry`.
  struct Everywhere {
    Eigen::Index entry;
    int channel;
    Array logits;  // [volume]
    double log_sum;
  };

  ActionPrediction(const NetworkPass& pass, int first_channel, const env::ActionSpace& actions,
                   absl::Span<const int32_t> ids)
      : log_probability(static_cast<Eigen::Index>(ids.size())), index(ids.size()) {
    const int volume = actions.volume();
    actions.ForEach(ids, [&](size_t i, const env::Action& action) {
      const int channel = first_channel + env::ChannelOf(action);
      const auto entry = static_cast<Eigen::Index>(i);
      if (env::HasLocation(action.type)) {
        index[i] = action.location * kActionRow + channel;
        log_probability[entry] = pass.actions()[index[i]];
        return;
      }
      Everywhere all{entry, channel, Array(volume), 0};
      for (int v = 0; v < volume; ++v) all.logits[v] = pass.actions()[v * kActionRow + channel];
      all.log_sum = LogSumExp(all.logits);
      index[i] = -1;
      log_probability[entry] = static_cast<float>(all.log_sum);
      everywhere.push_back(std::move(all));
    });
    log_probability -= static_cast<float>(LogSumExp(log_probability));
  }

  Array log_probability;       // One entry an action.
  std::vector<int32_t> index;  // Where its logit stands; -1 for those without a location.
  std::vector<Everywhere> everywhere;
};

// The distribution as one entry for each of `ids`, which hold all of its actions.
Array Dense(const env::ActionDistribution& distribution, absl::Span<const int32_t> ids) {
  Array dense = Array::Zero(static_cast<Eigen::Index>(ids.size()));
  size_t i = 0;
  for (const auto& [id, probability] : distribution) {
    while (ids[i] < id) ++i;
    dense[static_cast<Eigen::Index>(i)] = probability;
  }
  return dense;
}

// Adds `scale` times the gradient of the cross entropy of `truth` and the prediction.
void AddActionGradient(const ActionPrediction& prediction, const Array& truth, double scale,
                       absl::Span<float> gradient) {
  const Array slope =
      static_cast<float>(scale) * (prediction.log_probability.exp() * truth.sum() - truth);
  for (size_t i = 0; i < prediction.index.size(); ++i) {
    if (prediction.index[i] >= 0) {
      gradient[prediction.index[i]] += slope[static_cast<Eigen::Index>(i)];
    }
  }
  for (const ActionPrediction::Everywhere& all : prediction.everywhere) {
    const Array shares = slope[all.entry] * (all.logits - static_cast<float>(all.log_sum)).exp();
    for (Eigen::Index v = 0; v < shares.size(); ++v) {
      gradient[v * kActionRow + all.channel] += shares[v];
    }
  }
}

// Where the gradient goes, and what the losses count for in it.
struct GradientOut {
  const LossScales& scales;
  NetworkPass& pass;
};

void AddPolicy(const Example& example, const NetworkPass& pass, const GradientOut* out,
               LossTotals& losses) {
  if (example.search_policy.empty()) return;
  const ActionPrediction prediction(pass, 0, example.position.game->actions(),
                                    example.valid_actions);
  const Array truth = Dense(example.search_policy, example.valid_actions);
  const Array& log = prediction.log_probability;
  losses.policy = -(truth * log).sum();
  losses.policy_entropy = -(log.exp() * log).sum();
  if (out == nullptr) return;
  AddActionGradient(prediction, truth, out->scales.policy, out->pass.action_gradient());
}

void AddHuman(const Example& example, const NetworkPass& pass, const GradientOut* out,
              LossTotals& losses) {
  if (example.human_policy.empty()) return;
  const ActionPrediction prediction(pass, env::kNumActionChannels, example.position.game->actions(),
                                    example.human_actions);
  const Array truth = Dense(example.human_policy, example.human_actions);
  Eigen::Index first;
  prediction.log_probability.maxCoeff(&first);
  losses.human_hit = truth[first];
  for (Eigen::Index i = 0; i < truth.size(); ++i) {
    if (truth[i] == 0) continue;
    losses.human -= truth[i] * prediction.log_probability[i];
    losses.human_entropy -= truth[i] * std::log(truth[i]);
  }
  if (out == nullptr) return;
  AddActionGradient(prediction, truth, out->scales.human, out->pass.action_gradient());
}

// What logits say of the goal, and the log of that.
void PredictGoal(const float* logits, int volume, Eigen::Ref<GoalPlanes> probabilities,
                 Eigen::Ref<GoalPlanes> log_goal) {
  using Voxels = Eigen::Array<float, 1, Eigen::Dynamic>;
  log_goal = ConstGoalRows(logits, env::kNumBlocks, volume);
  const Voxels highest = log_goal.colwise().maxCoeff();
  log_goal.rowwise() -= highest;
  probabilities = log_goal.exp();
  const Voxels sums = probabilities.colwise().sum(), log_sums = sums.log();
  log_goal.rowwise() -= log_sums;
  probabilities.rowwise() /= sums;
}

void AddGoal(const Example& example, const NetworkPass& pass, const float* published,
             const GradientOut* out, LossTotals& losses) {
  const int volume = example.position.game->size().Volume();
  const auto cells = static_cast<float>(volume);
  const std::vector<env::Block>& current = example.position.state->blocks;
  GoalPlanes log_goal(env::kNumBlocks, volume), predicted(env::kNumBlocks, volume);
  PredictGoal(pass.goal(), volume, predicted, log_goal);
  for (int v = 0; v < volume; ++v) {
    const env::Block goal = example.goal[v];
    Eigen::Index likeliest;
    log_goal.col(v).maxCoeff(&likeliest);
    losses.goal -= log_goal(goal, v) / cells;
    losses.to_change += goal != current[v];
    losses.recalled += goal != current[v] && likeliest == goal;
    losses.proposed += likeliest != current[v];
    losses.rightly_proposed += likeliest != current[v] && likeliest == goal;
  }
  if (out == nullptr) return;
  GoalRows gradient(out->pass.goal_gradient().data(), env::kNumBlocks, volume);
  const auto goal_scale = static_cast<float>(out->scales.goal / cells);
  gradient = predicted * goal_scale;
  for (int v = 0; v < volume; ++v) gradient(example.goal[v], v) -= goal_scale;
  if (published == nullptr) return;
  const Eigen::Map<const GoalPlanes> log_published(published, env::kNumBlocks, volume);
  const GoalPlanes held = log_published.exp();
  losses.goal_kl = (held * (log_published - log_goal)).sum() / cells;
  gradient += static_cast<float>(out->scales.goal_kl / cells) * (predicted - held);
}

LossTotals Compute(const Example& example, const NetworkPass& pass, const float* published,
                   const GradientOut* out) {
  LossTotals losses;
  const float error = pass.value() - example.value;
  losses.value = error * error;  // A float: what is too large for it is refused as not finite.
  AddPolicy(example, pass, out, losses);
  AddHuman(example, pass, out, losses);
  AddGoal(example, pass, published, out, losses);
  return losses;
}

}  // namespace

void LogGoal(const float* logits, int volume, float* log_goal) {
  GoalPlanes probabilities(env::kNumBlocks, volume);
  PredictGoal(logits, volume, probabilities,
              Eigen::Map<GoalPlanes>(log_goal, env::kNumBlocks, volume));
}

LossTotals LossesOf(const Example& example, const NetworkPass& pass) {
  return Compute(example, pass, nullptr, nullptr);
}

LossTotals LossesAndGradient(const Example& example, const LossScales& scales,
                             const float* published, NetworkPass& pass) {
  const absl::Span<float> actions = pass.action_gradient();
  std::fill(actions.begin(), actions.end(), 0.0f);
  pass.value_gradient() =
      static_cast<float>(2 * (static_cast<double>(pass.value()) - example.value) * scales.value);
  const GradientOut out = {scales, pass};
  return Compute(example, pass, published, &out);
}

}  // namespace hod::models
