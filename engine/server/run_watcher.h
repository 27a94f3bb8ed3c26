// What `hod watch` shows of a run beside an episode, as plain values. Only reads.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/report/run_metrics.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

struct WatchedCurve {
  std::string title, x;
  std::vector<std::pair<double, double>> points;
  friend bool operator==(const WatchedCurve&, const WatchedCurve&) = default;
};

struct WatchedWorker {
  std::string name, rate;
  double age_seconds = 0;  // Since its last line of metrics.
  friend bool operator==(const WatchedWorker&, const WatchedWorker&) = default;
};

struct WatchedTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  friend bool operator==(const WatchedTable&, const WatchedTable&) = default;
};

// Ages are rounded, the more the older, so that a run in which nothing happens seldom changes.
struct WatchedRun {
  std::string name, status;
  std::vector<WatchedCurve> curves;
  std::vector<WatchedWorker> workers;
  std::vector<WatchedTable> tables;
  friend bool operator==(const WatchedRun&, const WatchedRun&) = default;
};

class RunWatcher {
 public:
  // Curves have at most `max_points`.
  RunWatcher(RunDirectory run, size_t max_points)
      : run_(std::move(run)), metrics_(run_), max_points_(max_points) {
    shown_.name = run_.path();
  }

  const RunDirectory& run() const { return run_; }

  // Looks again, at `now`. Errors name the file; shown() then has them as its status, and otherwise
  // what could be read, now or before.
  absl::Status Poll(absl::Time now);
  const WatchedRun& shown() const { return shown_; }

 private:
  absl::Status Look(absl::Time now);
  std::vector<WatchedCurve> Curves() const;
  std::vector<WatchedWorker> Workers(absl::Time now) const;
  // How far what is produced is ahead of who uses it.
  absl::StatusOr<WatchedTable> Lag(absl::Time now) const;
  // None before there is one.
  absl::StatusOr<std::vector<WatchedTable>> Evaluations() const;

  RunDirectory run_;
  RunMetrics metrics_;
  size_t max_points_;
  WatchedRun shown_;
};

}  // namespace hod::engine
