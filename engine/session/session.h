// A training session: how far it is, how fast it learns, when it ends. Every training is one,
// whatever is trained and from what: runs (engine/training/run_session.h), clones, networks under
// study.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/base/clock.h"

namespace hod::engine {

struct SessionPlan {
  int64_t max_steps = 1;   // Gradient steps; with 0 there is nothing to do.
  double max_minutes = 0;  // Training time, restarts included; 0: no limit.
  double learning_rate = 1e-3;
  double final_learning_rate = 1e-3;
  // The progress up to which the rate is constant, below 1. From there on it falls linearly.
  double fall_begins = 0;

  // How far training is, from 0 to 1: by steps or by time, whichever is further.
  double Progress(int64_t steps, double seconds) const;
  double LearningRate(double progress) const;
};

class Session {
 public:
  // Goes on after `steps` gradient steps and `seconds` of earlier processes. `stop` outlives it.
  Session(const SessionPlan& plan, const std::atomic<bool>& stop, int64_t steps = 0,
          double seconds = 0)
      : plan_(plan), stop_(stop), steps_(steps), seconds_before_(seconds), seconds_(seconds) {}
  virtual ~Session() = default;

  // Calls `learn` until training is complete, `stop` is set or it fails. It makes gradient steps
  // and says so by Made(); if it made none, for want of data, it is called again in a moment.
  absl::Status Run(absl::FunctionRef<absl::Status()> learn);
  void Made(int64_t steps) { steps_ += steps; }
  // Training ends after so many gradient steps, if the plan doesn't end it before.
  void EndAfter(int64_t steps) { plan_.max_steps = std::min(plan_.max_steps, steps); }

  int64_t steps() const { return steps_; }
  double Seconds() const { return seconds_; }  // Training time until the last call of `learn`.
  double Progress() const { return plan_.Progress(steps_, Seconds()); }
  double LearningRate() const { return plan_.LearningRate(Progress()); }
  bool complete() const { return Progress() >= 1; }

 protected:
  // What decides about the next call of `learn`.
  struct Moment {
    bool stop;
    double seconds;
  };
  virtual absl::StatusOr<Moment> Look() {
    return Moment{stop_, seconds_before_ + watch_.Seconds()};
  }

 private:
  SessionPlan plan_;
  const std::atomic<bool>& stop_;
  int64_t steps_;
  const double seconds_before_;
  const Stopwatch watch_;
  double seconds_;
};

}  // namespace hod::engine
