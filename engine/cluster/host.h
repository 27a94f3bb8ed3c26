// What the processes of a cluster have in common: how a run may be called, and patience.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/base/entropy.h"
#include "env/base/random.h"

namespace hod::engine {

// The name of a run in a cluster: letters, digits, "-", "_" and ".", at most 64.
absl::Status CheckRunName(absl::string_view name);

// How long to wait between tries: longer and longer, up to half a minute. Every process draws times
// of its own, so that not all try at once.
class Backoff {
 public:
  void Reset() { next_ = kFirst; }
  // How long to wait this time.
  absl::Duration Next();
  void Wait(const std::atomic<bool>& stop);

 private:
  static constexpr absl::Duration kFirst = absl::Milliseconds(250);
  static constexpr absl::Duration kLongest = absl::Seconds(30);
  absl::Duration next_ = kFirst;
  Rng rng_{RandomSeed()};
};

}  // namespace hod::engine
