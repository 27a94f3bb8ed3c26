// Masks and line of sight against a slow twin: every rule of docs/rules.md, Section 4, asked anew
// of every action, with rays of its own.
#include <cmath>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

class TwinMask {
 public:
  TwinMask(const Game& game, const State& state, int player)
      : game_(game), size_(game.size()), state_(state), player_(player) {
    feet_ = state.players[player].feet;
    teleport_ = game.config().abilities.teleportation;
    places_.assign(size_.Volume(), -1);
    breaks_.assign(size_.Volume(), -1);
  }

  bool Allows(const Action& action, bool line_of_sight) const {
    const Cell target = size_.At(action.location);
    switch (action.type) {
      case ActionType::kNoop:
        return true;
      case ActionType::kPlace:
        if (!Near(target) || Solid(target) || Marker(target) != 0) return false;
        if (!TouchesSolid(target) || !Available(action.block)) return false;
        return !line_of_sight || Clickable(action.type, target);
      case ActionType::kBreak:
        if (!Near(target) || !Solid(target) || At(target) == kBedrock) return false;
        return !line_of_sight || Clickable(action.type, target);
      case ActionType::kGive:
        return Count(action.block) > 0 && IsReceiver(target);
      default:
        return MayStep(action.type);
    }
  }

 private:
  Block At(Cell c) const { return state_.blocks[(c.x * size_.h + c.y) * size_.d + c.z]; }
  bool Solid(Cell c) const { return At(c) != kAir; }

  // What the player sees in a voxel: 0 nobody, 1 itself, from 2 on the others.
  int Marker(Cell c) const {
    if (teleport_ || c.y >= size_.h || c.y < 0) return 0;
    const auto fills = [&](int p) {
      const Cell feet = state_.players[p].feet;
      return c == feet || c == Cell{feet.x, feet.y + 1, feet.z};
    };
    if (fills(player_)) return 1;
    for (int p = game_.num_players() - 1; p >= 0; --p) {
      if (p != player_ && fills(p)) return p < player_ ? p + 2 : p + 1;
    }
    return 0;
  }

  int Count(Block block) const {
    int count = 0;
    for (const auto& slot : state_.players[player_].inventory.slots()) {
      if (slot.block == block) count += slot.count;
    }
    return count;
  }
  bool Available(Block block) const {
    return game_.config().abilities.inf_blocks ? block >= kDirt : Count(block) > 0;
  }

  bool TouchesSolid(Cell c) const {
    for (int axis = 0; axis < 3; ++axis) {
      for (const int side : {-1, 1}) {
        const Cell n = Shifted(c, axis, side);
        if (size_.Contains(n) && Solid(n)) return true;
      }
    }
    return false;
  }
  static Cell Shifted(Cell c, int axis, int by) {
    (axis == 0 ? c.x : axis == 1 ? c.y : c.z) += by;
    return c;
  }

  bool Near(Cell c) const {
    if (teleport_) return true;
    const int dx = c.x - feet_.x, dy = c.y - feet_.y - 1, dz = c.z - feet_.z;
    return dx * dx + dy * dy + dz * dz <= 20.25;
  }

  bool MayStep(ActionType type) const {
    const int k = static_cast<int>(type) - static_cast<int>(ActionType::kMovePosX);
    const Cell to = Shifted(feet_, k / 2, k % 2 == 0 ? 1 : -1);
    if (!size_.Contains(to)) return false;
    for (const Cell c : {to, Cell{to.x, std::min(to.y + 1, size_.h - 1), to.z}}) {
      if (Solid(c) || Marker(c) > 1) return false;
    }
    return true;
  }

  bool IsReceiver(Cell c) const {
    if (Marker(c) < 2 || Marker({c.x, c.y - 1, c.z}) == Marker(c)) return false;
    return teleport_ || (std::abs(c.x - feet_.x) <= 1 && std::abs(c.z - feet_.z) <= 1 &&
                         std::abs(c.y - (feet_.y + 1)) <= 1);
  }

  // A target is the same for every block, so it is asked about once.
  bool Clickable(ActionType type, Cell target) const {
    int8_t& known = (type == ActionType::kPlace ? places_ : breaks_)[size_.Index(target)];
    if (known < 0) known = FindClickable(type, target);
    return known != 0;
  }

  bool FindClickable(ActionType type, Cell target) const {
    if (!teleport_) return ClickableFrom(type, target, feet_);
    for (int i = 0; i < size_.Volume(); ++i) {
      const Cell stand = size_.At(i), above = {stand.x, stand.y + 1, stand.z};
      const int dx = stand.x - target.x, dy = stand.y - target.y, dz = stand.z - target.z;
      if (std::abs(dx) > 4 || std::abs(dz) > 4 || dy < -5 || dy > 3) continue;
      const bool own_column = dx == 0 && dz == 0;
      if (own_column && (dy == -1 || dy == 0 || (dy == 1 && type == ActionType::kPlace))) continue;
      if (Solid(stand) || (above.y < size_.h && Solid(above))) continue;
      if (ClickableFrom(type, target, stand)) return true;
    }
    return false;
  }

  bool ClickableFrom(ActionType type, Cell target, Cell feet) const {
    const double eye[3] = {feet.x + 0.5, feet.y + 1.6, feet.z + 0.5};
    const double corner[3] = {double(target.x), double(target.y), double(target.z)};
    const double extent[3] = {double(size_.w), double(size_.h), double(size_.d)};
    const double out = type == ActionType::kBreak ? 1e-4 : -1e-4;
    const double fractions[3] = {0.1, 0.5, 0.9};
    for (int axis = 0; axis < 3; ++axis) {
      for (const bool far : {false, true}) {
        const Cell against = Shifted(target, axis, far ? 1 : -1);
        if (type == ActionType::kPlace && (!size_.Contains(against) || !Solid(against))) continue;
        const double near_face = 0 - out;
        for (const double u : fractions) {
          for (const double v : fractions) {
            double offset[3] = {0, 0, 0};
            offset[axis] = far ? near_face + (1 + 2 * out) : near_face;
            offset[(axis + 1) % 3] = u;
            offset[(axis + 2) % 3] = v;
            double delta[3], square = 0;
            bool inside = true;
            for (int k = 0; k < 3; ++k) {
              const double c = corner[k] + offset[k];
              inside = inside && c >= 0 && c < extent[k];
              delta[k] = c - eye[k];
              square += delta[k] * delta[k];
            }
            if (inside && square <= 4.5 * 4.5 && Free(eye, delta)) return true;
          }
        }
      }
    }
    return false;
  }

  // Walks from voxel to voxel in the order the ray crosses their faces.
  bool Free(const double eye[3], const double delta[3]) const {
    double crossing[3], spacing[3];
    int voxel[3], direction[3];
    for (int k = 0; k < 3; ++k) {
      voxel[k] = int(std::floor(eye[k]));
      direction[k] = delta[k] < 0 ? -1 : 1;
      const double mirrored = -direction[k] * eye[k];
      crossing[k] = delta[k] == 0 ? 1 : std::fabs((mirrored - std::floor(mirrored)) / delta[k]);
      spacing[k] = delta[k] == 0 ? 1 : std::fabs(1 / delta[k]);
    }
    while (std::min({crossing[0], crossing[1], crossing[2]}) < 1) {
      int first = 0;  // Ties go to the lower axis.
      for (int k = 1; k < 3; ++k) {
        if (crossing[k] < crossing[first]) first = k;
      }
      voxel[first] += direction[first];
      crossing[first] += spacing[first];
      const Cell c = {voxel[0], voxel[1], voxel[2]};
      if (c.y < size_.h && (Solid(c) || Marker(c) > 1)) return false;
    }
    return true;
  }

  const Game& game_;
  const WorldSize size_;
  const State& state_;
  const int player_;
  Cell feet_;
  bool teleport_;
  mutable std::vector<int8_t> places_, breaks_;  // [volume] of Clickable(), -1 unknown.
};

// The first action on which mask and twin disagree, described; empty if none.
std::string Disagreement(const Game& game, const State& state, int player, bool line_of_sight) {
  const std::vector<uint8_t> mask = ActionMask(game, state, player, line_of_sight);
  const TwinMask twin(game, state, player);
  for (int id = 0; id < game.actions().num_actions(); ++id) {
    const Action action = game.actions().Unflatten(id);
    if (twin.Allows(action, line_of_sight) == (mask[id] != 0)) continue;
    const Cell c = game.size().At(action.location);
    return "player " + std::to_string(player) + " action " + std::to_string(id) + " of type " +
           std::to_string(static_cast<int>(action.type)) + " at " + std::to_string(c.x) + "," +
           std::to_string(c.y) + "," + std::to_string(c.z) + (mask[id] ? " masked in" : " missing");
  }
  return "";
}

// Compares masks of `states` random states, several of each of many random games.
void CompareOnRandomStates(uint64_t seed, bool teleportation, int states) {
  constexpr int kStatesPerGame = 50;
  Rng rng(seed);
  for (int s = 0; s < states; s += kStatesPerGame) {
    GameConfig config = RandomConfig(rng);
    config.abilities.teleportation = teleportation;
    if (teleportation) config.size = {rng.Between(4, 5), rng.Between(4, 6), rng.Between(4, 5)};
    if (!teleportation && rng.Chance(0.2)) {  // Coordinates round differently far from the origin.
      (&config.size.w)[rng.Below(3)] = rng.Between(8, 64);
    }
    const Game game(config, RandomGoal(config, rng));
    for (int i = 0; i < kStatesPerGame; ++i) {
      const State state = ScatteredState(game, rng.Uniform() * 0.6, rng);
      const int player = rng.Below(game.num_players());
      for (const bool line_of_sight : {false, true}) {
        INFO("seed " << seed << " state " << s + i << " line of sight " << line_of_sight);
        REQUIRE(Disagreement(game, state, player, line_of_sight) == "");
      }
    }
  }
}

// 100,000 states in all, in cases that can run side by side.
TEST_CASE("masks agree with a twin that asks every rule of every action (1 of 4)") {
  CompareOnRandomStates(12, /*teleportation=*/false, 25000);
}
TEST_CASE("masks agree with a twin that asks every rule of every action (2 of 4)") {
  CompareOnRandomStates(13, /*teleportation=*/false, 25000);
}
TEST_CASE("masks agree with a twin that asks every rule of every action (3 of 4)") {
  CompareOnRandomStates(14, /*teleportation=*/false, 25000);
}
TEST_CASE("masks agree with a twin that asks every rule of every action (4 of 4)") {
  CompareOnRandomStates(15, /*teleportation=*/false, 25000);
}

TEST_CASE("masks agree with the twin when players teleport") {
  CompareOnRandomStates(11, /*teleportation=*/true, 100);
}

TEST_CASE("valid actions ascend, and the mask holds exactly them") {
  Rng rng(13);
  for (int i = 0; i < 30; ++i) {
    const GameConfig config = RandomConfig(rng);
    const Game game(config, RandomGoal(config, rng));
    const State state = ScatteredState(game, 0.3, rng);
    std::vector<int32_t> ids = {-7};  // Replaced.
    ValidActions(game, state, 0, false, ids);
    CHECK(ids.front() == 0);
    CHECK(std::is_sorted(ids.begin(), ids.end(), std::less_equal<>()));
    std::vector<uint8_t> mask(game.actions().num_actions());
    for (const int32_t id : ids) mask.at(id) = 1;
    CHECK(mask == ActionMask(game, state, 0, false));
  }
}

}  // namespace
}  // namespace hod::env
