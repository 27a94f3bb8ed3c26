// What a study does with a network, whichever architecture it has.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "engine/studies/network_study.h"
#include "mcts/evaluator.h"
#include "models/training/trainable.h"

namespace hod::engine {

int64_t NumParameters(const StudiedNetwork& network);

// Both begin with random parameters, which follow from the study's seed. The trainer takes whole
// sequences of the study's length, one after another.
absl::StatusOr<std::unique_ptr<models::ExampleTrainer>> MakeTrainer(const NetworkStudy& study,
                                                                    const StudiedNetwork& network);
absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeEvaluator(const NetworkStudy& study,
                                                               const StudiedNetwork& network);

nlohmann::json ToJson(const StudiedNetwork& network);

}  // namespace hod::engine
