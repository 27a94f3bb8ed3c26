#include "engine/cluster/host.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "env/base/clock.h"

namespace hod::engine {

absl::Status CheckRunName(absl::string_view name) {
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  };
  if (!name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--name: \"", name, "\", expected up to 64 letters, digits, \"-\", \"_\" or \".\""));
}

absl::Duration Backoff::Next() {
  const absl::Duration wait = next_ * (0.5 + rng_.Uniform() / 2);
  next_ = std::min(2 * next_, kLongest);
  return wait;
}

void Backoff::Wait(const std::atomic<bool>& stop) {
  const MonotonicTime until = MonotonicNow() + Next();
  while (!stop && MonotonicNow() < until) absl::SleepFor(absl::Milliseconds(20));
}

}  // namespace hod::engine
