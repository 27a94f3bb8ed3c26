#include "env/base/clock.h"

#include <type_traits>

#include "absl/time/clock.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

// The wall clock cannot take part, in either direction.
static_assert(!std::is_convertible_v<absl::Time, MonotonicTime>);
static_assert(!std::is_convertible_v<MonotonicTime, absl::Time>);
static_assert(!std::is_constructible_v<MonotonicTime, absl::Time>);
static_assert(!std::is_assignable_v<absl::Time&, MonotonicTime>);

TEST_CASE("Times are ordered, and differ by durations") {
  const MonotonicTime begin, end = begin + absl::Seconds(2);
  CHECK(begin < end);
  CHECK(end - begin == absl::Seconds(2));
  CHECK(end - absl::Seconds(2) == begin);
  CHECK(end + absl::InfiniteDuration() > end + absl::Hours(1000000));
  CHECK(MonotonicNow() > begin);
}

TEST_CASE("Time goes on and a stopwatch measures it") {
  const MonotonicTime before = MonotonicNow();
  Stopwatch watch;
  absl::SleepFor(absl::Milliseconds(20));
  const absl::Duration elapsed = watch.Elapsed();
  CHECK(elapsed >= absl::Milliseconds(20));
  CHECK(MonotonicNow() - before >= elapsed);
  CHECK(watch.Seconds() >= 0.02);
  watch.Restart();
  CHECK(watch.Elapsed() < elapsed);
}

}  // namespace
}  // namespace hod
