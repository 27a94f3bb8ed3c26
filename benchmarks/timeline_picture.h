// A timeline as a picture: a row per thread, colours by work.
#pragma once

#include "engine/play/timeline.h"
#include "env/draw/canvas.h"

namespace hod::benchmarks {

// Draws what lies between `begin` and `end`, in seconds of the timeline.
env::Canvas DrawTimeline(const engine::Timeline& timeline, double begin, double end);

}  // namespace hod::benchmarks
