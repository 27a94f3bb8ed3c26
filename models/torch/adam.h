// Adam (Kingma & Ba 2015) over one flat vector of parameters, with its usual constants. Only for
// the .cc files of models/.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace hod::models {

struct Adam {
  at::Tensor first_moment, second_moment;  // [P]
  int64_t steps = 0;

  // One update of `parameters` [P], in place. The gradient is first clipped to `max_norm`; returns
  // its norm before, and does nothing if that is not finite.
  double Update(at::Tensor& parameters, double learning_rate, double max_norm);
};

}  // namespace hod::models
