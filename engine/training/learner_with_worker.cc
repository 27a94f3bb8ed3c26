#include "engine/training/learner_with_worker.h"

#include <chrono>
#include <future>

#include "absl/cleanup/cleanup.h"
#include "engine/training/learner.h"
#include "engine/training/selfplay.h"
#include "env/base/parallel.h"
#include "env/base/status.h"

namespace hod::engine {

bool ShareProcess(const RunConfig& config) {
  return config.NumWorkers() > 0 && config.learner.device == models::Device::kCuda &&
         config.backend.device == models::Device::kCuda;
}

absl::Status RunLearnerWithWorker(const RunDirectory& run, const std::string& record_directory,
                                  const std::atomic<bool>& stop) {
  std::atomic<bool> stop_both = false;
  const auto start = [&](auto half) {
    return RunBeside([&stop_both, half] {
      absl::Status status = half();
      stop_both = true;
      return status;
    });
  };
  ASSIGN_OR_RETURN(auto learner, start([&] { return RunLearner(run, stop_both); }));
  const absl::Cleanup end_learner = [&] { stop_both = true; };  // Before its thread is waited for.
  ASSIGN_OR_RETURN(auto worker, start([&] {
                     return RunSelfPlay(run, /*worker=*/0, record_directory, stop_both);
                   }));
  while (learner.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
    if (stop) stop_both = true;
  }
  absl::Status status = learner.get();
  status.Update(worker.get());
  return status;
}

}  // namespace hod::engine
