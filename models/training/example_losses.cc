#include "models/training/example_losses.h"

#include <Eigen/Core>
#include <cmath>
#include <vector>

#include "env/game/actions.h"

namespace hod::models {
namespace {

using Array = Eigen::ArrayXf;

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
  std::vector<int32_t> index;  // Of its logit; -1 for those without a location.
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

ExampleLosses Compute(const Example& example, const NetworkPass& pass, const float* published,
                      const LossScales* scales, NetworkPass* with_gradient) {
  const env::Game& game = *example.position.game;
  const env::ActionSpace& actions = game.actions();
  const int volume = game.size().Volume();
  const absl::Span<float> action_gradient =
      with_gradient != nullptr ? with_gradient->action_gradient() : absl::Span<float>();
  std::fill(action_gradient.begin(), action_gradient.end(), 0.0f);

  ExampleLosses losses;
  const float error = pass.value() - example.value;
  losses.value = error * error;  // As a float: what is not finite then is refused.
  if (!example.search_policy.empty()) {
    const ActionPrediction prediction(pass, 0, actions, example.valid_actions);
    const Array truth = Dense(example.search_policy, example.valid_actions);
    const Array& log = prediction.log_probability;
    losses.policy = -(truth * log).sum();
    losses.policy_entropy = -(log.exp() * log).sum();
    if (scales != nullptr) AddActionGradient(prediction, truth, scales->policy, action_gradient);
  }
  if (!example.human_policy.empty()) {
    const ActionPrediction prediction(pass, env::kNumActionChannels, actions,
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
    if (scales != nullptr) AddActionGradient(prediction, truth, scales->human, action_gradient);
  }

  using Planes = Eigen::Array<float, env::kNumBlocks, Eigen::Dynamic, Eigen::RowMajor>;
  Planes log_goal(env::kNumBlocks, volume);
  LogGoal(pass.goal(), volume, log_goal.data());
  const auto cells = static_cast<float>(volume);
  const std::vector<env::Block>& current = example.position.state->blocks;
  for (int v = 0; v < volume; ++v) {
    const env::Block goal = example.goal[v];
    Eigen::Index predicted;
    log_goal.col(v).maxCoeff(&predicted);
    losses.goal -= log_goal(goal, v) / cells;
    losses.to_change += goal != current[v];
    losses.recalled += goal != current[v] && predicted == goal;
    losses.proposed += predicted != current[v];
    losses.rightly_proposed += predicted != current[v] && predicted == goal;
  }
  const bool has_kl = published != nullptr;
  const Eigen::Map<const Planes> log_published(has_kl ? published : log_goal.data(),
                                               env::kNumBlocks, volume);
  if (has_kl) {
    losses.goal_kl = (log_published.exp() * (log_published - log_goal)).sum() / cells;
  }
  if (scales == nullptr) return losses;
  Eigen::Map<Planes> gradient(with_gradient->goal_gradient().data(), env::kNumBlocks, volume);
  const auto goal_scale = static_cast<float>(scales->goal / cells),
             kl_scale = has_kl ? static_cast<float>(scales->goal_kl / cells) : 0.0f;
  gradient = log_goal.exp() * (goal_scale + kl_scale);
  if (has_kl) gradient -= kl_scale * log_published.exp();
  for (int v = 0; v < volume; ++v) gradient(example.goal[v], v) -= goal_scale;
  return losses;
}

}  // namespace

void LogGoal(const float* logits, int volume, float* log_goal) {
  using Planes = Eigen::Array<float, env::kNumBlocks, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Planes> in(logits, env::kNumBlocks, volume);
  Eigen::Map<Planes> out(log_goal, env::kNumBlocks, volume);
  const Eigen::Array<float, 1, Eigen::Dynamic> highest = in.colwise().maxCoeff();
  out = in.rowwise() - highest;
  const Eigen::Array<float, 1, Eigen::Dynamic> log_sums = out.exp().colwise().sum().log();
  out.rowwise() -= log_sums;
}

ExampleLosses LossesOf(const Example& example, const NetworkPass& pass, const float* published) {
  return Compute(example, pass, published, nullptr, nullptr);
}

ExampleLosses LossesAndGradient(const Example& example, NetworkPass& pass, const float* published,
                                const LossScales& scales, float& value_gradient) {
  value_gradient =
      static_cast<float>(2 * (static_cast<double>(pass.value()) - example.value) * scales.value);
  return Compute(example, pass, published, &scales, &pass);
}

}  // namespace hod::models
