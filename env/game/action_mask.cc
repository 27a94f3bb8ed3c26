#include "env/game/action_mask.h"

#include <algorithm>
#include <bit>

#include "env/game/line_of_sight.h"
#include "env/game/observation.h"
#include "env/game/visibility.h"

namespace hod::env {
namespace {

// Voxels within reach of a head, the only ones that masks of players with bodies allow.
const Window& Reach() {
  static const Window reach = [] {
    Window window;
    for (int i = 0; i < 16 * Window::kRows; ++i) {
      const Cell c = Window::At(i);
      const bool near = c.x * c.x + c.y * c.y + c.z * c.z <= kReach * kReach;
      if (Window::Contains(c) && near) window.Add(i);
    }
    return window;
  }();
  return reach;
}

// One player's view of the world while its mask is being made.
class MaskBuilder {
 public:
  MaskBuilder(const Game& game, const State& state, int player)
      : game_(game),
        state_(state),
        size_(game.size()),
        player_(player),
        teleport_(game.config().abilities.teleportation),
        feet_(state.players[player].feet) {}

  void Build(bool line_of_sight, std::vector<int32_t>& ids) {
    const ActionSpace& actions = game_.actions();
    ids.clear();
    ids.push_back(actions.Begin(ActionType::kNoop));
    if (!line_of_sight) {
      FindTargets();
    } else if (teleport_) {
      FindTargetsSeenFromAnywhere();
    } else {
      FindTargetsSeen();
    }

    const bool inf_blocks = game_.config().abilities.inf_blocks;
    Inventory::Counts counts{};
    if (!inf_blocks) counts = state_.players[player_].inventory.CountAll();
    for (int block = 0; block < kNumBlocks; ++block) {
      if (inf_blocks ? block < kFirstPlaceable : counts[block] == 0) continue;
      Append(actions.Begin(ActionType::kPlace) + block * size_.Volume(), placeable_, ids);
    }
    Append(actions.Begin(ActionType::kBreak), breakable_, ids);
    for (int t = 3; t <= 8; ++t) {
      const auto type = static_cast<ActionType>(t);
      if (actions.Has(type) && CanMove(type)) ids.push_back(actions.Begin(type));
    }
    if (!actions.Has(ActionType::kGive)) return;
    const std::vector<int32_t> receivers = Receivers();
    for (int block = 0; block < kNumBlocks; ++block) {
      if (counts[block] == 0) continue;
      Append(actions.Begin(ActionType::kGive) + block * size_.Volume(), receivers, ids);
    }
  }

 private:
  // Without teleportation all fit, as reach is 4.5, and a mask needs no memory but its own.
  using Targets = absl::InlinedVector<int32_t, 512>;

  static void Append(int32_t begin, absl::Span<const int32_t> locations,
                     std::vector<int32_t>& ids) {
    const size_t old_size = ids.size();
    ids.resize(old_size + locations.size());
    for (size_t i = 0; i < locations.size(); ++i) ids[old_size + i] = begin + locations[i];
  }

  Block BlockAt(Cell c) const { return state_.blocks[size_.Index(c)]; }
  bool IsAir(Cell c) const { return BlockAt(c) == kAir; }

  // What observations show in a voxel: 0 nobody, 1 the player, higher others.
  int MarkerAt(Cell c) const {
    if (teleport_) return 0;
    if (BodyFills(feet_, c)) return MarkerOf(player_, player_);
    for (int p = game_.num_players(); p-- > 0;) {
      if (p != player_ && BodyFills(state_.players[p].feet, c)) return MarkerOf(player_, p);
    }
    return 0;
  }

  // Fills placeable_ and breakable_ with target locations in ascending order.
  void FindTargets() {
    Cell lo = {0, 0, 0}, hi = {size_.w - 1, size_.h - 1, size_.d - 1};
    if (!teleport_) {
      const int r = static_cast<int>(kReach);
      lo = {std::max(lo.x, feet_.x - r), std::max(lo.y, feet_.y + 1 - r),
            std::max(lo.z, feet_.z - r)};
      hi = {std::min(hi.x, feet_.x + r), std::min(hi.y, feet_.y + 1 + r),
            std::min(hi.z, feet_.z + r)};
    }
    for (int x = lo.x; x <= hi.x; ++x) {
      for (int y = lo.y; y <= hi.y; ++y) {
        for (int z = lo.z; z <= hi.z; ++z) {
          const Cell cell = {x, y, z};
          if (!teleport_ && !WithinReach(cell)) continue;
          if (!IsAir(cell)) {
            if (BlockAt(cell) != kBedrock) breakable_.push_back(size_.Index(cell));
          } else if (MarkerAt(cell) == 0 && HasSolidNeighbour(cell)) {
            placeable_.push_back(size_.Index(cell));
          }
        }
      }
    }
  }

  bool WithinReach(Cell c) const {
    const int dx = c.x - feet_.x, dy = c.y - (feet_.y + 1), dz = c.z - feet_.z;
    return dx * dx + dy * dy + dz * dz <= kReach * kReach;
  }

  bool HasSolidNeighbour(Cell c) const {
    return std::any_of(std::begin(kDirections), std::end(kDirections), [&](Cell direction) {
      const Cell n = c + direction;
      return size_.Contains(n) && !IsAir(n);
    });
  }

  // The same, of those the player can click.
  void FindTargetsSeen() {
    const Cell head = feet_ + Cell{0, 1, 0};
    Surroundings around(size_, state_.blocks, head);
    ClickTargets wanted;
    for (int row = 0; row < Window::kRows; ++row) {
      const uint16_t in_reach = Reach().Row(row) & around.inside.Row(row);
      wanted.breaks.Row(row) = in_reach & around.solid.Row(row);
      wanted.places.Row(row) = in_reach & ~around.solid.Row(row);
    }
    for (int p = 0; p < game_.num_players(); ++p) {
      for (const int up : {0, 1}) {
        const Cell cell = state_.players[p].feet + Cell{0, up, 0};
        const Cell offset = cell - head;
        if (cell.y >= size_.h || !Window::Contains(offset)) continue;
        wanted.places.Remove(Window::Index(offset));
        // Bodies are known from the markers alone: where they overlap one sees through the other.
        if (!BodyFills(feet_, cell)) around.bodies.Add(Window::Index(offset));
      }
    }
    const ClickTargets seen = FindClickable(around, wanted);
    ForEach(seen.breaks, head, [&](int32_t location) {
      if (state_.blocks[location] != kBedrock) breakable_.push_back(location);
    });
    ForEach(seen.places, head, [&](int32_t location) { placeable_.push_back(location); });
  }

  // The same with teleportation, where the player may stand anywhere.
  void FindTargetsSeenFromAnywhere() {
    std::vector<uint8_t> breaks(size_.Volume()), places(size_.Volume());
    const auto is_free = [&](Cell c) { return c.y >= size_.h || IsAir(c); };
    for (int i = 0; i < size_.Volume(); ++i) {
      const Cell feet = size_.At(i), head = feet + Cell{0, 1, 0};
      if (!is_free(feet) || !is_free(head)) continue;
      const Surroundings around(size_, state_.blocks, head);
      ClickTargets wanted;
      for (int row = 0; row < Window::kRows; ++row) {
        if (row % Window::kHeight == Window::kHeight - 1) continue;  // Too high to act on.
        wanted.breaks.Row(row) = around.solid.Row(row);
        wanted.places.Row(row) = around.inside.Row(row) & ~around.solid.Row(row);
      }
      // One does not place a block into oneself or under one's feet.
      for (const int y : {-2, -1, 0}) wanted.places.Remove(Window::Index({0, y, 0}));
      const ClickTargets seen = FindClickable(around, wanted);
      ForEach(seen.breaks, head, [&](int32_t location) { breaks[location] = 1; });
      ForEach(seen.places, head, [&](int32_t location) { places[location] = 1; });
    }
    for (int32_t location = 0; location < size_.Volume(); ++location) {
      if (breaks[location] && state_.blocks[location] != kBedrock) breakable_.push_back(location);
      if (places[location]) placeable_.push_back(location);
    }
  }

  // Calls `visit(location)` for the voxels of a window around `head`, ascending.
  template <typename Visit>
  void ForEach(const Window& window, Cell head, const Visit& visit) const {
    for (int row = 0; row < Window::kRows; ++row) {
      uint32_t bits = window.Row(row);
      if (bits == 0) continue;  // Most are: where the row lies is not worth working out.
      const int begin = size_.Index(head + Window::At(16 * row));
      for (; bits != 0; bits &= bits - 1) {
        visit(begin + std::countr_zero(bits));
      }
    }
  }

  bool CanMove(ActionType type) const {
    const Cell to = feet_ + MoveDelta(type);
    if (!size_.Contains(to)) return false;
    const Cell head = {to.x, std::min(to.y + 1, size_.h - 1), to.z};
    return IsAir(to) && IsAir(head) && MarkerAt(to) <= 1 && MarkerAt(head) <= 1;
  }

  // Locations of the lower ends of the other players as the markers show them, where they can be
  // given to, ascending.
  std::vector<int32_t> Receivers() const {
    std::vector<int32_t> receivers;
    for (int p = 0; p < game_.num_players(); ++p) {
      if (p == player_ || teleport_) continue;
      const int marker = MarkerOf(player_, p);
      Cell c = state_.players[p].feet;
      if (MarkerAt(c) != marker) ++c.y;  // Only the head shows.
      if (c.y >= size_.h || MarkerAt(c) != marker) continue;
      const bool near = std::abs(c.x - feet_.x) <= 1 && std::abs(c.z - feet_.z) <= 1 &&
                        std::abs(c.y - (feet_.y + 1)) <= 1;
      if (near) receivers.push_back(size_.Index(c));
    }
    std::sort(receivers.begin(), receivers.end());
    return receivers;
  }

  const Game& game_;
  const State& state_;
  const WorldSize& size_;
  const int player_;
  const bool teleport_;
  const Cell feet_;
  Targets placeable_, breakable_;
};

}  // namespace

void ValidActions(const Game& game, const State& state, int player, bool line_of_sight,
                  std::vector<int32_t>& ids) {
  MaskBuilder(game, state, player).Build(line_of_sight, ids);
}

std::vector<uint8_t> ActionMask(const Game& game, const State& state, int player,
                                bool line_of_sight) {
  std::vector<int32_t> ids;
  ValidActions(game, state, player, line_of_sight, ids);
  std::vector<uint8_t> mask(game.actions().num_actions(), 0);
  for (const int32_t id : ids) mask[id] = 1;
  return mask;
}

}  // namespace hod::env
