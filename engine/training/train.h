// Trains a run: starts a learner and self-play workers as processes of their own, watches over them
// and shows how far they are. PPO plays and learns in this process.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// A trainer that has one of a run's learners (learner.learners), beside others that have the rest.
struct OneOfLearners {
  int rank = 0;
  std::string host;  // Where all of them can reach rank 0,
  int port = 0;      // which listens there.
};

// The learners and workers that run here: all, or those of `one`.
Part PartOf(const RunConfig& config, const std::optional<OneOfLearners>& one);

// Returns when training is complete; at once if it already was. A worker that dies is replaced; a
// learner that fails, or a worker that keeps failing, is an error that ends with the last lines
// it printed. On `stop`, lets the processes finish what they write and returns a cancelled status.
// `record_directory` as for RunSelfPlay().
//
// When one of several learners fails, all begin again from the newest checkpoint; it is an error
// if that happens too often (Failures). With `one` only that learner runs here, and the workers of
// its part; when it fails, whoever started the trainers has to start all of them again.
absl::Status Train(const RunDirectory& run, const std::string& record_directory,
                   const std::atomic<bool>& stop,
                   const std::optional<OneOfLearners>& one = std::nullopt);

}  // namespace hod::engine
