// A number that a world carries at its border, spelled in blocks that anybody can see.
#pragma once

#include <optional>
#include <vector>

#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::engine {

// No world has a higher sign; NumSigns() says how many there are in one.
inline constexpr int kMaxSignBits = 20;
inline constexpr int kMaxSign = (1 << kMaxSignBits) - 1;

// Signs are below this: one bit for each voxel of the border's row.
int NumSigns(const env::WorldSize& size);

// Spells `sign` in the ground along z = 0, where no house reaches, the lowest bit at x = 0: wool is
// 1, stonebrick 0. `blocks` is a world or a goal, [volume]. Requires 0 <= sign < NumSigns(size).
void WriteSign(const env::WorldSize& size, int sign, std::vector<env::Block>& blocks);

// The sign that is spelled there; none if anything else is.
std::optional<int> ReadSign(const env::WorldSize& size, const std::vector<env::Block>& blocks);

}  // namespace hod::engine
