// How long work has taken, and how long it will: a line on standard error that is rewritten in
// place on a terminal and repeated every ten seconds elsewhere.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/base/clock.h"

namespace hod {

// Where progress is shown.
class ProgressOutput {
 public:
  virtual ~ProgressOutput() = default;
  // The present width of the terminal; 0 where there is none.
  virtual int Columns() const = 0;
  virtual void Write(absl::string_view text) = 0;
};

ProgressOutput& StandardError();

class ProgressLine {
 public:
  explicit ProgressLine(std::string phase, ProgressOutput& output = StandardError(),
                        std::function<MonotonicTime()> now = MonotonicNow);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { Finish(); }

  // The fraction of work that goes on until it is stopped.
  static constexpr double kEndless = -1;
  // `fraction` in [0, 1] of the work; `details` e.g. rates. Cheap to call often.
  void Update(double fraction, const std::string& details);
  // Leaves the last line standing.
  void Finish();

 private:
  void Print();

  const std::string phase_;
  ProgressOutput& output_;
  const std::function<MonotonicTime()> now_;
  const MonotonicTime began_;
  MonotonicTime next_;
  double first_fraction_ = -1;  // Work done before this process does not count for the ETA.
  std::string line_, printed_;
  int printed_columns_ = 0;  // Width of what stands on the terminal.
};

// Progress that several threads report: positions done, of how many, at what rate.
class SharedProgress {
 public:
  SharedProgress(const std::string& phase, double total, ProgressOutput& output = StandardError(),
                 std::function<MonotonicTime()> now = MonotonicNow);
  // `details` of the last report stand behind the rate.
  void Add(double positions, const std::string& details = "");

 private:
  std::mutex mutex_;
  ProgressLine line_;
  const double total_;
  const std::function<MonotonicTime()> now_;
  const MonotonicTime began_;
  double done_ = 0;
};

// "75 s", "4 min 10 s", "2 h 05 min".
std::string DurationText(absl::Duration duration);

}  // namespace hod
