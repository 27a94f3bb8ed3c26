// Several drawings in one picture.
#include "env/draw/sheet.h"

#include <vector>

#include "tests/support/catch.h"
#include "tests/support/env/pixels.h"

namespace hod::env {
namespace {

TEST_CASE("A grid holds its drawings row by row, and leaves white what the last row lacks") {
  std::vector<Canvas> drawings;
  const Color colors[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  for (const Color& color : colors) drawings.emplace_back(4, 3, color);
  const Canvas grid = DrawGrid(drawings, 2);
  REQUIRE(grid.width() == 8);
  REQUIRE(grid.height() == 6);
  for (const Color& color : colors) CHECK(CountColor(grid, color) == 4 * 3);
  CHECK((grid.Row(0)[0] & 0xFFFFFF) == 0xFF0000);
  CHECK((grid.Row(2)[7] & 0xFFFFFF) == 0x00FF00);
  CHECK((grid.Row(3)[3] & 0xFFFFFF) == 0x0000FF);
  CHECK((grid.Row(5)[4] & 0xFFFFFF) == 0xFFFFFF);
}

TEST_CASE("A grid is no wider than what it holds") {
  std::vector<Canvas> drawings;
  drawings.emplace_back(4, 3);
  const Canvas grid = DrawGrid(drawings, 5);
  CHECK(grid.width() == 4);
  CHECK(grid.height() == 3);
}

}  // namespace
}  // namespace hod::env
