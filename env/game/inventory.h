// What a player carries when blocks are finite: 36 slots of up to 64 blocks (rules, "Give").
#pragma once

#include <array>
#include <cstdint>

#include "env/game/blocks.h"

namespace hod::env {

class Inventory {
 public:
  static constexpr int kSlots = 36;
  static constexpr int kStack = 64;

  struct Slot {
    Block block = kAir;
    uint8_t count = 0;
    friend bool operator==(const Slot&, const Slot&) = default;
  };

  using Counts = std::array<int, kNumBlocks>;

  // Stacks of 64 in ascending block order. Requires that the counts fit.
  static Inventory Packed(const Counts& counts);

  int Count(Block block) const;
  Counts CountAll() const;
  int NumKinds() const;
  // How many more of `block` fit: in slots that hold it, and in empty ones.
  int Space(Block block) const;
  // Requires `amount` <= Space(block). A slot keeps its label when it empties; adding 0 relabels
  // the first usable slot, as the reference does.
  void Add(Block block, int amount);
  // Requires `amount` <= Count(block).
  void Take(Block block, int amount);

  std::array<Slot, kSlots>& slots() { return slots_; }
  const std::array<Slot, kSlots>& slots() const { return slots_; }
  friend bool operator==(const Inventory&, const Inventory&) = default;

 private:
  std::array<Slot, kSlots> slots_{};
};

}  // namespace hod::env
