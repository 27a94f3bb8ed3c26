// What the learners of a run, if it has several, make sure of together. All functions are called by
// all of them at the same time. Errors are the same for all, but for those of the collective.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/run_directory.h"
#include "models/training/collective.h"
#include "models/training/trainer_state.h"

namespace hod::engine {

// The workers whose play the learner of this rank learns from; without peers, all.
Part PartOf(const models::Collective* peers);

// Fails if the settings of two differ, with the names of those that do.
absl::Status CheckSameSettings(models::Collective& peers, const RunConfig& config);

// Fails if parameters or optimisers differ by a bit.
absl::Status CheckSameState(models::Collective& peers, const models::TrainerState& state);

// Rank 0 has a newest checkpoint. Whoever does not see it in the run directory, since it is not
// that of rank 0, writes it there, and hears true. Fails if somebody has a newer one.
absl::StatusOr<bool> ShareNewestCheckpoint(models::Collective& peers, const RunDirectory& run);

// The position of all.
absl::StatusOr<ReplayPosition> GatherPositions(models::Collective& peers,
                                               const ReplayPosition& position);

}  // namespace hod::engine
