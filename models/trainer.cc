#include "models/trainer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "models/batch.h"
#include "models/forward.h"

namespace hod::models {
namespace {

using at::Tensor;

// Examples per forward and backward pass; gradients add up over the batch. Larger passes leave the
// processor's cache and are slower.
constexpr size_t kChunk = 16;

// Adam (Kingma & Ba 2015), with its usual constants.
constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

std::vector<float> ToVector(const Tensor& tensor) {
  const float* const data = tensor.data_ptr<float>();
  return {data, data + tensor.numel()};
}

// - sum p log q over the entries of the distributions p, with log q [B, num_actions].
Tensor CrossEntropySum(const SparseDistributions& p, const Tensor& log_q) {
  return -(log_q.flatten().index_select(0, p.entries) * p.probabilities).sum();
}

double Ratio(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : 0.0;
}

}  // namespace

TrainerState InitialTrainerState(Network network) {
  const std::vector<float> zeros(network.parameters.size());
  const std::vector<float> parameters = network.parameters;
  return {std::move(network), parameters, zeros, zeros, 0};
}

class Trainer::Impl {
 public:
  Impl(const TrainerState& state, const TrainerConfig& config)
      : config_(config),
        network_config_(state.network.config),
        parameters_(at::tensor(state.network.parameters)),
        published_(at::tensor(state.published)),
        first_moment_(at::tensor(state.first_moment)),
        second_moment_(at::tensor(state.second_moment)),
        steps_(state.steps) {
    parameters_.set_requires_grad(true);
  }

  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, const StepConfig& step) {
    if (!(step.learning_rate >= 0) || !std::isfinite(step.learning_rate) ||
        !(step.goal_kl_weight >= 0) || !std::isfinite(step.goal_kl_weight)) {
      return absl::InvalidArgumentError(
          "learning_rate and goal_kl_weight must be finite and at least 0");
    }
    if (absl::Status s = CheckExamples(examples, network_config_.inventories); !s.ok()) return s;
    at::set_num_threads(config_.threads);
    parameters_.mutable_grad() = Tensor();
    Sums sums;
    for (const Example& example : examples) {
      sums.policies += !example.search_policy.empty();
      sums.humans += !example.human_policy.empty();
    }
    sums.examples = static_cast<double>(examples.size());
    for (size_t begin = 0; begin < examples.size(); begin += kChunk) {
      Accumulate(examples.subspan(begin, kChunk), step, sums);
    }
    Losses losses = Means(sums, step);
    losses.gradient_norm = parameters_.grad().norm().item<double>();
    if (!std::isfinite(losses.total) || !std::isfinite(losses.gradient_norm)) {
      return absl::InternalError("the loss or its gradient is not finite");
    }
    Update(step.learning_rate, losses.gradient_norm);
    return losses;
  }

  void MarkPublished() { published_ = parameters_.detach().clone(); }

  Network network() const { return {network_config_, ToVector(parameters_)}; }
  TrainerState state() const {
    return {network(), ToVector(published_), ToVector(first_moment_), ToVector(second_moment_),
            steps_};
  }

 private:
  // Sums over the batch, and over what they are taken.
  struct Sums {
    double examples = 0, policies = 0, humans = 0;
    double policy = 0, value = 0, goal = 0, goal_kl = 0, human = 0;
    double policy_entropy = 0, human_entropy = 0, human_hits = 0;
    double to_change = 0, recalled = 0, proposed = 0, rightly_proposed = 0;
  };

  // Adds the gradient of the chunk's part of the batch's loss to that of parameters_.
  void Accumulate(absl::Span<const Example> chunk, const StepConfig& step, Sums& sums) {
    const Batch batch = MakeBatch(chunk, network_config_.inventories);
    const env::ActionSpace& actions = chunk.front().position.game->actions();
    const Prediction prediction = Predict(parameters_, batch);

    const Tensor squared_error = (prediction.value - batch.value).square().sum();
    sums.value += squared_error.item<double>();
    Tensor loss = squared_error * (config_.value_weight / sums.examples);

    const Tensor log_goal = prediction.goal.log_softmax(1);
    const Tensor goal_error = -log_goal.gather(1, batch.goal.unsqueeze(1)).flatten(1).mean(1).sum();
    sums.goal += goal_error.item<double>();
    loss = loss + goal_error * (config_.goal_weight / sums.examples);
    CountChanges(prediction.goal, batch, sums);

    if (step.goal_kl_weight > 0) {
      const Tensor published = PublishedLogGoal(batch);
      const Tensor kl = (published.exp() * (published - log_goal)).sum(1).flatten(1).mean(1).sum();
      sums.goal_kl += kl.item<double>();
      loss = loss + kl * (step.goal_kl_weight / sums.examples);
    }
    if (batch.search_policy.count > 0) {
      const Tensor log_policy =
          (FlatLogits(prediction.policy, actions) + batch.valid_mask).log_softmax(1);
      const Tensor error = CrossEntropySum(batch.search_policy, log_policy);
      sums.policy += error.item<double>();
      loss = loss + error / sums.policies;
      const Tensor detached = log_policy.detach();
      sums.policy_entropy -=
          ((detached.exp() * detached).sum(1) * batch.search_policy.present).sum().item<double>();
    }
    if (batch.human_policy.count > 0) {
      const Tensor log_human = FlatLogits(prediction.human, actions).log_softmax(1);
      const Tensor error = CrossEntropySum(batch.human_policy, log_human);
      sums.human += error.item<double>();
      sums.human_entropy += batch.human_policy.entropy;
      loss = loss + error * (config_.human_weight / sums.humans);
      CountHumanHits(chunk, log_human.detach().argmax(1), sums);
    }
    loss.backward();
  }

  Prediction Predict(const Tensor& parameters, const Batch& batch) const {
    return ForwardPass(network_config_,
                       parameters.to(ScalarTypeOf(config_.precision)))(batch.features);
  }

  Tensor PublishedLogGoal(const Batch& batch) const {
    const at::NoGradGuard no_grad;
    return Predict(published_, batch).goal.log_softmax(1);
  }

  static void CountChanges(const Tensor& goal_logits, const Batch& batch, Sums& sums) {
    const Tensor predicted = goal_logits.detach().argmax(1);
    const Tensor right = predicted == batch.goal;
    const Tensor to_change = batch.goal != batch.current;
    const Tensor proposed = predicted != batch.current;
    sums.to_change += to_change.sum().item<double>();
    sums.recalled += right.logical_and(to_change).sum().item<double>();
    sums.proposed += proposed.sum().item<double>();
    sums.rightly_proposed += right.logical_and(proposed).sum().item<double>();
  }

  static void CountHumanHits(absl::Span<const Example> chunk, const Tensor& first, Sums& sums) {
    for (size_t i = 0; i < chunk.size(); ++i) {
      for (const auto& [id, probability] : chunk[i].human_policy) {
        if (id == first.data_ptr<int64_t>()[i]) sums.human_hits += probability;
      }
    }
  }

  Losses Means(const Sums& sums, const StepConfig& step) const {
    Losses losses;
    losses.policy = Ratio(sums.policy, sums.policies);
    losses.value = Ratio(sums.value, sums.examples);
    losses.goal = Ratio(sums.goal, sums.examples);
    losses.goal_kl = Ratio(sums.goal_kl, sums.examples);
    losses.human_cross_entropy = Ratio(sums.human, sums.humans);
    losses.human = Ratio(sums.human - sums.human_entropy, sums.humans);
    losses.total = losses.policy + config_.value_weight * losses.value +
                   config_.goal_weight * losses.goal + step.goal_kl_weight * losses.goal_kl +
                   config_.human_weight * losses.human;
    losses.goal_recall = Ratio(sums.recalled, sums.to_change);
    losses.goal_precision = Ratio(sums.rightly_proposed, sums.proposed);
    losses.human_accuracy = Ratio(sums.human_hits, sums.humans);
    losses.policy_entropy = Ratio(sums.policy_entropy, sums.policies);
    return losses;
  }

  void Update(double learning_rate, double gradient_norm) {
    const at::NoGradGuard no_grad;
    Tensor gradient = parameters_.grad();
    if (gradient_norm > config_.max_gradient_norm) {
      gradient.mul_(config_.max_gradient_norm / gradient_norm);
    }
    ++steps_;
    const auto t = static_cast<double>(steps_);
    first_moment_.mul_(kBeta1).add_(gradient, 1 - kBeta1);
    second_moment_.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
    const Tensor scale = (second_moment_ / (1 - std::pow(kBeta2, t))).sqrt_().add_(kEpsilon);
    parameters_.addcdiv_(first_moment_, scale, -learning_rate / (1 - std::pow(kBeta1, t)));
  }

  TrainerConfig config_;
  NetworkConfig network_config_;
  Tensor parameters_;                                // [P], the leaf of every gradient.
  Tensor published_, first_moment_, second_moment_;  // [P]
  int64_t steps_;
};

Trainer::Trainer(const TrainerState& state, const TrainerConfig& config)
    : impl_(std::make_unique<Impl>(state, config)) {}

Trainer::~Trainer() = default;

absl::StatusOr<Losses> Trainer::Step(absl::Span<const Example> examples, const StepConfig& step) {
  return impl_->Step(examples, step);
}

void Trainer::MarkPublished() { impl_->MarkPublished(); }

Network Trainer::network() const { return impl_->network(); }

TrainerState Trainer::state() const { return impl_->state(); }

}  // namespace hod::models
