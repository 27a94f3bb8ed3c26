#include "env/houses/statistics/statistics.h"

#include <algorithm>
#include <array>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/game/game.h"

namespace hod::env {
namespace {

constexpr int kFloorY = 1, kAboveGround = 2;

// Adds up the figures of one goal. Every method appends measures on one subject.
class Meter {
 public:
  Meter(const WorldSize& size, absl::Span<const Block> goal) : size_(size), goal_(goal) {}

  std::vector<Measure> Run() {
    MeasureEdits();
    MeasureExtents();
    MeasureLayers();
    MeasureFloor();
    MeasureSolidity();
    MeasureRooms();
    MeasureDoors();
    MeasureWindows();
    MeasureTypes();
    MeasureSymmetry();
    return std::move(measures_);
  }

 private:
  Block At(Cell c) const { return size_.Contains(c) ? goal_[size_.Index(c)] : kAir; }
  bool Solid(Cell c) const { return At(c) != kAir; }
  void Add(std::string name, double amount, double per = 1) {
    measures_.push_back({std::move(name), amount, per});
  }
  // Calls visit(cell) for every cell of the layers from y0 to y1, both ends included.
  template <typename Visit>
  void ForCells(int y0, int y1, const Visit& visit) const {
    for (int x = 0; x < size_.w; ++x) {
      for (int y = y0; y <= y1; ++y) {
        for (int z = 0; z < size_.d; ++z) visit(Cell{x, y, z});
      }
    }
  }
  template <typename Test>
  int Count(int y0, int y1, const Test& test) const {
    int count = 0;
    ForCells(y0, y1, [&](Cell c) { count += test(c); });
    return count;
  }
  int top() const { return size_.h - 1; }
  // Whether any cell of the column from y up is solid.
  bool SolidFrom(int x, int y, int z) const {
    for (; y < size_.h; ++y) {
      if (Solid({x, y, z})) return true;
    }
    return false;
  }

  // Labels of the 6-connected (or, with `edges`, 18-connected) groups of cells with y >= y0 for
  // which `member` holds, 1, 2, ...; 0 elsewhere.
  std::vector<int> Label(int y0, bool edges, const std::function<bool(Cell)>& member,
                         int& num_labels) const;

  void MeasureEdits();
  void MeasureExtents();
  void MeasureLayers();
  void MeasureFloor();
  void MeasureSolidity();
  void MeasureRooms();
  void MeasureDoors();
  void MeasureWindows();
  void MeasureTypes();
  void MeasureSymmetry();

  const WorldSize size_;
  const absl::Span<const Block> goal_;
  std::vector<Measure> measures_;
  Cell low_{0, 0, 0}, high_{-1, -1, -1};  // Bounding box above ground.
};

std::vector<int> Meter::Label(int y0, bool edges, const std::function<bool(Cell)>& member,
                              int& num_labels) const {
  std::vector<int> labels(size_.Volume(), 0);
  num_labels = 0;
  std::vector<Cell> open;
  ForCells(y0, top(), [&](Cell seed) {
    if (labels[size_.Index(seed)] != 0 || !member(seed)) return;
    ++num_labels;
    labels[size_.Index(seed)] = num_labels;
    open.push_back(seed);
    while (!open.empty()) {
      const Cell c = open.back();
      open.pop_back();
      for (int i = 0; i < 27; ++i) {
        const Cell step{i / 9 - 1, i / 3 % 3 - 1, i % 3 - 1};
        const int axes = (step.x != 0) + (step.y != 0) + (step.z != 0);
        if (axes == 0 || axes > (edges ? 2 : 1)) continue;
        const Cell next = c + step;
        if (!size_.Contains(next) || next.y < y0) continue;
        int& label = labels[size_.Index(next)];
        if (label != 0 || !member(next)) continue;
        label = num_labels;
        open.push_back(next);
      }
    }
  });
  return labels;
}

void Meter::MeasureEdits() {
  const std::vector<Block> start = EmptyWorld(size_);
  int cells = 0, edits = 0;
  for (int i = 0; i < size_.Volume(); ++i) {
    if (goal_[i] == start[i]) continue;
    ++cells;
    // A block in the place of another needs a break and a place.
    edits += start[i] != kAir && goal_[i] != kAir ? 2 : 1;
  }
  Add("cells to change", cells);
  Add("edits needed", edits);
  Add("blocks above ground", Count(kAboveGround, top(), [&](Cell c) { return Solid(c); }));
}

void Meter::MeasureExtents() {
  low_ = {size_.w, kAboveGround, size_.d};
  ForCells(kAboveGround, top(), [&](Cell c) {
    if (!Solid(c)) return;
    low_ = {std::min(low_.x, c.x), low_.y, std::min(low_.z, c.z)};
    high_ = {std::max(high_.x, c.x), std::max(high_.y, c.y), std::max(high_.z, c.z)};
  });
  const bool empty = high_.y < 0;
  const int w = empty ? 0 : high_.x - low_.x + 1;
  const int h = empty ? 0 : high_.y - low_.y + 1;
  const int d = empty ? 0 : high_.z - low_.z + 1;
  Add("bounding box x", w);
  Add("bounding box y", h);
  Add("bounding box z", d);
  const int blocks = Count(kAboveGround, top(), [&](Cell c) { return Solid(c); });
  Add("density of the box", empty ? 0 : static_cast<double>(blocks) / (w * h * d), !empty);
}

void Meter::MeasureLayers() {
  for (int y = kAboveGround; y < top(); ++y) {
    Add(absl::StrCat("blocks in layer y=", y), Count(y, y, [&](Cell c) { return Solid(c); }));
  }
  for (int y = kAboveGround + 1; y < top(); ++y) {
    Add(absl::StrCat("top layer is y=", y), high_.y == y);
  }
}

void Meter::MeasureFloor() {
  int footprint = 0, floor = 0, covered = 0;
  ForCells(kFloorY, kFloorY, [&](Cell c) {
    const bool is_floor = At(c) != kDirt && At(c) != kAir;
    const bool is_under = SolidFrom(c.x, kAboveGround, c.z);
    footprint += is_under;
    floor += is_floor;
    covered += is_under && is_floor;
  });
  Add("footprint", footprint);
  Add("floor cells", floor);
  Add("floor under the footprint", footprint > 0 ? 1.0 * covered / footprint : 0, footprint > 0);
  Add("floor outside the footprint", floor - covered);
  Add("air in the ground", Count(kFloorY, kFloorY, [&](Cell c) { return !Solid(c); }));
}

void Meter::MeasureSolidity() {
  int thin = 0, wall = 0;
  ForCells(kAboveGround, kAboveGround + 1, [&](Cell c) {
    if (!Solid(c)) return;
    ++wall;
    thin += (!Solid(c + Cell{1, 0, 0}) && !Solid(c + Cell{-1, 0, 0})) ||
            (!Solid(c + Cell{0, 0, 1}) && !Solid(c + Cell{0, 0, -1}));
  });
  Add("walls one thick (y=2,3)", wall > 0 ? 1.0 * thin / wall : 0, wall > 0);
  Add("buried blocks", Count(kAboveGround, top(), [&](Cell c) {
        return Solid(c) && std::all_of(std::begin(kDirections), std::end(kDirections),
                                       [&](Cell step) { return Solid(c + step); });
      }));
  Add("overhanging blocks", Count(kAboveGround, top(), [&](Cell c) {
        return Solid(c) && !Solid(c + Cell{0, -1, 0});
      }));
  int above = 0, grounded = 0;
  Label(
      kAboveGround, true, [&](Cell c) { return Solid(c); }, above);
  Label(
      0, false, [&](Cell c) { return Solid(c); }, grounded);
  Add("components above ground", above);
  Add("components with the ground", grounded);
}

void Meter::MeasureRooms() {
  Add("roofed air", Count(kAboveGround, top(),
                          [&](Cell c) { return !Solid(c) && SolidFrom(c.x, c.y + 1, c.z); }));
  // Sealed air is not connected to that at the top of the world.
  int num_labels = 0;
  const std::vector<int> labels = Label(
      kAboveGround, false, [&](Cell c) { return !Solid(c); }, num_labels);
  std::vector<char> open(num_labels + 1, 0);
  ForCells(kAboveGround, top(), [&](Cell c) {
    const bool outside =
        c.x == 0 || c.x == size_.w - 1 || c.z == 0 || c.z == size_.d - 1 || c.y == top();
    if (outside) open[labels[size_.Index(c)]] = 1;
  });
  Add("sealed air", Count(kAboveGround, top(),
                          [&](Cell c) { return !Solid(c) && !open[labels[size_.Index(c)]]; }));
}

void Meter::MeasureDoors() {
  const auto is_open = [&](Cell c) { return !Solid(c) && !Solid(c + Cell{0, 1, 0}); };
  const auto is_post = [&](Cell c) { return Solid(c) && Solid(c + Cell{0, 1, 0}); };
  const int doors = Count(kAboveGround, kAboveGround, [&](Cell c) {
    if (!is_open(c) || !Solid(c + Cell{0, 2, 0})) return false;
    const Cell x{1, 0, 0}, minus_x{-1, 0, 0}, z{0, 0, 1}, minus_z{0, 0, -1};
    return (is_post(c + x) && is_post(c + minus_x) && is_open(c + z) && is_open(c + minus_z)) ||
           (is_post(c + z) && is_post(c + minus_z) && is_open(c + x) && is_open(c + minus_x));
  });
  Add("doors", doors);
  Add("has a door", doors > 0);
}

void Meter::MeasureWindows() {
  int windows = 0;
  const std::vector<int> labels = Label(
      kFloorY, false, [&](Cell c) { return At(c) == kGlass; }, windows);
  std::vector<int> sizes(windows + 1, 0);
  for (const int label : labels) ++sizes[label];
  const auto count = [&](int low, int high) {
    return std::count_if(sizes.begin() + 1, sizes.end(),
                         [&](int n) { return n >= low && n <= high; });
  };
  Add("has glass", windows > 0);
  Add("windows", windows);
  Add("windows of 1", count(1, 1));
  Add("windows of 2", count(2, 2));
  Add("windows of 3", count(3, 3));
  Add("windows of 4", count(4, 4));
  Add("windows of 5 to 11", count(5, 11));
  Add("windows of 12 or more", count(12, size_.Volume()));
  const int glass = Count(kFloorY, top(), [&](Cell c) { return At(c) == kGlass; });
  for (int y = kAboveGround; y < top(); ++y) {
    Add(absl::StrCat("share of glass at y=", y),
        Count(y, y, [&](Cell c) { return At(c) == kGlass; }), glass);
  }
}

void Meter::MeasureTypes() {
  std::array<int, kNumBlocks> above{}, floor{}, wall{}, roof{};
  ForCells(kFloorY, top(), [&](Cell c) {
    const Block block = At(c);
    if (c.y == kFloorY) {
      floor[block] += block != kDirt;
      return;
    }
    ++above[block];
    if (c.y < kAboveGround + 2) wall[block] += block != kGlass;
    // The highest block of a column is roof, unless it is as low as porches are.
    if (c.y >= kAboveGround + 2 && !SolidFrom(c.x, c.y + 1, c.z)) ++roof[block];
  });
  above[kAir] = floor[kAir] = wall[kAir] = roof[kAir] = 0;
  const auto total = [](const auto& counts) {
    int sum = 0;
    for (const int n : counts) sum += n;
    return sum;
  };
  const auto dominant = [](const auto& counts) {
    return std::max_element(counts.begin(), counts.end()) - counts.begin();
  };
  int types = 0;
  for (Block b = kFirstPlaceable; b < kNumBlocks; ++b) {
    types += std::find(goal_.begin(), goal_.end(), b) != goal_.end();
  }
  Add("block types", types);
  for (Block b = kFirstPlaceable; b < kNumBlocks; ++b) {
    Add(absl::StrCat(kBlockNames[b], " above ground"), above[b], total(above));
  }
  for (Block b = kFirstPlaceable; b < kNumBlocks; ++b) {
    Add(absl::StrCat(kBlockNames[b], " above ground, any"), above[b] > 0);
  }
  for (Block b = kFirstPlaceable + 1; b < kNumBlocks; ++b) {
    Add(absl::StrCat(kBlockNames[b], " on the floor"), floor[b], total(floor));
  }
  Add("walls mostly of the roof's type", dominant(wall) == dominant(roof));
  Add("walls mostly of the floor's type", dominant(wall) == dominant(floor));

  int pairs = 0, same = 0;
  ForCells(kFloorY, top(), [&](Cell c) {
    for (const Cell step : {kDirections[0], kDirections[2], kDirections[4]}) {
      if (!Solid(c) || !Solid(c + step)) continue;
      ++pairs;
      same += At(c) == At(c + step);
    }
  });
  Add("touching pairs of one type", same, pairs);
}

void Meter::MeasureSymmetry() {
  // Intersection over union of the box above ground and its mirror image.
  const auto iou = [&](bool mirror_x) {
    int both = 0, either = 0;
    ForCells(kAboveGround, top(), [&](Cell c) {
      if (c.x < low_.x || c.x > high_.x || c.z < low_.z || c.z > high_.z) return;
      const Cell image = mirror_x ? Cell{low_.x + high_.x - c.x, c.y, c.z}
                                  : Cell{c.x, c.y, low_.z + high_.z - c.z};
      both += Solid(c) && Solid(image);
      either += Solid(c) || Solid(image);
    });
    return std::pair{both, either};
  };
  const auto [both_x, either_x] = iou(true);
  const auto [both_z, either_z] = iou(false);
  Add("mirror symmetry in x", either_x > 0 ? 1.0 * both_x / either_x : 0, either_x > 0);
  Add("mirror symmetry in z", either_z > 0 ? 1.0 * both_z / either_z : 0, either_z > 0);
  Add("symmetric (0.9) in x or z",
      either_x > 0 && std::max(1.0 * both_x / either_x, 1.0 * both_z / either_z) >= 0.9);
}

}  // namespace

std::vector<Measure> MeasureGoal(const WorldSize& size, absl::Span<const Block> goal) {
  return Meter(size, goal).Run();
}

std::vector<Figure> Summarize(const WorldSize& size, const std::vector<std::vector<Block>>& goals) {
  std::vector<Figure> figures;
  std::vector<double> per;
  for (const std::vector<Block>& goal : goals) {
    const std::vector<Measure> measures = MeasureGoal(size, goal);
    figures.resize(measures.size());
    per.resize(measures.size(), 0);
    for (size_t i = 0; i < measures.size(); ++i) {
      const Measure& measure = measures[i];
      Figure& figure = figures[i];
      figure.name = measure.name;
      if (measure.per == 0) continue;
      const double value = measure.amount / measure.per;
      figure.min = per[i] == 0 ? value : std::min(figure.min, value);
      figure.max = per[i] == 0 ? value : std::max(figure.max, value);
      figure.mean += measure.amount;
      per[i] += measure.per;
    }
  }
  for (size_t i = 0; i < figures.size(); ++i) {
    if (per[i] > 0) figures[i].mean /= per[i];
  }
  return figures;
}

std::string FormatTable(const std::vector<Column>& columns) {
  constexpr int kNameWidth = 36, kCellWidth = 26;
  std::string table = absl::StrFormat("%-*s", kNameWidth, "");
  for (const Column& column : columns) {
    absl::StrAppendFormat(&table, "%-*s", kCellWidth, column.title);
  }
  table += "\n";
  for (const Figure& row : columns.front().figures) {
    absl::StrAppendFormat(&table, "%-*s", kNameWidth, row.name);
    for (const Column& column : columns) {
      const auto it = std::find_if(column.figures.begin(), column.figures.end(),
                                   [&](const Figure& figure) { return figure.name == row.name; });
      // Shares and averages below ten deserve decimals.
      const auto number = [](double value) {
        return absl::StrFormat("%.*f", value < 10 ? 2 : 0, value);
      };
      const std::string cell =
          it == column.figures.end()
              ? "-"
              : absl::StrFormat("%6s [%s-%s]", number(it->mean), number(it->min), number(it->max));
      absl::StrAppendFormat(&table, "%-*s", kCellWidth, cell);
    }
    table += "\n";
  }
  return table;
}

}  // namespace hod::env
