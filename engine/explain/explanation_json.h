// Explanations for programs (docs/explain.md, "JSON").
#pragma once

#include <nlohmann/json.hpp>

#include "engine/explain/explanation.h"

namespace hod::engine {

// Lists hold the first `top`, that of actions as ShownActions() says. What is not known is null.
nlohmann::json ToJson(const ExplainedMoment& moment, const Explanation& explanation, int top);

}  // namespace hod::engine
