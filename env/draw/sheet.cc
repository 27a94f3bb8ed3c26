#include "env/draw/sheet.h"

#include <algorithm>

namespace hod::env {

Canvas DrawSheet(const std::vector<Captioned>& items, int columns) {
  constexpr int kCaptionHeight = 20, kGap = 8;
  const int num_items = static_cast<int>(items.size());
  int width = 0, height = 0;
  for (const Captioned& item : items) {
    width = std::max(width, item.drawing.width() + kGap);
    height = std::max(height, item.drawing.height() + kCaptionHeight + kGap);
  }
  columns = std::min(columns, num_items);
  const int rows = (num_items + columns - 1) / columns;
  Canvas sheet(columns * width + kGap, rows * height + kGap);
  for (int i = 0; i < num_items; ++i) {
    const int x = kGap + i % columns * width, y = kGap + i / columns * height;
    sheet.Text({x + 4.0, y + 14.0}, items[i].caption, {.size = 12});
    sheet.Paste(items[i].drawing, x, y + kCaptionHeight);
  }
  return sheet;
}

Canvas DrawGrid(const std::vector<Canvas>& drawings, int columns) {
  const int num_drawings = static_cast<int>(drawings.size());
  const int width = drawings.front().width(), height = drawings.front().height();
  columns = std::min(columns, num_drawings);
  Canvas grid(columns * width, (num_drawings + columns - 1) / columns * height);
  for (int i = 0; i < num_drawings; ++i) {
    grid.Paste(drawings[i], i % columns * width, i / columns * height);
  }
  return grid;
}

}  // namespace hod::env
