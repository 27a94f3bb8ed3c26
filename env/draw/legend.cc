#include "env/draw/legend.h"

#include <string>
#include <utility>
#include <vector>

#include "env/draw/moment.h"
#include "env/draw/sprite.h"
#include "env/draw/world.h"

namespace hod::env {
namespace {

constexpr int kTile = 10, kRowHeight = 28, kMargin = 8, kGap = 6;
constexpr TextStyle kText{.size = 12};

struct Item {
  Sprite sprite;
  std::string name;
};

std::vector<Item> AllItems(const LegendItems& asked) {
  std::vector<Item> items;
  for (Block block = kFirstPlaceable; block < kNumBlocks; ++block) {
    items.push_back({DrawBlockSprite(block, Mark::kRight, kAllFaces, kTile), kBlockNames[block]});
  }
  if (asked.marks) {
    items.push_back({DrawBlockSprite(kPlanks, Mark::kWrong, kAllFaces, kTile), "wrong"});
    items.push_back({DrawBlockSprite(kPlanks, Mark::kMissing, kAllFaces, kTile), "missing"});
  }
  for (int i = 0; i < asked.num_players; ++i) {
    items.push_back({DrawHeadSprite(i, 2 * kTile), PlayerName(i)});
  }
  return items;
}

}  // namespace

Canvas DrawLegend(int width, const LegendItems& asked) {
  const Canvas ruler(1, 1);
  struct Placed {
    Item item;
    int x, row;
  };
  std::vector<Placed> placed;
  int x = kMargin, row = 0;
  for (Item& item : AllItems(asked)) {
    const int extent =
        2 * kTile + kGap + static_cast<int>(ruler.TextWidth(item.name, kText)) + 2 * kGap;
    if (x > kMargin && x + extent > width) {
      x = kMargin;
      ++row;
    }
    placed.push_back({std::move(item), x, row});
    x += extent;
  }
  Canvas canvas(width, (row + 1) * kRowHeight, kSky);
  for (const Placed& at : placed) {
    const int middle = at.row * kRowHeight + kRowHeight / 2;
    const Sprite& sprite = at.item.sprite;
    canvas.Blit(sprite, at.x + kTile - sprite.width / 2, middle - sprite.height / 2);
    canvas.Text({at.x + 2.0 * kTile + kGap, middle + 4.0}, at.item.name, kText);
  }
  return canvas;
}

}  // namespace hod::env
