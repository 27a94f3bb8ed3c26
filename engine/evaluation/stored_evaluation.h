// Evaluations that are made once.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/evaluation/evaluate.h"
#include "engine/results/store.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

// Hashes what a network computes with, whatever file it is in.
std::string HashOfNetwork(const models::LoadedNetwork& network);

// What `store` has under `name`, which is then said on standard error, or a new evaluation, which
// goes there. An evaluation follows from the settings, the assistant's network, the human's file
// and the houses.
absl::StatusOr<EvaluationReport> EvaluateOnce(const EvaluationSetup& setup,
                                              const ResultStore& store, const std::string& name);

}  // namespace hod::engine
