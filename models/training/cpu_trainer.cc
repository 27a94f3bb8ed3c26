#include "models/training/cpu_trainer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/backends/measured_kernels.h"
#include "models/training/adam.h"
#include "models/training/example_losses.h"
#include "models/training/network_pass.h"

namespace hod::models {
namespace {

double Ratio(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : 0.0;
}

// Sums over the examples of a batch, in their order, whichever thread computed them.
Losses MeansOf(absl::Span<const Example> examples, absl::Span<const ExampleLosses> all,
               const LossWeights& weights, double goal_kl_weight) {
  ExampleLosses sum;
  double policies = 0, humans = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const ExampleLosses& e = all[i];
    policies += !examples[i].search_policy.empty();
    humans += !examples[i].human_policy.empty();
    sum.policy += e.policy;
    sum.policy_entropy += e.policy_entropy;
    sum.value += e.value;
    sum.goal += e.goal;
    sum.goal_kl += e.goal_kl;
    sum.human += e.human;
    sum.human_entropy += e.human_entropy;
    sum.human_hit += e.human_hit;
    sum.to_change += e.to_change;
    sum.recalled += e.recalled;
    sum.proposed += e.proposed;
    sum.rightly_proposed += e.rightly_proposed;
  }
  const auto size = static_cast<double>(all.size());
  Losses losses;
  losses.policy = Ratio(sum.policy, policies);
  losses.value = Ratio(sum.value, size);
  losses.goal = Ratio(sum.goal, size);
  losses.goal_kl = Ratio(sum.goal_kl, size);
  losses.human_cross_entropy = Ratio(sum.human, humans);
  losses.human = Ratio(sum.human - sum.human_entropy, humans);
  losses.total = losses.policy + weights.value * losses.value + weights.goal * losses.goal +
                 goal_kl_weight * losses.goal_kl + weights.human * losses.human;
  losses.goal_recall = Ratio(sum.recalled, sum.to_change);
  losses.goal_precision = Ratio(sum.rightly_proposed, sum.proposed);
  losses.human_accuracy = Ratio(sum.human_hit, humans);
  losses.policy_entropy = Ratio(sum.policy_entropy, policies);
  return losses;
}

class CpuTrainer final : public Trainer {
 public:
  CpuTrainer(const TrainerState& state, const TrainerConfig& config)
      : config_(config),
        parameters_(state.network.parameters),
        published_(state.published),
        adam_{state.first_moment, state.second_moment, state.steps},
        kernels_(MeasuredFastest(state.network.config, {Precision::kFloat32})),
        present_(state.network.config),
        published_network_(state.network.config) {
    if (config.ema_decay > 0) average_ = state.Acting().parameters;
  }

  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, const StepConfig& step) override {
    RETURN_IF_ERROR(Validate(step));
    RETURN_IF_ERROR(CheckExamples(examples, network_config().inventories));
    Prepare(examples.front().position.game->size());
    present_.Pack(parameters_);
    const bool holds_goal = step.goal_kl_weight > 0;
    if (holds_goal) published_network_.Pack(published_);
    const LossScales scales = ScalesOf(examples, step);
    std::vector<ExampleLosses> all(examples.size());
    RETURN_IF_ERROR(ForEach(examples, [&](Worker& worker, size_t i) {
      NetworkPass& pass = worker.pass;
      pass.See(PositionOf(examples[i]), network_config());
      // Every example of every step has a stream of its own, so that a run that was stopped goes on
      // as it would have.
      Rng rng = Rng(config_.seed).Fork(static_cast<uint64_t>(adam_.steps)).Fork(i);
      if (holds_goal) {
        pass.Forward(published_network_, /*dropout=*/0, rng);
        LogGoal(pass.goal(), volume_, worker.published.data());
      }
      pass.Forward(present_, config_.dropout, rng);
      float value_gradient;
      all[i] = LossesAndGradient(examples[i], pass, holds_goal ? worker.published.data() : nullptr,
                                 scales, value_gradient);
      pass.Backward(present_, value_gradient, worker.gradient);
    }));
    Losses losses = MeansOf(examples, all, config_.weights, step.goal_kl_weight);
    const absl::Status bad = absl::InternalError("the loss or its gradient is not finite");
    if (!std::isfinite(losses.total)) return bad;
    gradient_.assign(parameters_.size(), 0.0f);
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->gradient.AddTo(absl::MakeSpan(gradient_));
    }
    losses.gradient_norm = adam_.Update(absl::MakeSpan(parameters_), absl::MakeSpan(gradient_),
                                        step.learning_rate, config_.max_gradient_norm);
    if (!std::isfinite(losses.gradient_norm)) return bad;
    Average();
    return losses;
  }

  void MarkPublished() override { published_ = Acting(); }

  absl::StatusOr<std::vector<ExampleErrors>> Errors(
      absl::Span<const Example> examples) const override {
    RETURN_IF_ERROR(CheckExamples(examples, network_config().inventories));
    const env::WorldSize& size = examples.front().position.game->size();
    PackedNetwork acting(network_config());
    acting.Pack(Acting());
    NetworkPass pass(network_config(), size, kernels_);
    Rng rng;
    std::vector<ExampleErrors> errors;
    for (const Example& example : examples) {
      pass.See(PositionOf(example), network_config());
      pass.Forward(acting, /*dropout=*/0, rng);
      const ExampleLosses losses = LossesOf(example, pass, /*published=*/nullptr);
      errors.push_back({.goal = losses.goal,
                        .value = losses.value,
                        .has_human = !example.human_policy.empty(),
                        .human = losses.human,
                        .human_hit = losses.human_hit});
    }
    return errors;
  }

  int64_t steps() const override { return adam_.steps; }
  Network network() const override { return {network_config(), parameters_}; }
  TrainerState state() const override {
    return {network(), average_, published_, adam_.first, adam_.second, adam_.steps};
  }

 private:
  // What a thread needs.
  struct Worker {
    Worker(const PackedNetwork& network, const env::WorldSize& size, const Kernels& kernels)
        : pass(network.config(), size, kernels),
          gradient(network.layers()),
          published(static_cast<size_t>(env::kNumBlocks) * size.Volume()) {}
    NetworkPass pass;
    NetworkGradient gradient;
    std::vector<float> published;  // The log of the published goal prediction.
  };

  const NetworkConfig& network_config() const { return present_.config(); }
  const std::vector<float>& Acting() const { return average_.empty() ? parameters_ : average_; }

  void Prepare(const env::WorldSize& size) {
    if (size != size_) workers_.clear();
    size_ = size;
    volume_ = size.Volume();
    while (static_cast<int>(workers_.size()) < config_.threads) {
      workers_.push_back(std::make_unique<Worker>(present_, size, kernels_));
    }
    for (const std::unique_ptr<Worker>& worker : workers_) worker->gradient.Clear();
  }

  LossScales ScalesOf(absl::Span<const Example> examples, const StepConfig& step) const {
    const auto size = static_cast<double>(examples.size());
    double policies = 0, humans = 0;
    for (const Example& example : examples) {
      policies += !example.search_policy.empty();
      humans += !example.human_policy.empty();
    }
    return {.policy = Ratio(1, policies),
            .value = config_.weights.value / size,
            .goal = config_.weights.goal / size,
            .goal_kl = step.goal_kl_weight / size,
            .human = Ratio(config_.weights.human, humans)};
  }

  // A thread has every `threads`-th example: gradients are added in the same order every time.
  template <typename Work>
  absl::Status ForEach(absl::Span<const Example> examples, const Work& work) {
    const int threads = config_.threads;
    return RunOnThreads(threads, threads, [&](int thread) {
      for (size_t i = thread; i < examples.size(); i += threads) work(*workers_[thread], i);
      return absl::OkStatus();
    });
  }

  // The first steps count for more, so that the random start is soon forgotten.
  void Average() {
    if (average_.empty()) return;
    const auto steps = static_cast<double>(adam_.steps);
    const auto share = static_cast<float>(1 - std::min(config_.ema_decay, steps / (steps + 9)));
    for (size_t i = 0; i < average_.size(); ++i) {
      average_[i] += share * (parameters_[i] - average_[i]);
    }
  }

  const TrainerConfig config_;
  std::vector<float> parameters_;
  std::vector<float> average_;  // Empty if there is none.
  std::vector<float> published_;
  std::vector<float> gradient_;
  AdamMoments adam_;
  const Kernels& kernels_;
  PackedNetwork present_, published_network_;
  env::WorldSize size_{};
  int volume_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace

std::unique_ptr<Trainer> MakeCpuTrainer(const TrainerState& state, const TrainerConfig& config) {
  return std::make_unique<CpuTrainer>(state, config);
}

}  // namespace hod::models
