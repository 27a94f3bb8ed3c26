// Random damage to files.
#pragma once

#include <string>

#include "env/base/random.h"

namespace hod::fuzz {

// Inputs grow to at most so many bytes.
inline constexpr size_t kMaxInput = size_t{256} << 10;

// Does some damage to `bytes`: flipped bits, bytes and numbers (in text or little-endian) replaced,
// ranges cut out, doubled or moved, the end cut off, pieces of `other` spliced in.
void Mutate(const std::string& other, Rng& rng, std::string& bytes);

}  // namespace hod::fuzz
