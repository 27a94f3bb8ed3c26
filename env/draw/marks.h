// What a voxel is when the world is held against the goal: the marks that pictures and text share.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "env/game/blocks.h"

namespace hod::env {

enum class Mark : uint8_t {
  kRight,    // Same as in the goal; also where nothing is and nothing belongs.
  kWrong,    // A block where the goal has none, or another.
  kMissing,  // No block where the goal has one.
};
inline constexpr int kNumMarks = 3;

constexpr Mark MarkOf(Block current, Block goal) {
  if (current == goal) return Mark::kRight;
  return current == kAir ? Mark::kMissing : Mark::kWrong;
}

struct MarkCounts {
  int wrong = 0, missing = 0;
};
// Requires blocks.size() == goal.size().
inline MarkCounts CountMarks(absl::Span<const Block> blocks, absl::Span<const Block> goal) {
  MarkCounts counts;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Mark mark = MarkOf(blocks[i], goal[i]);
    counts.wrong += mark == Mark::kWrong;
    counts.missing += mark == Mark::kMissing;
  }
  return counts;
}

}  // namespace hod::env
