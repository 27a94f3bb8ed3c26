#include "engine/studies/studied_network.h"

#include <utility>

#include "env/base/status.h"
#include "models/backends/network_evaluator.h"
#include "models/reference/evaluator.h"
#include "models/reference/initial.h"
#include "models/reference/trainer.h"

namespace hod::engine {
namespace {

// The random start of every network is drawn from this stream of the study's seed.
constexpr uint64_t kInitialStream = 4;

class HodNetwork : public NetworkUnderStudy {
 public:
  HodNetwork(const models::Network& network, double ema_decay)
      : trainer_(models::InitialTrainerState(network),
                 {.ema_decay = ema_decay, .precision = models::Precision::kFloat32}) {}

  int64_t num_parameters() const override {
    return static_cast<int64_t>(trainer_.network().parameters.size());
  }
  absl::StatusOr<models::Losses> Step(absl::Span<const models::Example> examples,
                                      double learning_rate) override {
    return trainer_.Step(examples, {.learning_rate = learning_rate});
  }
  absl::StatusOr<std::vector<models::ExampleErrors>> Errors(
      absl::Span<const models::Example> examples) const override {
    return trainer_.Errors(examples);
  }
  std::unique_ptr<mcts::Evaluator> MakeEvaluator() const override {
    return std::make_unique<models::NetworkEvaluator>(trainer_.state().Acting());
  }

 private:
  models::Trainer trainer_;
};

class ReferenceNetworkUnderStudy : public NetworkUnderStudy {
 public:
  ReferenceNetworkUnderStudy(models::ReferenceTrainer trainer, int length)
      : trainer_(std::move(trainer)), length_(length) {}

  int64_t num_parameters() const override {
    int64_t count = 0;
    for (const auto& [name, values] : trainer_.weights().tensors) {
      count += static_cast<int64_t>(values.size());
    }
    return count;
  }
  absl::StatusOr<models::Losses> Step(absl::Span<const models::Example> examples,
                                      double learning_rate) override {
    return trainer_.Step(examples, length_, learning_rate);
  }
  absl::StatusOr<std::vector<models::ExampleErrors>> Errors(
      absl::Span<const models::Example> examples) const override {
    return trainer_.Errors(examples, length_);
  }
  std::unique_ptr<mcts::Evaluator> MakeEvaluator() const override {
    return std::make_unique<models::ReferenceEvaluator>(
        std::make_shared<const models::ReferenceNetwork>(trainer_.weights()));
  }

 private:
  models::ReferenceTrainer trainer_;
  int length_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<NetworkUnderStudy>> MakeNetwork(const NetworkStudy& study,
                                                               const StudiedNetwork& network) {
  const Rng rng = Rng(study.data.seed).Fork(kInitialStream);
  if (const auto* hod = std::get_if<models::NetworkConfig>(&network.config)) {
    return std::make_unique<HodNetwork>(models::InitialNetwork(*hod, rng), network.ema_decay);
  }
  const auto& reference = std::get<models::ReferenceConfig>(network.config);
  ASSIGN_OR_RETURN(auto trainer,
                   models::ReferenceTrainer::Create(models::InitialReference(reference, rng), {}));
  return std::make_unique<ReferenceNetworkUnderStudy>(std::move(trainer),
                                                      study.data.sequence_length);
}

nlohmann::json ToJson(const StudiedNetwork& network) {
  nlohmann::json json;
  if (const auto* hod = std::get_if<models::NetworkConfig>(&network.config)) {
    json = {{"kind", "hod"},
            {"channels", hod->channels},
            {"blocks", hod->blocks},
            {"ema_decay", network.ema_decay}};
  } else {
    json = models::ToJson(std::get<models::ReferenceConfig>(network.config));
    json["kind"] = "reference";
  }
  json["learning_rate"] = network.learning_rate;
  json["final_learning_rate"] = network.final_learning_rate;
  return json;
}

}  // namespace hod::engine
