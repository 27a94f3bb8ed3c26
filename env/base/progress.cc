#include "env/base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace hod {
namespace {

constexpr absl::Duration kTerminalInterval = absl::Milliseconds(300);
constexpr absl::Duration kLogInterval = absl::Seconds(10);

}  // namespace

std::string DurationText(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration + absl::Milliseconds(500));
  if (seconds < 100) return absl::StrFormat("%d s", seconds);
  if (seconds < 3600) return absl::StrFormat("%d min %02d s", seconds / 60, seconds % 60);
  return absl::StrFormat("%d h %02d min", seconds / 3600, seconds / 60 % 60);
}

ProgressLine::ProgressLine(std::string phase)
    : phase_(std::move(phase)),
      terminal_(isatty(STDERR_FILENO) != 0),
      began_(absl::Now()),
      next_(began_ + (terminal_ ? absl::ZeroDuration() : kLogInterval)) {}

void ProgressLine::Update(double fraction, const std::string& details) {
  const absl::Time now = absl::Now();
  if (first_fraction_ < 0) first_fraction_ = fraction;
  const absl::Duration elapsed = now - began_;
  const double done = fraction - first_fraction_;
  const std::string eta =
      done > 0 ? DurationText(elapsed * ((1 - fraction) / done)) : std::string("?");
  line_ =
      absl::StrFormat("%s %3.0f%%  %s elapsed, %s left  %s", phase_,
                      100 * std::clamp(fraction, 0.0, 1.0), DurationText(elapsed), eta, details);
  if (now < next_) return;
  next_ = now + (terminal_ ? kTerminalInterval : kLogInterval);
  Print(line_);
}

void ProgressLine::Finish() {
  if (line_.empty()) return;
  if (line_ != printed_) Print(line_);
  if (terminal_) std::fputc('\n', stderr);
  line_.clear();
}

void ProgressLine::Print(const std::string& line) {
  // Carriage return, and erase what a longer line left.
  std::fputs(terminal_ ? absl::StrCat("\r", line, "\033[K").c_str() : (line + "\n").c_str(),
             stderr);
  std::fflush(stderr);
  printed_ = line;
}

}  // namespace hod
