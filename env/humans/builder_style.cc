#include "env/humans/builder_style.h"

namespace hod::env {

BuilderStyle DrawStyle(Rng& rng) {
  const auto between = [&](double lo, double hi) { return lo + (hi - lo) * rng.Uniform(); };
  BuilderStyle style;
  style.near_edit = between(1.0, 1.6);
  style.near_body = between(0.05, 0.25);
  style.same_direction = between(0.6, 1.4);
  style.low_layer = between(0.3, 1.1);
  style.same_type = between(4.0, 6.0);
  style.glass_later = between(0.0, 1.4);
  style.notice_delay = between(1.0, 3.0);
  style.eye_distance = between(1.8, 2.4);
  style.closeness = between(0.6, 1.4);
  style.laziness = between(0.4, 1.0);
  style.fidget = between(0.02, 0.14);
  const bool slow = rng.Chance(0.1);
  style.pause = slow ? between(0.3, 0.6) : between(0.03, 0.12);
  style.slip = slow ? between(0.05, 0.13) : between(0.01, 0.04);
  return style;
}

}  // namespace hod::env
