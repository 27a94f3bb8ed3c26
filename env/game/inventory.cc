#include "env/game/inventory.h"

#include <algorithm>

namespace hod::env {

Inventory Inventory::Packed(const Counts& counts) {
  Inventory inventory;
  int slot = 0;
  for (int block = 0; block < kNumBlocks; ++block) {
    for (int left = counts[block]; left > 0; left -= kStack) {
      inventory.slots_[slot++] = {static_cast<Block>(block),
                                  static_cast<uint8_t>(std::min(left, kStack))};
    }
  }
  return inventory;
}

int Inventory::Count(Block block) const {
  int count = 0;
  for (const Slot& s : slots_) count += s.block == block ? s.count : 0;
  return count;
}

Inventory::Counts Inventory::CountAll() const {
  Counts counts{};
  for (const Slot& s : slots_) counts[s.block] += s.count;
  return counts;
}

int Inventory::NumKinds() const {
  const Counts counts = CountAll();
  return static_cast<int>(std::count_if(counts.begin(), counts.end(), [](int n) { return n > 0; }));
}

int Inventory::Space(Block block) const {
  int space = 0;
  for (const Slot& s : slots_) space += s.block == block || s.count == 0 ? kStack - s.count : 0;
  return space;
}

void Inventory::Add(Block block, int amount) {
  for (Slot& s : slots_) {
    if (s.block != block && s.count != 0) continue;
    s.block = block;
    const int fits = std::min(amount, kStack - s.count);
    s.count = static_cast<uint8_t>(s.count + fits);
    amount -= fits;
    if (amount == 0) return;
  }
}

void Inventory::Take(Block block, int amount) {
  for (Slot& s : slots_) {
    if (s.block != block || s.count == 0) continue;
    const int taken = std::min<int>(amount, s.count);
    s.count = static_cast<uint8_t>(s.count - taken);
    amount -= taken;
    if (amount == 0) return;
  }
}

}  // namespace hod::env
