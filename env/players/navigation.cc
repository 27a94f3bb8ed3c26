#include "env/players/navigation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "env/game/line_of_sight.h"
#include "env/game/visibility.h"

namespace hod::env {
namespace {

constexpr Cell kUp = {0, 1, 0};
// What breaking a block on the way is worth in moves.
constexpr int kBreakCost = 4;

}  // namespace

double EyeDistance(Cell feet, Cell cell) {
  const Point eye = EyeOf(feet);
  const double dx = cell.x + 0.5 - eye[0], dy = cell.y + 0.5 - eye[1], dz = cell.z + 0.5 - eye[2];
  return std::sqrt(dx * dx + dy * dy + dz * dz);
}

double Comfort::Discomfort(Cell feet, Cell target) const {
  const double off = EyeDistance(feet, target) - eye_distance;
  const double raised = target.y - feet.y - height;
  double discomfort = closeness * off * off + level * raised * raised;
  if (offset && Cell{feet.x - target.x, 0, feet.z - target.z} != *offset) discomfort += follow;
  return discomfort;
}

Navigator::Navigator(const Game& game, int player)
    : game_(game),
      size_(game.size()),
      player_(player),
      seen_(size_.Volume()),
      plan_(size_.Volume()),
      times_obstacle_(size_.Volume()) {}

bool Navigator::OtherBodyAt(Cell cell) const {
  for (int q = 0; q < game_.num_players(); ++q) {
    if (q != player_ && BodyFills(state_->players[q].feet, cell)) return true;
  }
  return false;
}

bool Navigator::WouldWallIn(Cell cell) const {
  for (int q = 0; q < game_.num_players(); ++q) {
    const Cell feet = state_->players[q].feet;
    if (q == player_ || L1Distance(feet, cell) > 2) continue;  // Beyond what a move needs free.
    int ways = 0, ways_left = 0;
    for (const Cell direction : kDirections) {
      const Cell to = feet + direction, head = to + kUp;
      if (!size_.Contains(to) || !IsAir(to) || (head.y < size_.h && !IsAir(head))) continue;
      ++ways;
      ways_left += !BodyFills(to, cell);
    }
    if (ways > 0 && ways_left == 0) return true;
  }
  return false;
}

bool Navigator::Fits(Cell feet) const {
  if (!size_.Contains(feet) || !IsAir(feet)) return false;
  const Cell head = feet + kUp;
  if (head.y < size_.h && !IsAir(head)) return false;
  return !OtherBodyAt(feet) && !OtherBodyAt(head);
}

int Navigator::NumBlocksAround(Cell cell) const {
  return std::count_if(std::begin(kDirections), std::end(kDirections), [&](Cell direction) {
    const Cell n = cell + direction;
    return size_.Contains(n) && !IsAir(n);
  });
}

bool Navigator::TouchesAir(Cell cell) const {
  return std::any_of(std::begin(kDirections), std::end(kDirections), [&](Cell direction) {
    const Cell n = cell + direction;
    return size_.Contains(n) && IsAir(n);
  });
}

bool Navigator::CanEdit(const Action& edit, Cell feet) const {
  const Cell target = size_.At(edit.location);
  const int dx = target.x - feet.x, dy = target.y - (feet.y + 1), dz = target.z - feet.z;
  if (dx * dx + dy * dy + dz * dz > kReach * kReach) return false;
  const Block now = state_->blocks[edit.location];
  if (edit.type == ActionType::kPlace) {
    const bool in_own_body = dx == 0 && dz == 0 && (dy == 0 || dy == -1);
    if (now != kAir || in_own_body || WouldWallIn(target)) return false;
  } else if (now == kAir || now == kBedrock) {
    return false;
  }
  if (OtherBodyAt(target)) return false;
  if (!game_.config().abilities.inf_blocks) {
    const Inventory& inventory = state_->players[player_].inventory;
    const bool place = edit.type == ActionType::kPlace;
    if (place ? inventory.Count(edit.block) < 1 : inventory.Space(now) < 1) return false;
  }
  Obstacles obstacles = {size_, state_->blocks, {}};
  for (int p = 0; p < game_.num_players(); ++p) {
    if (p != player_) obstacles.players.push_back(state_->players[p].feet);
  }
  return CanClick(obstacles, edit.type, target, feet);
}

template <typename Visit>
void Navigator::ForEachPlace(const Visit& visit) {
  ++seen_epoch_;
  queue_.assign(1, feet());
  seen_[size_.Index(feet())] = {seen_epoch_, 0};
  for (size_t i = 0; i < queue_.size(); ++i) {
    const Cell at = queue_[i];
    const int moves = seen_[size_.Index(at)].distance;
    if (!visit(at, moves)) return;
    for (const Cell direction : kDirections) {
      const Cell next = at + direction;
      if (!size_.Contains(next)) continue;
      Mark& mark = seen_[size_.Index(next)];
      if (mark.epoch == seen_epoch_ || !Fits(next)) continue;
      mark = {seen_epoch_, moves + 1};
      queue_.push_back(next);
    }
  }
}

std::optional<Cell> Navigator::GoWhereCanEdit(const Action& edit, const Comfort& comfort) {
  const Cell target = size_.At(edit.location);
  std::optional<Cell> best;
  double best_cost = std::numeric_limits<double>::infinity();
  ForEachPlace([&](Cell at, int moves) {
    if (moves >= best_cost) return false;
    const double cost = moves + comfort.Discomfort(at, target);
    if (cost < best_cost && CanEdit(edit, at)) {
      best = at;
      best_cost = cost;
    }
    return true;
  });
  if (best) GoTo(*best);
  return best;
}

std::optional<Cell> Navigator::GoWhere(absl::FunctionRef<bool(Cell feet)> suits) {
  std::optional<Cell> place;
  ForEachPlace([&](Cell at, int) {
    if (suits(at)) place = at;
    return !place;
  });
  if (place) GoTo(*place);
  return place;
}

bool Navigator::GoTo(Cell end) {
  ++plan_epoch_;
  const Cell start = feet();
  if (end != start && !Fits(end)) return false;
  queue_.assign(1, end);
  plan_[size_.Index(end)] = {plan_epoch_, 0};
  int start_distance = start == end ? 0 : std::numeric_limits<int>::max();
  for (size_t i = 0; i < queue_.size(); ++i) {
    const Cell at = queue_[i];
    const int moves = plan_[size_.Index(at)].distance;
    if (moves > start_distance)
      break;  // Places one move off the shortest ways are in the plan, too.
    for (const Cell direction : kDirections) {
      const Cell next = at + direction;
      if (!size_.Contains(next)) continue;
      Mark& mark = plan_[size_.Index(next)];
      if (mark.epoch == plan_epoch_ || !(Fits(next) || next == start)) continue;
      mark = {plan_epoch_, moves + 1};
      if (next == start) start_distance = moves + 1;
      queue_.push_back(next);
    }
  }
  return MovesLeft(start) >= 0;
}

int Navigator::MovesLeft(Cell from) const {
  if (!size_.Contains(from)) return -1;
  const Mark& mark = plan_[size_.Index(from)];
  return mark.epoch == plan_epoch_ ? mark.distance : -1;
}

Moves Navigator::MovesOnTheWay() const {
  const int left = MovesLeft(feet());
  Moves moves;
  for (const ActionType move : kMoves) {
    const int after = MovesLeft(feet() + MoveDelta(move));
    if (after >= 0 && after < left && CanMove(move)) moves.push_back(move);
  }
  return moves;
}

std::optional<Cell> Navigator::FirstObstacle(Cell target) {
  // Dijkstra's search over feet positions; the first obstacle travels along with each entry.
  struct Entry {
    int cost;
    Cell at;
    int obstacle;  // Location, or -1.
    bool operator>(const Entry& other) const { return cost > other.cost; }
  };
  ++seen_epoch_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> open;
  open.push({0, feet(), -1});
  while (!open.empty()) {
    const Entry entry = open.top();
    open.pop();
    Mark& mark = seen_[size_.Index(entry.at)];
    if (mark.epoch == seen_epoch_) continue;
    mark = {seen_epoch_, entry.cost};
    const bool inside = target == entry.at || target == entry.at + kUp;
    if (!inside && L1Distance(entry.at, target) <= 2 && entry.obstacle >= 0) {
      ++times_obstacle_[entry.obstacle];
      return size_.At(entry.obstacle);
    }
    for (const Cell direction : kDirections) {
      const Cell next = entry.at + direction;
      const Cell head = next + kUp;
      if (!size_.Contains(next) || OtherBodyAt(next) || OtherBodyAt(head)) continue;
      Entry step = {entry.cost + 1, next, entry.obstacle};
      bool passable = true;
      for (const Cell cell : {head, next}) {
        if (cell.y >= size_.h || IsAir(cell)) continue;
        const int location = size_.Index(cell);
        passable &= state_->blocks[location] != kBedrock && !game_.InPalette(location);
        step.cost += kBreakCost * (1 + times_obstacle_[location]);
        if (step.obstacle < 0) step.obstacle = location;
      }
      if (passable) open.push(step);
    }
  }
  return std::nullopt;
}

std::optional<Cell> Navigator::NearestSupport(Cell target) {
  ++seen_epoch_;
  queue_.assign(1, target);
  seen_[size_.Index(target)] = {seen_epoch_, 0};
  for (size_t i = 0; i < queue_.size(); ++i) {
    const Cell at = queue_[i];
    if (NumBlocksAround(at) > 0 && !game_.InPalette(size_.Index(at))) return at;
    for (const Cell direction : kDirections) {
      const Cell next = at + direction;
      if (!size_.Contains(next)) continue;
      Mark& mark = seen_[size_.Index(next)];
      if (mark.epoch == seen_epoch_ || !IsAir(next) || OtherBodyAt(next)) continue;
      mark = {seen_epoch_, 0};
      queue_.push_back(next);
    }
  }
  return std::nullopt;
}

}  // namespace hod::env
