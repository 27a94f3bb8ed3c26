#include "env/players/builder_style.h"

namespace hod::env {

BuilderStyle DrawStyle(Rng& rng) {
  const auto between = [&](double lo, double hi) { return lo + (hi - lo) * rng.Uniform(); };
  BuilderStyle style;
  style.near_edit = between(0.6, 1.0);
  style.near_body = between(0.05, 0.25);
  style.same_direction = between(1.7, 2.5);
  style.low_layer = between(0.1, 0.9);
  style.same_type = between(5.0, 7.0);
  style.fill_in = between(0.8, 1.2);
  style.tidy = between(0.4, 0.8);
  style.repair = between(7.0, 9.0);
  style.notice_delay = between(0.6, 2.0);
  style.eye_distance = between(1.6, 2.1);
  style.closeness = between(0.4, 0.9);
  style.follow = between(1.9, 2.5);
  style.laziness = between(0.4, 1.0);
  style.fidget = between(0.1, 0.24);
  style.look_around = between(0.06, 0.22);
  const bool slow = rng.Chance(0.1);
  style.pause = slow ? between(0.3, 0.6) : between(0.03, 0.12);
  style.slip = slow ? between(0.1, 0.2) : between(0.04, 0.1);
  return style;
}

}  // namespace hod::env
