#include "env/base/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/base/utf8.h"

namespace hod {
namespace {

constexpr absl::Duration kTerminalInterval = absl::Milliseconds(300);
constexpr absl::Duration kLogInterval = absl::Seconds(10);

class StandardErrorOutput : public ProgressOutput {
 public:
  int Columns() const override {
    constexpr int kUsual = 80;  // Assumed for terminals that don't know.
    if (isatty(STDERR_FILENO) == 0) return 0;
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
    return size.ws_col;
  }
  void Write(absl::string_view text) override {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }
};

}  // namespace

ProgressOutput& StandardError() {
  static StandardErrorOutput output;
  return output;
}

std::string DurationText(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration + absl::Milliseconds(500));
  if (seconds < 100) return absl::StrFormat("%d s", seconds);
  if (seconds < 3600) return absl::StrFormat("%d min %02d s", seconds / 60, seconds % 60);
  return absl::StrFormat("%d h %02d min", seconds / 3600, seconds / 60 % 60);
}

ProgressLine::ProgressLine(std::string phase, ProgressOutput& output,
                           std::function<MonotonicTime()> now)
    : phase_(std::move(phase)),
      output_(output),
      now_(std::move(now)),
      began_(now_()),
      next_(began_ + (output_.Columns() > 0 ? absl::ZeroDuration() : kLogInterval)) {}

void ProgressLine::Update(double fraction, const std::string& details) {
  const MonotonicTime now = now_();
  if (first_fraction_ < 0) first_fraction_ = fraction;
  const absl::Duration elapsed = now - began_;
  const double done = fraction - first_fraction_;
  const std::string eta =
      done > 0 ? DurationText(elapsed * ((1 - fraction) / done)) : std::string("?");
  line_ = fraction == kEndless
              ? absl::StrFormat("%s  for %s  %s", phase_, DurationText(elapsed), details)
              : absl::StrFormat("%s %3.0f%%  %s elapsed, %s left  %s", phase_,
                                100 * std::clamp(fraction, 0.0, 1.0), DurationText(elapsed), eta,
                                details);
  if (now < next_) return;
  next_ = now + (output_.Columns() > 0 ? kTerminalInterval : kLogInterval);
  Print();
}

void ProgressLine::Finish() {
  if (line_.empty()) return;
  if (line_ != printed_) Print();
  if (output_.Columns() > 0) output_.Write("\n");
  line_.clear();
}

void ProgressLine::Print() {
  printed_ = line_;
  const int columns = output_.Columns();
  if (columns == 0) return output_.Write(line_ + "\n");
  // The last column stays free: after a character there, terminals differ in where the cursor is.
  const std::string shown = FirstColumns(line_, std::max(1, columns - 1));
  // The cursor waits at the line's beginning. There it also is after a terminal that was made
  // narrower has wrapped the line, whose other rows are then erased.
  const char* const erase = printed_columns_ > columns ? "\r\033[J" : "";
  output_.Write(absl::StrCat(erase, "\r", shown, "\033[K\r"));
  printed_columns_ = NumColumns(shown);
}

SharedProgress::SharedProgress(const std::string& phase, double total, ProgressOutput& output,
                               std::function<MonotonicTime()> now)
    : line_(phase, output, now), total_(total), now_(std::move(now)), began_(now_()) {}

void SharedProgress::Add(double positions, const std::string& details) {
  const std::lock_guard lock(mutex_);
  done_ += positions;
  const double seconds = absl::ToDoubleSeconds(now_() - began_);
  line_.Update(done_ / total_, absl::StrFormat("%.3g positions/s  %s", done_ / seconds, details));
}

}  // namespace hod
