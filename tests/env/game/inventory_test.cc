#include "env/game/inventory.h"

#include "tests/support/catch.h"

namespace hod::env {
namespace {

using Slot = Inventory::Slot;

Inventory::Counts Counts(std::initializer_list<std::pair<Block, int>> counts) {
  Inventory::Counts result{};
  for (const auto& [block, count] : counts) result[block] = count;
  return result;
}

TEST_CASE("packing splits counts into stacks in block order") {
  const Inventory inventory = Inventory::Packed(Counts({{kWool, 1}, {kDirt, 130}, {kStone, 64}}));
  const auto& slots = inventory.slots();
  CHECK(slots[0] == Slot{kDirt, 64});
  CHECK(slots[1] == Slot{kDirt, 64});
  CHECK(slots[2] == Slot{kDirt, 2});
  CHECK(slots[3] == Slot{kStone, 64});
  CHECK(slots[4] == Slot{kWool, 1});
  CHECK(slots[5] == Slot{kAir, 0});
  CHECK(inventory.CountAll() == Counts({{kWool, 1}, {kDirt, 130}, {kStone, 64}}));
  CHECK(inventory.NumKinds() == 3);
}

TEST_CASE("blocks go to the first slots of their kind or empty ones, in slot order") {
  Inventory inventory;
  inventory.slots()[0] = {kDirt, 62};
  inventory.slots()[1] = {kStone, 5};
  inventory.slots()[3] = {kDirt, 10};
  inventory.Add(kDirt, 5);  // 2 fit into the first slot; the empty third comes before the fourth.
  CHECK(inventory.slots()[0] == Slot{kDirt, 64});
  CHECK(inventory.slots()[2] == Slot{kDirt, 3});
  CHECK(inventory.slots()[3] == Slot{kDirt, 10});
}

TEST_CASE("blocks are taken in slot order, and an emptied slot keeps its label") {
  Inventory inventory;
  inventory.slots()[1] = {kDirt, 2};
  inventory.slots()[4] = {kDirt, 9};
  inventory.Take(kDirt, 3);
  CHECK(inventory.slots()[1] == Slot{kDirt, 0});
  CHECK(inventory.slots()[4] == Slot{kDirt, 8});
  CHECK(inventory.Count(kDirt) == 8);
  inventory.Add(kWool, 1);  // The label of an empty slot gives way.
  CHECK(inventory.slots()[0] == Slot{kWool, 1});
}

TEST_CASE("adding nothing relabels the first usable slot") {
  Inventory inventory;
  inventory.slots()[0] = {kStone, 64};
  inventory.Add(kWool, 0);
  CHECK(inventory.slots()[1] == Slot{kWool, 0});
  CHECK(inventory.NumKinds() == 1);
}

TEST_CASE("space is what fits into slots of the kind and empty ones") {
  Inventory inventory;
  CHECK(inventory.Space(kDirt) == 36 * 64);
  for (Slot& slot : inventory.slots()) slot = {kStone, 64};
  CHECK(inventory.Space(kStone) == 0);
  CHECK(inventory.Space(kDirt) == 0);
  inventory.slots()[7] = {kDirt, 60};
  CHECK(inventory.Space(kDirt) == 4);
  CHECK(inventory.Space(kStone) == 0);
  inventory.slots()[9] = {kStone, 0};
  CHECK(inventory.Space(kDirt) == 68);
  CHECK(inventory.Space(kStone) == 64);
}

}  // namespace
}  // namespace hod::env
