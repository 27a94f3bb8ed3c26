// What goals look like in numbers: their sizes, walls, rooms, openings and materials. Compares
// generated houses with those that people built.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::env {

// One figure of one goal: amount / per. Shares of blocks have `per` other than 1, so that each
// block counts the same in the mean over goals; per = 0 where the figure says nothing about this
// goal.
struct Measure {
  std::string name;
  double amount = 0;
  double per = 1;
};

// The figures of one goal array [w][h][d] (bedrock at y = 0, floor at y = 1, h >= 5), always the
// same names in the same order for one size. "Above ground" is y >= 2.
std::vector<Measure> MeasureGoal(const WorldSize& size, absl::Span<const Block> goal);

// Over a set of goals.
struct Figure {
  std::string name;
  double mean = 0, min = 0, max = 0;
};

// `goals` are of one size; at least one.
std::vector<Figure> Summarize(const WorldSize& size, const std::vector<std::vector<Block>>& goals);

// The same figures of 18 houses that people built, scaled for an 11 x 10 x 10 world.
const std::vector<Figure>& RealHouseFigures();

struct Column {
  std::string title;
  std::vector<Figure> figures;
};

// A text table, "mean [min-max]" in each column, with the rows of the first; a figure that another
// column lacks is "-" there.
std::string FormatTable(const std::vector<Column>& columns);

}  // namespace hod::env
