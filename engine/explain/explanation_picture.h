// Explanations as pictures.
#pragma once

#include "engine/explain/explanation.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// The world with the likely house, whose blocks are as opaque as they are probable; the uncertainty
// of every voxel; bars of the `top` best actions and of what the human is expected to do; the
// principal variation.
env::Canvas DrawExplanation(const ExplainedMoment& moment, const Explanation& explanation, int top);

}  // namespace hod::engine
