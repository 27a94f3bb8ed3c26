#include "env/game/action_mask.h"

#include <algorithm>

#include "env/game/line_of_sight.h"
#include "env/game/observation.h"

namespace hod::env {
namespace {

// One player's view of the world while its mask is being made.
class MaskBuilder {
 public:
  MaskBuilder(const Game& game, const State& state, int player, bool line_of_sight)
      : game_(game),
        state_(state),
        size_(game.size()),
        player_(player),
        line_of_sight_(line_of_sight),
        teleport_(game.config().abilities.teleportation),
        feet_(state.players[player].feet),
        markers_(size_.Volume()) {
    PaintMarkers(game, state, player, absl::MakeSpan(markers_));
  }

  void Build(std::vector<int32_t>& ids) {
    const ActionSpace& actions = game_.actions();
    ids.clear();
    ids.push_back(actions.Begin(ActionType::kNoop));
    FindTargets();

    const Inventory::Counts counts = state_.players[player_].inventory.CountAll();
    for (int block = 0; block < kNumBlocks; ++block) {
      const bool available =
          game_.config().abilities.inf_blocks ? block >= kFirstPlaceable : counts[block] > 0;
      if (!available) continue;
      const int begin = actions.Begin(ActionType::kPlace) + block * size_.Volume();
      for (const int location : placeable_) ids.push_back(begin + location);
    }
    for (const int location : breakable_) {
      ids.push_back(actions.Begin(ActionType::kBreak) + location);
    }
    for (int t = 3; t <= 8; ++t) {
      const auto type = static_cast<ActionType>(t);
      if (actions.Has(type) && CanMove(type)) ids.push_back(actions.Begin(type));
    }
    if (!actions.Has(ActionType::kGive)) return;
    const std::vector<int> receivers = Receivers();
    for (int block = 0; block < kNumBlocks; ++block) {
      if (counts[block] == 0) continue;
      const int begin = actions.Begin(ActionType::kGive) + block * size_.Volume();
      for (const int location : receivers) ids.push_back(begin + location);
    }
  }

 private:
  Block BlockAt(Cell c) const { return state_.blocks[size_.Index(c)]; }
  bool IsAir(Cell c) const { return BlockAt(c) == kAir; }
  uint8_t MarkerAt(Cell c) const { return markers_[size_.Index(c)]; }

  // Fills placeable_ and breakable_ with target locations in ascending order.
  void FindTargets() {
    Cell lo = {0, 0, 0}, hi = {size_.w - 1, size_.h - 1, size_.d - 1};
    if (!teleport_) {  // Only voxels within reach of the head.
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
          const Block block = BlockAt(cell);
          if (block == kAir) {
            if (MarkerAt(cell) == 0 && HasSolidNeighbour(cell) &&
                CanBeClicked(ActionType::kPlace, cell)) {
              placeable_.push_back(size_.Index(cell));
            }
          } else if (block != kBedrock && CanBeClicked(ActionType::kBreak, cell)) {
            breakable_.push_back(size_.Index(cell));
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

  bool CanBeClicked(ActionType type, Cell target) const {
    if (!line_of_sight_) return true;
    const auto is_air = [&](Cell c) { return IsAir(c); };
    // Bodies are known from the markers alone: a head above the world does not obstruct.
    const auto blocked = [&](Cell c) {
      if (c.y >= size_.h) return false;
      const int i = size_.Index(c);
      return state_.blocks[i] != kAir || markers_[i] > 1;
    };
    if (!teleport_) return CanClick(size_, type, target, EyeOf(feet_), is_air, blocked);
    return AnyStandPlace(size_, type, target, is_air, [&](Cell feet) {
      return CanClick(size_, type, target, EyeOf(feet), is_air, blocked);
    });
  }

  bool CanMove(ActionType type) const {
    const Cell to = feet_ + MoveDelta(type);
    if (!size_.Contains(to)) return false;
    const Cell head = {to.x, std::min(to.y + 1, size_.h - 1), to.z};
    return IsAir(to) && IsAir(head) && MarkerAt(to) <= 1 && MarkerAt(head) <= 1;
  }

  // Feet voxels of players that can be given to, ascending.
  std::vector<int> Receivers() const {
    std::vector<int> receivers;
    for (int i = 0; i < size_.Volume(); ++i) {
      if (markers_[i] <= 1) continue;
      const Cell c = size_.At(i);
      if (c.y > 0 && MarkerAt({c.x, c.y - 1, c.z}) == markers_[i]) continue;  // A head.
      const bool near = std::abs(c.x - feet_.x) <= 1 && std::abs(c.z - feet_.z) <= 1 &&
                        std::abs(c.y - (feet_.y + 1)) <= 1;
      if (near || teleport_) receivers.push_back(i);
    }
    return receivers;
  }

  const Game& game_;
  const State& state_;
  const WorldSize& size_;
  const int player_;
  const bool line_of_sight_;
  const bool teleport_;
  const Cell feet_;
  std::vector<uint8_t> markers_;
  std::vector<int> placeable_, breakable_;
};

}  // namespace

void ValidActions(const Game& game, const State& state, int player, bool line_of_sight,
                  std::vector<int32_t>& ids) {
  MaskBuilder(game, state, player, line_of_sight).Build(ids);
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
