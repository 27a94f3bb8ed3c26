// How long work has taken, and how long it will: a line on standard error that is rewritten in
// place on a terminal and repeated every ten seconds elsewhere.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace hod {

class ProgressLine {
 public:
  explicit ProgressLine(std::string phase);
  ~ProgressLine() { Finish(); }

  // `fraction` in [0, 1] of the work; `details` e.g. rates. Cheap to call often.
  void Update(double fraction, const std::string& details);
  // Leaves the last line standing.
  void Finish();

 private:
  void Print(const std::string& line);

  std::string phase_;
  bool terminal_;
  absl::Time began_;
  absl::Time next_;
  double first_fraction_ = -1;  // Work done before this process does not count for the ETA.
  std::string line_, printed_;
};

// "75 s", "4 min 10 s", "2 h 05 min".
std::string DurationText(absl::Duration duration);

}  // namespace hod
