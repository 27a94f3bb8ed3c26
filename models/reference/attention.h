// Attention over many short sequences, for which a library's batched matrix products are slow.
#pragma once

#include <cstdint>

namespace hod::models {

// Self-attention within each of `sequences` sequences of `length` elements, with `heads` heads of
// `size` values: softmax(q k' / sqrt(size)) v. `qkv` is [sequences][length][3][heads][size], `out`
// [sequences][length][heads][size].
void Attend(const float* qkv, int64_t sequences, int length, int heads, int size, float* out);

}  // namespace hod::models
