#include "models/training/cpu_trainer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/training/example_losses.h"
#include "models/training/network_pass.h"
#include "models/training/optimizer.h"

namespace hod::models {
namespace {

class CpuTrainer final : public Trainer {
 public:
  CpuTrainer(const TrainerState& state, const TrainerConfig& config, const Kernels& kernels)
      : config_(config),
        parameters_(state.network.parameters),
        published_(state.published),
        optimizer_(config.optimizer, state.network.config,
                   {state.first_moment, state.second_moment, state.steps}),
        kernels_(kernels),
        present_(state.network.config, kernels),
        published_network_(state.network.config, kernels) {
    if (config.ema_decay > 0) average_ = state.Acting().parameters;
  }

  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, const StepConfig& step) override {
    RETURN_IF_ERROR(Validate(step));
    RETURN_IF_ERROR(CheckExamples(examples, network_config().inventories));
    Resize(examples.front().position.game->size());
    present_.Pack(parameters_);
    const bool holds_goal = step.goal_kl_weight > 0;
    if (holds_goal) published_network_.Pack(published_);
    LossTotals totals = CountParts(examples);
    RETURN_IF_ERROR(totals.SumOver(config_.peers));
    const LossScales scales = {.policy = Ratio(1, totals.policies),
                               .value = config_.weights.value / totals.examples,
                               .goal = config_.weights.goal / totals.examples,
                               .goal_kl = step.goal_kl_weight / totals.examples,
                               .human = Ratio(config_.weights.human, totals.humans)};
    std::vector<LossTotals> parts(examples.size());
    // The number of the first example among those of all ranks.
    const size_t first = config_.peers != nullptr ? config_.peers->rank() * examples.size() : 0;
    RETURN_IF_ERROR(ForEach(examples, [&](Worker& worker, size_t i) {
      NetworkPass& pass = worker.pass;
      pass.See(PositionOf(examples[i]));
      if (holds_goal) {
        pass.Forward(published_network_);
        LogGoal(pass.goal(), size_.Volume(), worker.published.data());
      }
      // Every example of every step has a stream of its own, so that a run that was stopped goes on
      // as it would have.
      pass.Forward(present_, config_.dropout,
                   Rng(config_.seed).Fork(static_cast<uint64_t>(steps())).Fork(first + i));
      parts[i] = LossesAndGradient(examples[i], scales,
                                   holds_goal ? worker.published.data() : nullptr, pass);
      pass.Backward(present_, worker.gradient);
    }));
    // In the order of the examples, whichever thread computed them.
    LossTotals sums;
    for (const LossTotals& part : parts) sums += part;
    RETURN_IF_ERROR(sums.SumOver(config_.peers));
    totals += sums;
    Losses losses = totals.Means(config_.weights, step.goal_kl_weight);
    const absl::Status bad = absl::InternalError("the loss or its gradient is not finite");
    if (!std::isfinite(losses.total)) return bad;
    gradient_.assign(parameters_.size(), 0.0f);
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->gradient.AddTo(absl::MakeSpan(gradient_));
    }
    if (config_.peers != nullptr) {
      RETURN_IF_ERROR(config_.peers->Sum(absl::MakeSpan(gradient_)));
    }
    losses.gradient_norm = optimizer_.Update(absl::MakeSpan(parameters_), absl::MakeSpan(gradient_),
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
    PackedNetwork acting(network_config(), kernels_);
    acting.Pack(Acting());
    NetworkPass pass(network_config(), size, kernels_);
    std::vector<ExampleErrors> errors;
    for (const Example& example : examples) {
      pass.See(PositionOf(example));
      pass.Forward(acting);
      const LossTotals losses = LossesOf(example, pass);
      errors.push_back({.goal = losses.goal,
                        .value = losses.value,
                        .has_human = !example.human_policy.empty(),
                        .human = losses.human,
                        .human_hit = losses.human_hit});
    }
    return errors;
  }

  int64_t steps() const override { return optimizer_.moments().steps; }
  Network network() const override { return {network_config(), parameters_}; }
  TrainerState state() const override {
    const auto& [first, second, steps] = optimizer_.moments();
    return {network(), average_, published_, first, second, steps};
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

  // Passes for worlds of that size, without a gradient yet.
  void Resize(const env::WorldSize& size) {
    if (size != size_) workers_.clear();
    size_ = size;
    while (static_cast<int>(workers_.size()) < config_.threads) {
      workers_.push_back(std::make_unique<Worker>(present_, size, kernels_));
    }
    for (const std::unique_ptr<Worker>& worker : workers_) worker->gradient.Clear();
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
    const auto made = static_cast<double>(steps());
    const auto share = static_cast<float>(1 - std::min(config_.ema_decay, made / (made + 9)));
    for (size_t i = 0; i < average_.size(); ++i) {
      average_[i] += share * (parameters_[i] - average_[i]);
    }
  }

  const TrainerConfig config_;
  std::vector<float> parameters_;
  std::vector<float> average_;  // Empty if there is none.
  std::vector<float> published_;
  std::vector<float> gradient_;
  Optimizer optimizer_;
  const Kernels& kernels_;
  PackedNetwork present_, published_network_;
  env::WorldSize size_{};
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace

std::unique_ptr<Trainer> MakeCpuTrainer(const TrainerState& state, const TrainerConfig& config,
                                        const Kernels& kernels) {
  return std::make_unique<CpuTrainer>(state, config, kernels);
}

}  // namespace hod::models
