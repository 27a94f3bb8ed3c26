#include "models/backends/backend.h"

#include <numeric>
#include <vector>

#include "models/backends/cpu_backend.h"
#include "models/backends/measured_kernels.h"

namespace hod::models {
namespace {

// The precisions among which a processor takes the fastest.
std::vector<Precision> PrecisionsOf(PrecisionChoice choice) {
  switch (choice) {
    case PrecisionChoice::kAuto:
      return {Precision::kFloat32, Precision::kBfloat16};
    case PrecisionChoice::kFloat32:
      return {Precision::kFloat32};
    case PrecisionChoice::kBfloat16:
      return {Precision::kBfloat16};
    case PrecisionChoice::kInt8:
      return {Precision::kInt8};
  }
  return {};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> MakeBackend(const Network& network,
                                                     PrecisionChoice precision) {
  if (precision == PrecisionChoice::kBfloat16 && !MultipliesBfloat16()) {
    return absl::FailedPreconditionError(
        "network.precision is bfloat16, which this processor does not multiply (AVX-512 BF16); "
        "expected auto, float32 or int8");
  }
  return MakeCpuBackend(network, MeasuredFastest(network.config, PrecisionsOf(precision)));
}

std::vector<float> AllLogits(Workspace& workspace, int position, const env::WorldSize& size) {
  env::GameConfig config;  // Bodies walk and give: there are actions of every type.
  config.size = size;
  config.abilities.teleportation = config.abilities.inf_blocks = false;
  const env::ActionSpace actions(config);
  std::vector<int32_t> ids(actions.num_actions());
  std::iota(ids.begin(), ids.end(), 0);
  std::vector<float> logits(2 * ids.size());
  const absl::Span<float> all = absl::MakeSpan(logits);
  workspace.ActionLogits(position, Actor::kPlayer, actions, ids, all.first(ids.size()));
  workspace.ActionLogits(position, Actor::kOthers, actions, ids, all.last(ids.size()));
  const size_t row = env::kNumBlocks * static_cast<size_t>(size.Volume());
  const absl::Span<const float> goal = workspace.goal_logits.subspan(position * row, row);
  logits.insert(logits.end(), goal.begin(), goal.end());
  return logits;
}

}  // namespace hod::models
