// What a player can click from where it stands (rules, Section 3, "Line of sight"): one target, or
// all at once. A ray's voxels come from a table instead of a walk, and only faces between a solid
// block and an open voxel that look towards the eye are asked about; the outcomes are those of the
// rules to the last bit. docs/performance.md has the measurements.
#pragma once

#include <array>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "env/game/actions.h"
#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::env {

// What rays meet in a world.
struct Obstacles {
  const WorldSize& size;
  absl::Span<const Block> blocks;        // [volume]
  absl::InlinedVector<Cell, 2> players;  // Feet of those whose bodies hide what is behind them.
};

// Whether a player with `feet` can click `target` for `type`, place or break: some click point of
// the target is within reach and its ray is free. Any target inside the world may be asked about.
bool CanClick(const Obstacles& obstacles, ActionType type, Cell target, Cell feet);

// The same with teleportation: from some place a player may stand at to act on `target`.
bool CanClickFromAnywhere(const Obstacles& obstacles, ActionType type, Cell target);

// One bit for each voxel around a head, which is all that can be in reach: from 4 below to 4 above
// along x and z, from 4 below to 5 above along y. Rows run along z.
struct Window {
  static constexpr int kLow = 4;  // How far the window reaches to lower coordinates.
  static constexpr int kWidth = 9, kHeight = 10;
  static constexpr int kRows = kWidth * kHeight;
  static constexpr int kPadding = 16;  // Rows that are always empty, so that shifts stay inside.

  static bool Contains(Cell offset) {
    return offset.x >= -kLow && offset.x <= kLow && offset.z >= -kLow && offset.z <= kLow &&
           offset.y >= -kLow && offset.y < kHeight - kLow;
  }
  // Row and bit of the voxel at `offset` from the head as one number: 16 * row + bit.
  static int Index(Cell offset) {
    return ((offset.x + kLow) * kHeight + offset.y + kLow) * 16 + offset.z + kLow;
  }
  static Cell At(int index) {
    return {index / 16 / kHeight - kLow, index / 16 % kHeight - kLow, index % 16 - kLow};
  }

  uint16_t& Row(int row) { return rows[kPadding + row]; }
  uint16_t Row(int row) const { return rows[kPadding + row]; }
  bool Has(int index) const { return Row(index / 16) >> (index % 16) & 1; }
  void Add(int index) { Row(index / 16) |= 1 << (index % 16); }
  void Remove(int index) { Row(index / 16) &= ~(1 << (index % 16)); }

  std::array<uint16_t, kPadding + 96 + kPadding> rows{};
};

// The voxels around a head.
struct Surroundings {
  Surroundings(const WorldSize& size, absl::Span<const Block> blocks, Cell head);

  Cell head;      // The voxel of the eye; may lie above the world.
  Window inside;  // Voxels of the world.
  Window solid;   // Blocks.
  Window bodies;  // Other players; they hide what is behind them. The caller adds them.
};

// Solid voxels to break and air voxels to place a block into.
struct ClickTargets {
  Window breaks, places;
};

// Those of `wanted` that can be clicked. Requires wanted.breaks within `around.solid`, and
// wanted.places within the world and outside `around.solid`.
ClickTargets FindClickable(const Surroundings& around, const ClickTargets& wanted);

}  // namespace hod::env
