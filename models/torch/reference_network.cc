#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "models/torch/library.h"
#include "models/torch/reference_forward.h"

namespace hod::models {
namespace {

// Positions per pass: more gain nothing.
constexpr size_t kChunk = 8;

void CopyRow(const at::Tensor& rows, int64_t row, std::vector<float>& out) {
  const int64_t size = rows.numel() / rows.size(0);
  const float* const begin = rows.data_ptr<float>() + row * size;
  out.assign(begin, begin + size);
}

bool IsStart(const ReferenceInput& input) {
  return input.memory == nullptr || input.memory->empty();
}

class TorchReferenceNetwork final : public ReferenceNetwork {
 public:
  explicit TorchReferenceNetwork(const ReferenceWeights& weights)
      : config_(weights.config), encoder_(weights), forward_(MakeForward(weights)) {}

  const ReferenceConfig& config() const override { return config_; }

  absl::Status Step(absl::Span<const ReferenceInput> inputs,
                    absl::Span<ReferenceOutput> outputs) const override {
    if (inputs.size() != outputs.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(inputs.size(), " inputs but ", outputs.size(), " outputs"));
    }
    for (const ReferenceInput& input : inputs) {
      const size_t expected =
          size_t{2} * config_.NumLstms() * input.observation.size.Volume() * config_.hidden_size;
      if (!IsStart(input) && input.memory->size() != expected) {
        return absl::InvalidArgumentError(absl::StrCat("the memory has ", input.memory->size(),
                                                       " values, expected ", expected, " or none"));
      }
    }
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    for (size_t begin = 0; begin < inputs.size(); begin += kChunk) {
      RETURN_IF_ERROR(StepChunk(inputs.subspan(begin, kChunk), outputs.subspan(begin, kChunk)));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status StepChunk(absl::Span<const ReferenceInput> inputs,
                         absl::Span<ReferenceOutput> outputs) const {
    const env::WorldSize& size = inputs.front().observation.size;
    const auto batch = static_cast<int64_t>(inputs.size());
    const size_t row = static_cast<size_t>(size.Volume()) * encoder_.num_channels();
    const at::Tensor features = at::empty({batch, size.w, size.h, size.d, encoder_.num_channels()});
    for (int64_t i = 0; i < batch; ++i) {
      encoder_.Encode(inputs[i].observation,
                      absl::MakeSpan(features.data_ptr<float>() + i * row, row));
    }
    std::vector<at::Tensor> memory = GatherMemory(inputs);
    const ReferencePrediction prediction = forward_(features, memory);
    // A sum is finite only if all terms are.
    at::Tensor sum = prediction.policy.sum() + prediction.goal.sum() + prediction.value.sum();
    if (prediction.human.defined()) sum += prediction.human.sum();
    for (at::Tensor& part : memory) {
      part = part.contiguous();
      sum += part.sum();
    }
    if (!std::isfinite(sum.item<float>())) {
      return absl::InternalError("the network's prediction is not finite");
    }
    const at::Tensor policy = prediction.policy.contiguous();
    const at::Tensor goal = prediction.goal.contiguous();
    at::Tensor human;
    if (prediction.human.defined()) human = prediction.human.contiguous();
    for (int64_t i = 0; i < batch; ++i) {
      ReferenceOutput& output = outputs[i];
      CopyRow(policy, i, output.policy);
      CopyRow(goal, i, output.goal);
      output.human.clear();
      if (human.defined()) CopyRow(human, i, output.human);
      output.value = prediction.value.data_ptr<float>()[i];
      output.memory.clear();
      for (const at::Tensor& part : memory) {
        const int64_t length = part.numel() / batch;
        const float* const begin = part.data_ptr<float>() + i * length;
        output.memory.insert(output.memory.end(), begin, begin + length);
      }
    }
    return absl::OkStatus();
  }

  static ReferenceForward MakeForward(const ReferenceWeights& weights) {
    const c10::InferenceMode inference;
    return ReferenceForward(weights.config, TensorsOf(weights), ReferenceMode::kInference);
  }

  // Memories of a batch as tensors; zeros where there is none yet.
  std::vector<at::Tensor> GatherMemory(absl::Span<const ReferenceInput> inputs) const {
    const env::WorldSize& size = inputs.front().observation.size;
    const auto batch = static_cast<int64_t>(inputs.size());
    const size_t length = static_cast<size_t>(size.Volume()) * config_.hidden_size;
    std::vector<at::Tensor> memory;
    for (int part = 0; part < 2 * config_.NumLstms(); ++part) {
      at::Tensor tensor = at::zeros({batch, size.w, size.h, size.d, config_.hidden_size});
      for (int64_t i = 0; i < batch; ++i) {
        if (IsStart(inputs[i])) continue;
        std::copy_n(inputs[i].memory->begin() + part * length, length,
                    tensor.data_ptr<float>() + i * length);
      }
      memory.push_back(std::move(tensor));
    }
    return memory;
  }

  ReferenceConfig config_;
  ObservationEncoder encoder_;
  ReferenceForward forward_;
};

}  // namespace

std::unique_ptr<ReferenceNetwork> NewReferenceNetwork(const ReferenceWeights& weights) {
  return std::make_unique<TorchReferenceNetwork>(weights);
}

}  // namespace hod::models
