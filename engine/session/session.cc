#include "engine/session/session.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kIdle = absl::Milliseconds(100);

}  // namespace

double SessionPlan::Progress(int64_t steps, double seconds) const {
  if (max_steps <= 0) return 1;
  double progress = static_cast<double>(steps) / static_cast<double>(max_steps);
  if (max_minutes > 0) progress = std::max(progress, seconds / (60 * max_minutes));
  return std::min(progress, 1.0);
}

double SessionPlan::LearningRate(double progress) const {
  const double fall = std::max(0.0, (progress - fall_begins) / (1 - fall_begins));
  return learning_rate + fall * (final_learning_rate - learning_rate);
}

absl::Status Session::Run(absl::FunctionRef<absl::Status()> learn) {
  for (;;) {
    ASSIGN_OR_RETURN(const Moment now, Look());
    seconds_ = now.seconds;
    if (now.stop || complete()) return absl::OkStatus();
    const int64_t before = steps_;
    RETURN_IF_ERROR(learn());
    if (steps_ == before) absl::SleepFor(kIdle);
  }
}

}  // namespace hod::engine
