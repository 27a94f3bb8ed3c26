#include "engine/training/train.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/training/child_process.h"
#include "engine/training/learner_processes.h"
#include "engine/training/learner_with_worker.h"
#include "engine/training/ppo.h"
#include "engine/training/run_session.h"
#include "env/base/clock.h"
#include "env/base/json_lines.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kWatchInterval = absl::Milliseconds(200);
constexpr absl::Duration kStatusInterval = absl::Seconds(2);

// Follows the metrics of a run for its progress line.
class StatusReader {
 public:
  StatusReader(const RunDirectory& run, const std::optional<OneOfLearners>& one)
      : learner_{JsonLinesFollower(run.metrics() + "/learner.jsonl")},
        no_metrics_(run.config().NumWorkers() == 0 ? "reading"
                    : one && one->rank > 0         ? "rank 0 shows how far training is"
                                                   : "self-play fills the replay window") {
    for (int w = 0; w < run.config().NumWorkers(); ++w) {
      workers_.push_back(
          {JsonLinesFollower(absl::StrFormat("%s/selfplay-%03d.jsonl", run.metrics(), w))});
    }
  }

  void Show(ProgressLine& line) {
    if (MonotonicNow() < next_) return;
    next_ = MonotonicNow() + kStatusInterval;
    learner_.Poll([](const nlohmann::json&) { return true; });
    const nlohmann::json& last = learner_.last;
    if (last.is_null()) {
      line.Update(0, no_metrics_);
      return;
    }
    line.Update(NumberAt(last, "progress"),
                absl::StrFormat("%sstep %.0f, loss %.3f, goal recall %.0f%%", SelfPlayRate(),
                                NumberAt(last, "step"), NumberAt(last, "loss"),
                                100 * NumberAt(last, "goal_recall")));
  }

 private:
  struct Source {
    JsonLinesFollower follower;
    nlohmann::json last = nullptr;  // The last line that counts.

    void Poll(absl::FunctionRef<bool(const nlohmann::json&)> counts) {
      auto lines = follower.Poll();
      if (!lines.ok()) return;  // Damaged metrics are no reason to stop.
      for (nlohmann::json& line : *lines) {
        if (counts(line)) last = std::move(line);
      }
    }
  };

  std::string SelfPlayRate() {
    if (workers_.empty()) return "";
    double timesteps = 0, evaluations = 0;
    for (Source& worker : workers_) {
      worker.Poll([](const nlohmann::json& line) {
        return line.value("event", nlohmann::json()) == "rate";
      });
      timesteps += NumberAt(worker.last, "timesteps_per_second");
      evaluations += NumberAt(worker.last, "evaluations_per_second");
    }
    return absl::StrFormat("%.0f steps/s, %.0f evaluations/s  ", timesteps, evaluations);
  }

  Source learner_;
  const char* const no_metrics_;  // What is shown before there are any.
  std::vector<Source> workers_;
  MonotonicTime next_;
};

class Supervisor {
 public:
  Supervisor(const RunDirectory& run, const std::string& record_directory,
             const std::optional<OneOfLearners>& one)
      : learners_(run, one, LearnOptions(run, record_directory)) {
    const Part part = PartOf(run.config(), one);
    for (int w = ShareProcess(run.config()) ? 1 : 0; w < run.config().NumWorkers(); ++w) {
      if (!part.Has(w)) continue;
      std::vector<std::string> play = {"selfplay", "--run", run.path(), "--worker",
                                       absl::StrCat(w)};
      if (!record_directory.empty()) play.insert(play.end(), {"--record", record_directory});
      workers_.emplace_back(std::move(play),
                            absl::StrFormat("%s/selfplay-%03d.log", run.logs(), w));
    }
  }

  absl::Status Start() {
    absl::Status status = learners_.Start();
    for (ChildProcess& worker : workers_) {
      if (status.ok()) status = worker.Start();
    }
    return status;
  }

  // True while training goes on.
  absl::StatusOr<bool> Watch() {
    ASSIGN_OR_RETURN(const bool learning, learners_.Watch());
    if (!learning) return false;
    for (ChildProcess& worker : workers_) RETURN_IF_ERROR(worker.KeepRunning());
    return true;
  }

  // Lets every process finish what it is writing.
  void Stop() {
    std::vector<ChildProcess*> children = learners_.children();
    for (ChildProcess& worker : workers_) children.push_back(&worker);
    StopAll(children);
  }

 private:
  static std::vector<std::string> LearnOptions(const RunDirectory& run,
                                               const std::string& record_directory) {
    if (!ShareProcess(run.config())) return {};
    std::vector<std::string> options = {"--play"};
    if (!record_directory.empty()) options.insert(options.end(), {"--record", record_directory});
    return options;
  }

  LearnerProcesses learners_;
  std::vector<ChildProcess> workers_;
};

absl::StatusOr<bool> AlreadyTrained(const RunDirectory& run) {
  ASSIGN_OR_RETURN(auto latest, run.LatestCheckpoint());
  if (!latest.has_value()) return false;
  const auto& [step, path] = *latest;
  ASSIGN_OR_RETURN(const models::LoadedNetwork file, models::OpenHodNetwork(path));
  ASSIGN_OR_RETURN(RunProgress progress, RunProgress::FromJson(file.run));
  const LearnerConfig& config = run.config().learner;
  SessionPlan plan = PlanOf(config);
  if (config.samples != kSelfPlay && progress.timesteps > 0) {
    plan.max_steps = std::min(plan.max_steps, StepsOfRecordedPlay(config, progress.timesteps));
  }
  const double fraction = plan.Progress(step, progress.seconds);
  const std::string spent = DurationText(absl::Seconds(progress.seconds));
  if (fraction >= 1) {
    absl::FPrintF(stderr, "%s is already trained (%d steps, %s): reusing it\n", run.path(), step,
                  spent);
    return true;
  }
  absl::FPrintF(stderr, "%s: resuming at step %d, after %s of training\n", run.path(), step, spent);
  return false;
}

absl::Status Stopped() {
  return absl::CancelledError("stopped; the same command goes on from the last checkpoint");
}

}  // namespace

Part PartOf(const RunConfig& config, const std::optional<OneOfLearners>& one) {
  return one ? Part{one->rank, config.learner.learners} : Part{};
}

absl::Status Train(const RunDirectory& run, const std::string& record_directory,
                   const std::atomic<bool>& stop, const std::optional<OneOfLearners>& one) {
  ASSIGN_OR_RETURN(bool trained, AlreadyTrained(run));
  if (trained) return absl::OkStatus();
  if (run.config().NumWorkers() == 0 && !record_directory.empty()) {
    return absl::InvalidArgumentError("--record: episodes are recorded of self-play only");
  }
  if (run.config().learner.algorithm == Algorithm::kPpo) {
    absl::Status status = RunPpo(run, stop);
    return status.ok() && stop ? Stopped() : status;
  }

  const int learners = run.config().learner.learners, workers = run.config().NumWorkers();
  if (workers > 0 && workers < learners) {
    return absl::InvalidArgumentError(absl::StrCat("selfplay.workers: ", workers,
                                                   ", expected at least one for each of the ",
                                                   learners, " learners (learner.learners)"));
  }
  Supervisor supervisor(run, record_directory, one);
  StatusReader reader(run, one);
  ProgressLine line("training");
  absl::Status status = supervisor.Start();
  while (status.ok() && !stop) {
    absl::StatusOr<bool> going_on = supervisor.Watch();
    status = going_on.status();
    if (!status.ok() || !*going_on) break;
    reader.Show(line);
    absl::SleepFor(kWatchInterval);
  }
  supervisor.Stop();
  line.Finish();
  return status.ok() && stop ? Stopped() : status;
}

}  // namespace hod::engine
