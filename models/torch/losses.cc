#include "models/torch/losses.h"

#include <ATen/ATen.h>

namespace hod::models {
namespace {

using at::Tensor;

// What the reference puts in place of the logits of invalid actions.
constexpr double kInvalidLogit = -1e8;

// The log of the distribution over valid actions alone, whose entries in [B, num_actions] are
// given.
Tensor LogPolicy(const Tensor& channels, const env::ActionSpace& actions, const Tensor& valid) {
  const Tensor logits = FlatLogits(channels, actions);
  const Tensor mask = at::full_like(logits, kInvalidLogit);
  mask.flatten().index_fill_(0, valid, 0.0);
  return (logits + mask.detach()).log_softmax(1);
}

// - p log q over the entries of the distributions p, with log q [B, num_actions].
Tensor CrossEntropies(const SparseDistributions& p, const Tensor& log_q) {
  return -(log_q.flatten().index_select(0, p.entries) * p.probabilities);
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

Tensor GoalErrors(const Tensor& log_goal, const Tensor& goal) {
  return -log_goal.gather(1, goal.unsqueeze(1)).flatten(1).mean(1);
}

LossSums::LossSums(absl::Span<const Example> batch, const LossWeights& weights,
                   double goal_kl_weight)
    : weights_(weights), goal_kl_weight_(goal_kl_weight), totals_(CountParts(batch)) {}

Tensor LossSums::Add(absl::Span<const Example> examples, const Targets& targets,
                     const Prediction& prediction, const Tensor& published) {
  const env::ActionSpace& actions = examples.front().position.game->actions();

  const Tensor squared_error = (prediction.value - targets.value).square().sum();
  totals_.value += squared_error.item<double>();
  Tensor loss = squared_error * (weights_.value / totals_.examples);

  const Tensor log_goal = prediction.goal.log_softmax(1);
  const Tensor goal_error = GoalErrors(log_goal, targets.goal).sum();
  totals_.goal += goal_error.item<double>();
  loss = loss + goal_error * (weights_.goal / totals_.examples);
  CountChanges(prediction.goal, targets);

  if (goal_kl_weight_ > 0) {
    const Tensor kl = (published.exp() * (published - log_goal)).sum(1).flatten(1).mean(1).sum();
    totals_.goal_kl += kl.item<double>();
    loss = loss + kl * (goal_kl_weight_ / totals_.examples);
  }
  if (targets.search_policy.count > 0) {
    const Tensor log_policy = LogPolicy(prediction.policy, actions, targets.valid_actions);
    const Tensor error = CrossEntropies(targets.search_policy, log_policy).sum();
    totals_.policy += error.item<double>();
    loss = loss + error / totals_.policies;
    const Tensor detached = log_policy.detach();
    totals_.policy_entropy -=
        ((detached.exp() * detached).sum(1) * targets.search_policy.present).sum().item<double>();
  }
  if (targets.human_policy.count > 0) {
    const Tensor log_human = LogPolicy(prediction.human, actions, targets.human_actions);
    const Tensor error = CrossEntropies(targets.human_policy, log_human).sum();
    totals_.human += error.item<double>();
    totals_.human_entropy += targets.human_policy.entropy;
    loss = loss + error * (weights_.human / totals_.humans);
    CountHumanHits(examples, log_human.detach().argmax(1).cpu());
  }
  return loss;
}

void LossSums::CountChanges(const Tensor& goal_logits, const Targets& targets) {
  const Tensor predicted = goal_logits.detach().argmax(1);
  const Tensor right = predicted == targets.goal;
  const Tensor to_change = targets.goal != targets.current;
  const Tensor proposed = predicted != targets.current;
  totals_.to_change += to_change.sum().item<double>();
  totals_.recalled += right.logical_and(to_change).sum().item<double>();
  totals_.proposed += proposed.sum().item<double>();
  totals_.rightly_proposed += right.logical_and(proposed).sum().item<double>();
}

void LossSums::CountHumanHits(absl::Span<const Example> examples, const Tensor& first) {
  for (size_t i = 0; i < examples.size(); ++i) {
    totals_.human_hit += Hit(examples[i].human_policy, first, i);
  }
}

std::vector<ExampleErrors> ErrorsOf(absl::Span<const Example> examples, const Targets& targets,
                                    const Prediction& prediction) {
  const env::ActionSpace& actions = examples.front().position.game->actions();
  const Tensor goal = GoalErrors(prediction.goal.log_softmax(1), targets.goal).cpu();
  const Tensor value = (prediction.value - targets.value).square().cpu();
  const Tensor log_human = LogPolicy(prediction.human, actions, targets.human_actions);
  const Tensor human = CrossEntropies(targets.human_policy, log_human).cpu();
  const Tensor first = log_human.argmax(1).cpu();
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
