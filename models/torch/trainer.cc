#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>
#include <vector>

#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/torch/batch.h"
#include "models/torch/forward.h"
#include "models/torch/library.h"
#include "models/torch/losses.h"
#include "models/torch/optimizer.h"

namespace hod::models {
namespace {

using at::Tensor;

// Examples per forward and backward pass; gradients add up over the batch. Larger passes leave a
// processor's cache and are slower; a GPU is fast with all at once, as far as its memory goes.
constexpr size_t kChunkOnCpu = 16, kChunkOnCuda = 512;

std::vector<float> ToVector(const Tensor& tensor) {
  const Tensor here = tensor.detach().cpu();
  const absl::Span<const float> values = SpanOf(here);
  return {values.begin(), values.end()};
}

class TorchTrainer final : public Trainer {
 public:
  TorchTrainer(const TrainerState& state, const TrainerConfig& config)
      : config_(config),
        network_config_(state.network.config),
        device_(DeviceOf(config.device)),
        parameters_(OnDevice(state.network.parameters)),
        published_(OnDevice(state.published)),
        optimizer_{OnDevice(state.first_moment), OnDevice(state.second_moment), state.steps,
                   MatricesOf(config.optimizer, state.network.config)} {
    if (config.ema_decay > 0) average_ = OnDevice(state.Acting().parameters);
    parameters_.set_requires_grad(true);
  }

  absl::Status Prepare(absl::Span<const Example> examples) override {
    RETURN_IF_ERROR(CheckExamples(examples, network_config_.inventories));
    RETURN_IF_ERROR(CheckThreads(config_.threads));
    std::vector<Chunk> chunks;
    for (size_t begin = 0; begin < examples.size(); begin += chunk_size()) {
      chunks.push_back(Encode(examples.subspan(begin, chunk_size())));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    prepared_ = std::move(chunks);
    return absl::OkStatus();
  }

  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, const StepConfig& step) override {
    RETURN_IF_ERROR(Validate(step));
    const std::vector<Chunk> prepared = TakePrepared(examples);
    if (prepared.empty()) {  // Prepare() has checked the others.
      RETURN_IF_ERROR(CheckExamples(examples, network_config_.inventories));
    }
    RETURN_IF_ERROR(CheckThreads(config_.threads));
    at::set_num_threads(config_.threads);
    parameters_.mutable_grad() = Tensor();
    LossSums sums(examples, config_.weights, step.goal_kl_weight);
    // Every step has a stream of its own, so that a run that was stopped goes on as it would have.
    const at::Generator generator = at::detail::createCPUGenerator(
        Rng(config_.seed).Fork(static_cast<uint64_t>(optimizer_.steps))());
    for (size_t begin = 0; begin < examples.size(); begin += chunk_size()) {
      const Chunk chunk = prepared.empty() ? Encode(examples.subspan(begin, chunk_size()))
                                           : prepared[begin / chunk_size()];
      const Tensor published = step.goal_kl_weight > 0 ? PublishedLogGoal(chunk.inputs) : Tensor();
      const Prediction prediction = Forward(parameters_)(chunk.inputs, config_.dropout, generator);
      sums.Add(chunk.examples, chunk.targets, prediction, published).backward();
    }
    Losses losses = sums.Means();
    const absl::Status bad = absl::InternalError("the loss or its gradient is not finite");
    if (!std::isfinite(losses.total)) return bad;
    losses.gradient_norm =
        optimizer_.Update(parameters_, step.learning_rate, config_.max_gradient_norm);
    if (!std::isfinite(losses.gradient_norm)) return bad;
    Average();
    return losses;
  }

  void MarkPublished() override { published_ = Acting().detach().clone(); }

  absl::StatusOr<std::vector<ExampleErrors>> Errors(
      absl::Span<const Example> examples) const override {
    RETURN_IF_ERROR(CheckExamples(examples, network_config_.inventories));
    RETURN_IF_ERROR(CheckThreads(config_.threads));
    at::set_num_threads(config_.threads);
    const at::NoGradGuard no_grad;
    std::vector<ExampleErrors> errors;
    for (size_t begin = 0; begin < examples.size(); begin += chunk_size()) {
      const Chunk chunk = Encode(examples.subspan(begin, chunk_size()));
      const Prediction prediction = Forward(Acting())(chunk.inputs);
      const std::vector<ExampleErrors> more = ErrorsOf(chunk.examples, chunk.targets, prediction);
      errors.insert(errors.end(), more.begin(), more.end());
    }
    return errors;
  }

  int64_t steps() const override { return optimizer_.steps; }
  Network network() const override { return {network_config_, ToVector(parameters_)}; }
  TrainerState state() const override {
    return {network(),
            average_.defined() ? ToVector(average_) : std::vector<float>(),
            ToVector(published_),
            ToVector(optimizer_.first_moment),
            ToVector(optimizer_.second_moment),
            optimizer_.steps};
  }

 private:
  // The examples of one pass, on the device.
  struct Chunk {
    absl::Span<const Example> examples;
    Inputs inputs;
    Targets targets;
  };

  Tensor OnDevice(const std::vector<float>& values) const { return at::tensor(values).to(device_); }
  size_t chunk_size() const { return device_.is_cuda() ? kChunkOnCuda : kChunkOnCpu; }
  const Tensor& Acting() const { return average_.defined() ? average_ : parameters_; }

  Chunk Encode(absl::Span<const Example> examples) const {
    return {examples, MoveTo(device_, MakeInputs(examples, network_config_, config_.threads)),
            MoveTo(device_, MakeTargets(examples))};
  }

  // What Prepare() made of these examples; nothing if it was not called.
  std::vector<Chunk> TakePrepared(absl::Span<const Example> examples) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<Chunk> taken = std::exchange(prepared_, {});
    const bool same = !taken.empty() && taken.front().examples.data() == examples.data();
    return same ? taken : std::vector<Chunk>();
  }

  // A GPU computes in bfloat16; parameters, losses and the optimizer are in float32.
  ForwardPass Forward(const Tensor& parameters) const {
    return ForwardPass(network_config_,
                       parameters.to(device_.is_cuda() ? at::kBFloat16 : at::kFloat));
  }

  Tensor PublishedLogGoal(const Inputs& inputs) const {
    const at::NoGradGuard no_grad;
    return Forward(published_)(inputs).goal.log_softmax(1);
  }

  // The first steps count for more, so that the random start is soon forgotten.
  void Average() {
    if (!average_.defined()) return;
    const at::NoGradGuard no_grad;
    const auto steps = static_cast<double>(optimizer_.steps);
    const double decay = std::min(config_.ema_decay, steps / (steps + 9));
    average_.lerp_(parameters_.detach(), 1 - decay);
  }

  TrainerConfig config_;
  NetworkConfig network_config_;
  const at::Device device_;
  std::mutex mutex_;  // Guards prepared_.
  std::vector<Chunk> prepared_;
  Tensor parameters_;  // [P], the leaf of every gradient.
  Tensor average_;     // [P]; undefined if there is none.
  Tensor published_;   // [P]
  TorchOptimizer optimizer_;
};

}  // namespace

std::unique_ptr<Trainer> NewTrainer(const TrainerState& state, const TrainerConfig& config) {
  return std::make_unique<TorchTrainer>(state, config);
}

}  // namespace hod::models
