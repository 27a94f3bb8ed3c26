// Connected components of the cells of a box.
#pragma once

#include <cstdint>
#include <vector>

#include "env/game/geometry.h"

namespace hod::env {

struct Components {
  std::vector<int> labels;  // [volume] 0 outside the mask, else 1 to count.
  int count = 0;            // Components are numbered by their first cell in C order.
};

// `mask` is [volume], nonzero for members. Neighbours share a face (connectivity 6), a face or an
// edge (18), or a face, an edge or a corner (26).
Components LabelComponents(const WorldSize& size, const std::vector<uint8_t>& mask,
                           int connectivity);

}  // namespace hod::env
