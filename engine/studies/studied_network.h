// What a study of networks asks of one, whichever architecture it has.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/studies/network_study.h"
#include "mcts/evaluator.h"
#include "models/training/trainer.h"

namespace hod::engine {

class NetworkUnderStudy {
 public:
  virtual ~NetworkUnderStudy() = default;
  virtual int64_t num_parameters() const = 0;
  // Examples are whole sequences of the study's length, one after another.
  virtual absl::StatusOr<models::Losses> Step(absl::Span<const models::Example> examples,
                                              double learning_rate) = 0;
  virtual absl::StatusOr<std::vector<models::ExampleErrors>> Errors(
      absl::Span<const models::Example> examples) const = 0;
  virtual std::unique_ptr<mcts::Evaluator> MakeEvaluator() const = 0;
};

// With random parameters, which follow from the study's seed.
absl::StatusOr<std::unique_ptr<NetworkUnderStudy>> MakeNetwork(const NetworkStudy& study,
                                                               const StudiedNetwork& network);

nlohmann::json ToJson(const StudiedNetwork& network);

}  // namespace hod::engine
