#include "engine/cluster/run_workers.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/cluster/host.h"
#include "engine/training/child_process.h"
#include "env/base/progress.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);
constexpr absl::Duration kBetweenSpoolLooks = absl::Seconds(1);

bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsNotFound(status);
}

// The run directory of this machine, from what the learner has published. It is let go again: the
// workers take their own roles in it.
absl::StatusOr<RunDirectory> MakeDirectory(const PublishedRun& published,
                                           const std::string& directory,
                                           const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(const RunConfig config, ParseRunConfig(published.config, "the published run"));
  RETURN_IF_ERROR(RunDirectory::CreateOrResume(directory, config, stop).status());
  return RunDirectory::Open(directory);
}

}  // namespace

absl::Status RunWorkers(RunExchange& exchange, const WorkersOptions& options,
                        const std::atomic<bool>& stop) {
  ProgressLine line("playing");
  Backoff backoff;
  absl::StatusOr<PublishedRun> published = exchange.Find();
  while (!stop && Passes(published.status())) {
    line.Update(ProgressLine::kEndless, std::string(published.status().message()));
    backoff.Wait(stop);
    published = exchange.Find();
  }
  if (stop) return absl::OkStatus();
  RETURN_IF_ERROR(published.status());
  ASSIGN_OR_RETURN(const RunDirectory run, MakeDirectory(*published, options.directory, stop));
  ASSIGN_OR_RETURN(WorkerLink link, WorkerLink::Open(run, *published, exchange, options.spool));
  absl::StatusOr<std::vector<int>> numbers = link.NumberWorkers(options.workers);
  while (!stop && Passes(numbers.status())) {
    backoff.Wait(stop);
    numbers = link.NumberWorkers(options.workers);
  }
  if (stop) return absl::OkStatus();
  RETURN_IF_ERROR(numbers.status());

  std::vector<ChildProcess> workers;
  for (const int number : *numbers) {
    workers.emplace_back(
        std::vector<std::string>{"selfplay", "--run", run.path(), "--worker", absl::StrCat(number)},
        absl::StrCat(run.logs(), "/", WorkerRole(number), ".log"));
  }
  absl::Status status;
  for (ChildProcess& worker : workers) status.Update(worker.Start());
  backoff.Reset();
  MonotonicTime again_at, look_at;
  while (status.ok() && !stop) {
    for (ChildProcess& worker : workers) status.Update(worker.KeepRunning());
    if (status.ok() && MonotonicNow() >= again_at) {
      const absl::Status passed = link.Step();
      line.Update(ProgressLine::kEndless,
                  passed.ok() ? absl::StrFormat("%d shards sent, %d dropped, %.1f MB wait, "
                                                "network %d",
                                                link.sent(), link.dropped(),
                                                static_cast<double>(link.spool_bytes()) / 1e6,
                                                link.network_step())
                              : std::string(passed.message()));
      // Play goes on meanwhile, and its processes are watched.
      if (Passes(passed)) {
        again_at = MonotonicNow() + backoff.Next();
      } else {
        backoff.Reset();
        status.Update(passed);
      }
    } else if (status.ok() && MonotonicNow() >= look_at) {
      look_at = MonotonicNow() + kBetweenSpoolLooks;
      const absl::Status bounded = link.KeepSpoolBounded();
      if (!Passes(bounded)) status.Update(bounded);
    }
    absl::SleepFor(kBetweenLooks);
  }
  std::vector<ChildProcess*> children;
  for (ChildProcess& worker : workers) children.push_back(&worker);
  StopAll(children);
  // What they wrote last.
  if (status.ok()) (void)link.Step();
  line.Finish();
  return status;
}

}  // namespace hod::engine
