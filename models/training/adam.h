// Adam (Kingma & Ba 2015) over a flat vector of parameters.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace hod::models {

struct AdamMoments {
  std::vector<float> first, second;  // The gradient's; one of each for every parameter.
  int64_t steps = 0;

  // Makes a step, after the gradient is scaled down to `max_norm`. Returns its norm of before; if
  // that is not finite, nothing is changed.
  double Update(absl::Span<float> parameters, absl::Span<float> gradient, double learning_rate,
                double max_norm);
};

}  // namespace hod::models
