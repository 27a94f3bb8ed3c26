#include "models/torch/losses.h"

#include <ATen/ATen.h>

namespace hod::models {
namespace {

using at::Tensor;

// - p log q over the entries of the distributions p, with log q [B, num_actions].
Tensor CrossEntropies(const SparseDistributions& p, const Tensor& log_q) {
  return -(log_q.flatten().index_select(0, p.entries) * p.probabilities);
}

// Cross entropy of the goal, mean over cells, [B].
Tensor GoalErrors(const Tensor& log_goal, const Targets& targets) {
  return -log_goal.gather(1, targets.goal.unsqueeze(1)).flatten(1).mean(1);
}

double Ratio(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : 0.0;
}

// The probability of the action predicted first, [B] flat ids, in the distribution of example `i`.
double Hit(const env::ActionDistribution& distribution, const Tensor& first, size_t i) {
  double hit = 0;
  for (const auto& [id, probability] : distribution) {
    if (id == first.data_ptr<int64_t>()[i]) hit += probability;
  }
  return hit;
}

}  // namespace

LossSums::LossSums(absl::Span<const Example> batch, const LossWeights& weights,
                   double goal_kl_weight)
    : weights_(weights),
      goal_kl_weight_(goal_kl_weight),
      examples_(static_cast<double>(batch.size())) {
  for (const Example& example : batch) {
    policies_ += !example.search_policy.empty();
    humans_ += !example.human_policy.empty();
  }
}

Tensor LossSums::Add(absl::Span<const Example> examples, const Targets& targets,
                     const Prediction& prediction, const Tensor& published) {
  const env::ActionSpace& actions = examples.front().position.game->actions();

  const Tensor squared_error = (prediction.value - targets.value).square().sum();
  value_ += squared_error.item<double>();
  Tensor loss = squared_error * (weights_.value / examples_);

  const Tensor log_goal = prediction.goal.log_softmax(1);
  const Tensor goal_error = GoalErrors(log_goal, targets).sum();
  goal_ += goal_error.item<double>();
  loss = loss + goal_error * (weights_.goal / examples_);
  CountChanges(prediction.goal, targets);

  if (goal_kl_weight_ > 0) {
    const Tensor kl = (published.exp() * (published - log_goal)).sum(1).flatten(1).mean(1).sum();
    goal_kl_ += kl.item<double>();
    loss = loss + kl * (goal_kl_weight_ / examples_);
  }
  if (targets.search_policy.count > 0) {
    const Tensor log_policy =
        (FlatLogits(prediction.policy, actions) + targets.valid_mask).log_softmax(1);
    const Tensor error = CrossEntropies(targets.search_policy, log_policy).sum();
    policy_ += error.item<double>();
    loss = loss + error / policies_;
    const Tensor detached = log_policy.detach();
    policy_entropy_ -=
        ((detached.exp() * detached).sum(1) * targets.search_policy.present).sum().item<double>();
  }
  if (targets.human_policy.count > 0) {
    const Tensor log_human =
        (FlatLogits(prediction.human, actions) + targets.human_mask).log_softmax(1);
    const Tensor error = CrossEntropies(targets.human_policy, log_human).sum();
    human_ += error.item<double>();
    human_entropy_ += targets.human_policy.entropy;
    loss = loss + error * (weights_.human / humans_);
    CountHumanHits(examples, log_human.detach().argmax(1));
  }
  return loss;
}

void LossSums::CountChanges(const Tensor& goal_logits, const Targets& targets) {
  const Tensor predicted = goal_logits.detach().argmax(1);
  const Tensor right = predicted == targets.goal;
  const Tensor to_change = targets.goal != targets.current;
  const Tensor proposed = predicted != targets.current;
  to_change_ += to_change.sum().item<double>();
  recalled_ += right.logical_and(to_change).sum().item<double>();
  proposed_ += proposed.sum().item<double>();
  rightly_proposed_ += right.logical_and(proposed).sum().item<double>();
}

void LossSums::CountHumanHits(absl::Span<const Example> examples, const Tensor& first) {
  for (size_t i = 0; i < examples.size(); ++i) {
    human_hits_ += Hit(examples[i].human_policy, first, i);
  }
}

Losses LossSums::Means() const {
  Losses losses;
  losses.policy = Ratio(policy_, policies_);
  losses.value = Ratio(value_, examples_);
  losses.goal = Ratio(goal_, examples_);
  losses.goal_kl = Ratio(goal_kl_, examples_);
  losses.human_cross_entropy = Ratio(human_, humans_);
  losses.human = Ratio(human_ - human_entropy_, humans_);
  losses.total = losses.policy + weights_.value * losses.value + weights_.goal * losses.goal +
                 goal_kl_weight_ * losses.goal_kl + weights_.human * losses.human;
  losses.goal_recall = Ratio(recalled_, to_change_);
  losses.goal_precision = Ratio(rightly_proposed_, proposed_);
  losses.human_accuracy = Ratio(human_hits_, humans_);
  losses.policy_entropy = Ratio(policy_entropy_, policies_);
  return losses;
}

std::vector<ExampleErrors> ErrorsOf(absl::Span<const Example> examples, const Targets& targets,
                                    const Prediction& prediction) {
  const env::ActionSpace& actions = examples.front().position.game->actions();
  const Tensor goal = GoalErrors(prediction.goal.log_softmax(1), targets);
  const Tensor value = (prediction.value - targets.value).square();
  const Tensor log_human =
      (FlatLogits(prediction.human, actions) + targets.human_mask).log_softmax(1);
  const Tensor human = CrossEntropies(targets.human_policy, log_human);
  const Tensor first = log_human.argmax(1);
  const float* next_human = human.data_ptr<float>();
  std::vector<ExampleErrors> errors(examples.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    errors[i].goal = goal.data_ptr<float>()[i];
    errors[i].value = value.data_ptr<float>()[i];
    const env::ActionDistribution& truth = examples[i].human_policy;
    errors[i].has_human = !truth.empty();
    for (const auto& [id, probability] : truth) {
      if (probability != 0) errors[i].human += *next_human++;
    }
    errors[i].human_hit = Hit(truth, first, i);
  }
  return errors;
}

}  // namespace hod::models
