#include "models/checkpoints/network_file.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "env/base/status.h"
#include "models/backends/make_evaluator.h"
#include "models/checkpoints/checkpoint.h"
#include "models/files/safetensors.h"
#include "models/reference/evaluator.h"
#include "models/reference/network.h"
#include "models/shipped/shipped.h"

namespace hod::models {
namespace {

// Says in every error whose predictions they are.
class NamedEvaluator : public mcts::Evaluator {
 public:
  NamedEvaluator(std::string name, std::unique_ptr<mcts::Evaluator> inner)
      : name_(std::move(name)), inner_(std::move(inner)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    return Annotate(inner_->Evaluate(positions, evaluations), name_);
  }

 private:
  const std::string name_;
  const std::unique_ptr<mcts::Evaluator> inner_;
};

absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeUnnamed(const LoadedNetwork& network,
                                                             const BackendOptions& options) {
  if (const auto* hod = std::get_if<Network>(&network.network)) {
    return MakeNetworkEvaluator(*hod, options);
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const ReferenceNetwork> reference,
                   MakeReferenceNetwork(std::get<ReferenceWeights>(network.network)));
  return std::make_unique<ReferenceEvaluator>(std::move(reference));
}

absl::StatusOr<SafeTensors> Read(const std::string& path) {
  absl::string_view name = path;
  if (!absl::ConsumePrefix(&name, kShippedPrefix)) return ReadSafeTensors(path);
  std::vector<absl::string_view> names;
  for (const ShippedNetwork& shipped : ShippedNetworks()) {
    if (shipped.name == name) return ParseSafeTensors(path, shipped.bytes);
    names.push_back(shipped.name);
  }
  return absl::NotFoundError(absl::StrCat(path, ": no such network is shipped, expected one of ",
                                          absl::StrJoin(names, ", ")));
}

absl::StatusOr<LoadedNetwork> HodNetworkFrom(const std::string& path, SafeTensors file) {
  ASSIGN_OR_RETURN(NetworkFile own, NetworkFrom(path, std::move(file)));
  return LoadedNetwork{path, std::move(own.network), std::move(own.run)};
}

}  // namespace

absl::StatusOr<LoadedNetwork> OpenNetwork(const std::string& path) {
  ASSIGN_OR_RETURN(SafeTensors file, Read(path));
  if (IsReference(file)) {
    ASSIGN_OR_RETURN(ReferenceWeights weights, ReferenceFrom(path, std::move(file)));
    return LoadedNetwork{path, std::move(weights), ""};
  }
  return HodNetworkFrom(path, std::move(file));
}

absl::StatusOr<LoadedNetwork> OpenHodNetwork(const std::string& path) {
  ASSIGN_OR_RETURN(SafeTensors file, Read(path));
  return HodNetworkFrom(path, std::move(file));
}

absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeEvaluator(const LoadedNetwork& network,
                                                               const BackendOptions& options) {
  absl::StatusOr<std::unique_ptr<mcts::Evaluator>> made = MakeUnnamed(network, options);
  RETURN_IF_ERROR(Annotate(made.status(), network.path));
  return std::make_unique<NamedEvaluator>(network.path, *std::move(made));
}

}  // namespace hod::models
