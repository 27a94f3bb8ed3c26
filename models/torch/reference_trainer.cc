#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/game/observation.h"
#include "models/reference/observation.h"
#include "models/torch/library.h"
#include "models/torch/losses.h"
#include "models/torch/optimizer.h"
#include "models/torch/reference_forward.h"

namespace hod::models {
namespace {

using at::Tensor;

// Moved by batch normalisation, not by gradients.
bool IsStatistic(const std::string& name) {
  return absl::EndsWith(name, ".mean") || absl::EndsWith(name, ".variance");
}

// Sequences one after another to timesteps one after another.
std::vector<Example> ByTimestep(absl::Span<const Example> examples, int length) {
  std::vector<Example> result;
  result.reserve(examples.size());
  for (int t = 0; t < length; ++t) {
    for (size_t i = t; i < examples.size(); i += length) result.push_back(examples[i]);
  }
  return result;
}

class TorchReferenceTrainer final : public ReferenceTrainer {
 public:
  TorchReferenceTrainer(const ReferenceWeights& weights, const TrainerConfig& config, int length)
      : config_(weights.config),
        trainer_config_(config),
        length_(length),
        layout_(ReferenceLayout(config_)) {
    const ReferenceTensors tensors = TensorsOf(weights);
    std::vector<Tensor> trained;
    for (const ReferenceTensor& spec : layout_) {
      const Tensor& tensor = tensors.at(spec.name);
      if (IsStatistic(spec.name)) {
        statistics_[spec.name] = tensor;
      } else {
        trained.push_back(tensor.flatten());
      }
    }
    parameters_ = at::cat(trained);
    optimizer_ = {at::zeros_like(parameters_), at::zeros_like(parameters_), 0};
    parameters_.set_requires_grad(true);
  }

  absl::StatusOr<Losses> Step(absl::Span<const Example> sequences,
                              const StepConfig& step) override {
    RETURN_IF_ERROR(Validate(step));
    if (step.goal_kl_weight != 0) {
      return absl::InvalidArgumentError(
          "goal_kl_weight: expected 0 with a network of the reference, of which nothing published "
          "is kept");
    }
    RETURN_IF_ERROR(Check(sequences));
    RETURN_IF_ERROR(CheckThreads(trainer_config_.threads));
    at::set_num_threads(trainer_config_.threads);
    const std::vector<Example> examples = ByTimestep(sequences, length_);
    parameters_.mutable_grad() = Tensor();
    LossSums sums(examples, trainer_config_.weights, /*goal_kl_weight=*/0);
    sums.Add(examples, MakeTargets(examples), Predict(examples, ReferenceMode::kTraining),
             /*published=*/{})
        .backward();
    Losses losses = sums.Means();
    losses.gradient_norm =
        optimizer_.Update(parameters_, step.learning_rate, trainer_config_.max_gradient_norm);
    if (!std::isfinite(losses.total) || !std::isfinite(losses.gradient_norm)) {
      return absl::InternalError("the loss or its gradient is not finite");
    }
    return losses;
  }

  absl::StatusOr<std::vector<ExampleErrors>> Errors(
      absl::Span<const Example> sequences) const override {
    RETURN_IF_ERROR(Check(sequences));
    RETURN_IF_ERROR(CheckThreads(trainer_config_.threads));
    at::set_num_threads(trainer_config_.threads);
    const at::NoGradGuard no_grad;
    std::vector<ExampleErrors> errors;
    for (size_t begin = 0; begin < sequences.size(); begin += length_) {
      const absl::Span<const Example> examples = sequences.subspan(begin, length_);
      const std::vector<ExampleErrors> more =
          ErrorsOf(examples, MakeTargets(examples), Predict(examples, ReferenceMode::kInference));
      errors.insert(errors.end(), more.begin(), more.end());
    }
    return errors;
  }

  ReferenceWeights weights() const override {
    ReferenceWeights weights{config_, {}};
    for (const auto& [name, tensor] : Tensors()) {
      const Tensor values = tensor.detach().contiguous();
      const float* const data = values.data_ptr<float>();
      weights.tensors[name] = {data, data + values.numel()};
    }
    return weights;
  }

 private:
  absl::Status Check(absl::Span<const Example> examples) const {
    if (examples.size() % length_ != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(examples.size(), " examples, expected a multiple of the length ", length_));
    }
    return CheckExamples(examples, /*inventories=*/true);
  }

  // All tensors of the network: those trained are views of the parameters.
  ReferenceTensors Tensors() const {
    ReferenceTensors tensors = statistics_;
    std::vector<int64_t> sizes;
    for (const ReferenceTensor& spec : layout_) {
      if (!IsStatistic(spec.name)) sizes.push_back(spec.Size());
    }
    std::vector<Tensor> pieces = parameters_.split_with_sizes(sizes);
    auto piece = pieces.begin();
    for (const ReferenceTensor& spec : layout_) {
      if (!IsStatistic(spec.name)) tensors[spec.name] = (piece++)->view(spec.shape);
    }
    return tensors;
  }

  // `examples` are by timestep.
  Prediction Predict(absl::Span<const Example> examples, ReferenceMode mode) const {
    const env::WorldSize& size = examples.front().position.game->size();
    const auto batch = static_cast<int64_t>(examples.size());
    const ReferenceTensors tensors = Tensors();
    std::vector<Tensor> memory(2 * config_.NumLstms(), at::zeros({batch / length_, size.w, size.h,
                                                                  size.d, config_.hidden_size}));
    const ReferencePrediction prediction =
        ReferenceForward(config_, tensors, mode)(Features(examples, tensors), memory);
    const auto planes = [&](const Tensor& x) {
      return x.reshape({batch, x.size(1), size.w, size.h, size.d});
    };
    return {planes(prediction.policy), planes(prediction.human), planes(prediction.goal),
            prediction.value};
  }

  // What ObservationEncoder gives, with embeddings that learn: [B, w, h, d, NumInputs()].
  Tensor Features(absl::Span<const Example> examples, const ReferenceTensors& tensors) const {
    const env::WorldSize& size = examples.front().position.game->size();
    const auto batch = static_cast<int64_t>(examples.size());
    const int64_t volume = size.Volume();
    constexpr int kChannels[] = {env::kCurrentBlocks, env::kPlayerMarkers, env::kLastInteracted};
    const Tensor indices = at::empty({3, batch, volume}, at::kLong);
    std::vector<float> scalars;
    for (int64_t i = 0; i < batch; ++i) {
      const mcts::Position& position = examples[i].position;
      const ReferenceObservation observation =
          ObservationOf(*position.game, *position.state, position.player);
      for (int64_t k = 0; k < 3; ++k) {
        std::copy_n(observation.world.begin() + kChannels[k] * volume, volume,
                    indices.data_ptr<int64_t>() + (k * batch + i) * volume);
      }
      const std::vector<float> more = ScalarInputs(config_, observation);
      scalars.insert(scalars.end(), more.begin(), more.end());
    }
    const Tensor blocks = indices[0];
    Tensor markers = indices[1], interacted = indices[2];
    if (config_.mask_other_players) {
      markers = markers * (markers == 1);
      interacted = interacted.clamp_max(1);
    }
    const Tensor& block_table = tensors.at("block_embedding");
    const Tensor& player_table = tensors.at("player_embedding");
    const Tensor everywhere = at::tensor(scalars).view({batch, 1, -1}).expand({batch, volume, -1});
    return at::cat({at::embedding(block_table, blocks), at::embedding(player_table, markers),
                    everywhere, at::embedding(player_table, interacted)},
                   2)
        .view({batch, size.w, size.h, size.d, config_.NumInputs()});
  }

  ReferenceConfig config_;
  TrainerConfig trainer_config_;
  int length_;  // Length of the sequences.
  std::vector<ReferenceTensor> layout_;
  Tensor parameters_;            // [P], the leaf of every gradient, in the order of the layout.
  ReferenceTensors statistics_;  // Batch normalisation's.
  TorchOptimizer optimizer_;
};

}  // namespace

std::unique_ptr<ReferenceTrainer> NewReferenceTrainer(const ReferenceWeights& weights,
                                                      const TrainerConfig& config, int length) {
  return std::make_unique<TorchReferenceTrainer>(weights, config, length);
}

}  // namespace hod::models
