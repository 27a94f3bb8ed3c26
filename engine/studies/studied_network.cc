#include "engine/studies/studied_network.h"

#include <utility>
#include <variant>

#include "engine/session/streams.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/backends/network_evaluator.h"
#include "models/reference/evaluator.h"
#include "models/reference/initial.h"
#include "models/reference/trainer.h"
#include "models/training/trainer.h"

namespace hod::engine {
namespace {

Rng InitialRng(const NetworkStudy& study) {
  return Rng(study.data.seed).Fork(NetworkStudyStream::kInitialNetwork);
}

}  // namespace

int64_t NumParameters(const StudiedNetwork& network) {
  if (const auto* hod = std::get_if<models::NetworkConfig>(&network.config)) {
    return models::NumParameters(*hod);
  }
  return models::NumParameters(std::get<models::ReferenceConfig>(network.config));
}

absl::StatusOr<std::unique_ptr<models::ExampleTrainer>> MakeTrainer(const NetworkStudy& study,
                                                                    const StudiedNetwork& network) {
  if (const auto* hod = std::get_if<models::NetworkConfig>(&network.config)) {
    const models::TrainerConfig config = {.ema_decay = network.ema_decay};
    return models::MakeTrainer(
        models::InitialTrainerState(models::InitialNetwork(*hod, InitialRng(study))), config);
  }
  const auto& reference = std::get<models::ReferenceConfig>(network.config);
  return models::MakeReferenceTrainer(models::InitialReference(reference, InitialRng(study)), {},
                                      study.data.sequence_length);
}

absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeEvaluator(const NetworkStudy& study,
                                                               const StudiedNetwork& network) {
  if (const auto* hod = std::get_if<models::NetworkConfig>(&network.config)) {
    return std::make_unique<models::NetworkEvaluator>(
        models::InitialNetwork(*hod, InitialRng(study)));
  }
  const auto& reference = std::get<models::ReferenceConfig>(network.config);
  ASSIGN_OR_RETURN(
      std::shared_ptr<const models::ReferenceNetwork> made,
      models::MakeReferenceNetwork(models::InitialReference(reference, InitialRng(study))));
  return std::make_unique<models::ReferenceEvaluator>(std::move(made));
}

nlohmann::json ToJson(const StudiedNetwork& network) {
  nlohmann::json json;
  if (const auto* hod = std::get_if<models::NetworkConfig>(&network.config)) {
    json = {{"kind", "hod"},
            {"channels", hod->channels},
            {"blocks", hod->blocks},
            {"block", models::Name(hod->block)},
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
