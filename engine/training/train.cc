#include "engine/training/train.h"

#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "engine/training/ppo.h"
#include "engine/training/process.h"
#include "env/base/files.h"
#include "env/base/json_lines.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "models/checkpoints/checkpoint.h"

namespace hod::engine {
namespace {

constexpr int kMaxFailures = 5;  // Of one worker.
constexpr absl::Duration kWatchInterval = absl::Milliseconds(200);
constexpr absl::Duration kStatusInterval = absl::Seconds(2);

std::string LastLines(const std::string& log) {
  const std::string text = ReadFile(log).value_or("");
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() > 5) lines.erase(lines.begin(), lines.end() - 5);
  return absl::StrJoin(lines, "\n  ");
}

struct Child {
  std::vector<std::string> arguments;
  std::string log;
  std::optional<Process> process = std::nullopt;
  int failures = 0;

  absl::Status Start() {
    ASSIGN_OR_RETURN(Process started, Process::Start(arguments, log));
    process = std::move(started);
    return absl::OkStatus();
  }
  absl::Status Failed(const std::string& how) const {
    return absl::InternalError(absl::StrCat("hod ", arguments.front(), " failed (", how, "); ", log,
                                            " ends with\n  ", LastLines(log)));
  }
};

// Follows the metrics of a run for its progress line.
class StatusReader {
 public:
  explicit StatusReader(const RunDirectory& run) : run_(run) {}

  void Show(ProgressLine& line) {
    if (absl::Now() < next_) return;
    next_ = absl::Now() + kStatusInterval;
    const auto learner = ReadJsonLines(run_.metrics() + "/learner.jsonl");
    if (!learner.ok() || learner->empty()) {
      line.Update(0, "self-play fills the replay window");
      return;
    }
    const nlohmann::json& last = learner->back();
    line.Update(NumberAt(last, "progress"),
                absl::StrFormat("%s  step %.0f, loss %.3f, goal recall %.0f%%", SelfPlayRate(),
                                NumberAt(last, "step"), NumberAt(last, "loss"),
                                100 * NumberAt(last, "goal_recall")));
  }

 private:
  std::string SelfPlayRate() const {
    double timesteps = 0, evaluations = 0;
    for (int w = 0; w < run_.config().selfplay.workers; ++w) {
      const auto lines =
          ReadJsonLines(absl::StrFormat("%s/selfplay-%03d.jsonl", run_.metrics(), w));
      if (!lines.ok()) continue;
      for (auto line = lines->rbegin(); line != lines->rend(); ++line) {
        if (line->value("event", nlohmann::json()) != "rate") continue;
        timesteps += NumberAt(*line, "timesteps_per_second");
        evaluations += NumberAt(*line, "evaluations_per_second");
        break;
      }
    }
    return absl::StrFormat("%.0f steps/s, %.0f evaluations/s", timesteps, evaluations);
  }

  const RunDirectory& run_;
  absl::Time next_ = absl::InfinitePast();
};

class Supervisor {
 public:
  Supervisor(const RunDirectory& run, const std::string& record_directory) {
    learner_ = {{"learn", "--run", run.path()}, run.logs() + "/learner.log"};
    for (int w = 0; w < run.config().selfplay.workers; ++w) {
      Child worker = {{"selfplay", "--run", run.path(), "--worker", absl::StrCat(w)},
                      absl::StrFormat("%s/selfplay-%03d.log", run.logs(), w)};
      if (!record_directory.empty()) {
        worker.arguments.insert(worker.arguments.end(), {"--record", record_directory});
      }
      workers_.push_back(std::move(worker));
    }
  }

  absl::Status Start() {
    absl::Status status = learner_.Start();
    for (Child& worker : workers_) {
      if (status.ok()) status = worker.Start();
    }
    return status;
  }

  // True while training goes on.
  absl::StatusOr<bool> Watch() {
    if (const auto ended = learner_.process->Poll()) {
      if (!ended->empty()) return learner_.Failed(*ended);
      return false;
    }
    for (Child& worker : workers_) {
      const auto ended = worker.process->Poll();
      if (!ended) continue;
      if (++worker.failures >= kMaxFailures) return worker.Failed(*ended);
      RETURN_IF_ERROR(worker.Start());
    }
    return true;
  }

  // Lets every process finish what it is writing.
  void Stop() {
    std::vector<Child*> children = {&learner_};
    for (Child& worker : workers_) children.push_back(&worker);
    for (Child* child : children) {
      if (child->process) child->process->Stop();
    }
    for (Child* child : children) {
      while (child->process && !child->process->Poll()) absl::SleepFor(absl::Milliseconds(20));
    }
  }

 private:
  Child learner_;
  std::vector<Child> workers_;
};

absl::StatusOr<bool> AlreadyTrained(const RunDirectory& run) {
  ASSIGN_OR_RETURN(auto latest, run.LatestCheckpoint());
  if (!latest.has_value()) return false;
  const auto& [step, path] = *latest;
  ASSIGN_OR_RETURN(models::NetworkFile file, models::LoadNetwork(path));
  ASSIGN_OR_RETURN(RunProgress progress, RunProgress::FromJson(file.run));
  const double fraction = ProgressOf(run.config().learner, step, progress.seconds);
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

absl::Status Train(const RunDirectory& run, const std::string& record_directory,
                   const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(bool trained, AlreadyTrained(run));
  if (trained) return absl::OkStatus();
  if (run.config().learner.algorithm == Algorithm::kPpo) {
    if (!record_directory.empty()) {
      return absl::InvalidArgumentError("--record: episodes are recorded of self-play only");
    }
    absl::Status status = RunPpo(run, stop);
    return status.ok() && stop ? Stopped() : status;
  }

  Supervisor supervisor(run, record_directory);
  StatusReader reader(run);
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
