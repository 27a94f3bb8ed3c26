// The learners of a run that are processes of this machine. A single one that fails is an error;
// several that learn together all start again when one is lost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/training/child_process.h"
#include "engine/training/run_directory.h"
#include "engine/training/train.h"

namespace hod::engine {

class LearnerProcesses {
 public:
  // All learners of the run, or `one` of them. A single learner is given `options` of hod learn.
  LearnerProcesses(const RunDirectory& run, const std::optional<OneOfLearners>& one,
                   const std::vector<std::string>& options);

  absl::Status Start();
  // True while training goes on. Starts all again if one of several here was lost.
  absl::StatusOr<bool> Watch();
  std::vector<ChildProcess*> children();

 private:
  // Waits a moment for the others, which say in their logs who did not answer, and kills those
  // that hang.
  void EndAll();

  const RunDirectory& run_;
  const std::optional<OneOfLearners> one_;
  const std::vector<std::string> options_;
  std::vector<ChildProcess> learners_;
  MonotonicTime started_;
  Failures failures_;
};

}  // namespace hod::engine
