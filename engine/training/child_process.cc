#include "engine/training/child_process.h"

#include <spdlog/spdlog.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr int kMaxFailures = 5;
constexpr absl::Duration kRecovered = absl::Minutes(10);

std::string LastLines(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() > 5) lines.erase(lines.begin(), lines.end() - 5);
  return absl::StrJoin(lines, "\n  ");
}

}  // namespace

bool Failures::Add(MonotonicTime started) {
  if (MonotonicNow() - started >= kRecovered) count_ = 0;
  return ++count_ >= kMaxFailures;
}

absl::Status ChildProcess::Start() {
  ASSIGN_OR_RETURN(process_, Process::Start(arguments_, log_, program_));
  started_ = MonotonicNow();
  return absl::OkStatus();
}

absl::Status ChildProcess::KeepRunning() {
  const auto ended = process_->Poll();
  if (!ended) return absl::OkStatus();
  const absl::Status failed = Failed(*ended);
  if (failures_.Add(started_)) return failed;
  spdlog::warn("started again: {}", std::string(failed.message()));
  return Start();
}

absl::Status ChildProcess::Failed(const std::string& how) const {
  const std::string lines = LastLines(process_->last_output());
  return absl::InternalError(absl::StrCat(
      program_ == kThisProgram ? absl::StrCat("hod ", arguments_.front()) : program_,
      how.empty() ? " ended, though nothing asked it to" : absl::StrCat(" failed (", how, ")"),
      ". ",
      lines.empty() ? "It printed nothing"
                    : absl::StrCat("What it printed is in ", log_, " and ends with\n  ", lines)));
}

void StopAll(absl::Span<ChildProcess* const> children) {
  for (ChildProcess* child : children) {
    if (child->process_) child->process_->Stop();
  }
  for (ChildProcess* child : children) {
    while (child->process_ && !child->process_->Poll()) absl::SleepFor(absl::Milliseconds(20));
  }
}

}  // namespace hod::engine
