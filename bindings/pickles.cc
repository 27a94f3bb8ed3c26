#include "bindings/pickles.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "env/base/json.h"
#include "env/traces/config_json.h"

namespace hod::bindings {

using env::ActionType;
using env::Game;
using env::State;

namespace {

template <typename T>
py::bytes BytesOf(const T& items) {
  return {reinterpret_cast<const char*>(items.data()), items.size() * sizeof(*items.data())};
}

// ValueError unless `bytes` are as long as `items`, which they fill.
template <typename T>
void Fill(const std::string& bytes, T& items) {
  if (bytes.size() != items.size() * sizeof(*items.data())) {
    throw py::value_error(absl::StrCat("a pickle of ", bytes.size(), " bytes, expected ",
                                       items.size() * sizeof(*items.data())));
  }
  std::memcpy(items.data(), bytes.data(), bytes.size());
}

// Feet, inventory, similarity at the start, best percentage, and type, location and block of the
// last action.
using PickledPlayer =
    std::tuple<std::tuple<int, int, int>, py::bytes, double, double, std::tuple<int, int, int>>;

void Require(bool condition, const char* what) {
  if (!condition) throw py::value_error(absl::StrCat("a pickle with ", what));
}

void CheckPickledBlocks(const std::vector<env::Block>& blocks) {
  for (const env::Block block : blocks) {
    Require(block < env::kNumBlocks, "a block that does not exist");
  }
}

env::WorldSize PickledSize(const std::tuple<int, int, int>& extents) {
  const auto [w, h, d] = extents;
  Require(std::min({w, h, d}) >= 1 && std::max({w, h, d}) <= env::kMaxWorldExtent,
          "a world of an impossible size");
  return {w, h, d};
}

void CheckPickledTouches(const WorldState& s) {
  const auto players = static_cast<int>(s.players.size());
  for (const int player : s.last_interacted) {
    Require(player >= env::kNobody && player < players, "an edit of a player who does not exist");
  }
  for (const int at : s.interacted_at) {
    Require(at >= env::kNever && at <= s.timestep, "an edit of another time");
  }
  for (const env::BlockSet set : s.broken) {
    Require(set >> env::kNumBlocks == 0, "a broken block that does not exist");
  }
}

void CheckPickledPlayer(const WorldState& s, const env::PlayerState& p) {
  Require(s.size.Contains(p.feet), "a player outside the world");
  for (const env::Inventory::Slot& slot : p.inventory.slots()) {
    Require(slot.block < env::kNumBlocks && slot.count <= env::Inventory::kStack,
            "an inventory slot that cannot hold that");
  }
  const env::Action& action = p.last_action;
  Require(static_cast<int>(action.type) < env::kNumActionTypes && action.block < env::kNumBlocks &&
              action.location >= 0 && action.location < s.size.Volume(),
          "an action that does not exist");
}

}  // namespace

py::tuple ToPickle(const WorldState& s) {
  py::list players;
  for (const env::PlayerState& p : s.players) {
    players.append(py::cast(PickledPlayer{
        {p.feet.x, p.feet.y, p.feet.z},
        BytesOf(p.inventory.slots()),
        p.initial_similarity,
        p.best_percentage,
        {static_cast<int>(p.last_action.type), p.last_action.location, p.last_action.block}}));
  }
  return py::make_tuple(py::make_tuple(s.size.w, s.size.h, s.size.d), BytesOf(s.blocks),
                        BytesOf(s.last_interacted), BytesOf(s.interacted_at), BytesOf(s.broken),
                        players, s.timestep, s.steps_without_progress, s.num_matches,
                        s.num_clashes);
}

WorldState StateFromPickle(const py::tuple& pickle) {
  const auto [extents, blocks, last_interacted, interacted_at, broken, players, timestep,
              without_progress, matches, clashes] =
      Unpack<std::tuple<std::tuple<int, int, int>, std::string, std::string, std::string,
                        std::string, std::vector<PickledPlayer>, int, int, int, int>>(pickle);
  Require(!players.empty() && timestep >= 0, "no player, or a time before the beginning");
  WorldState s(PickledSize(extents), State());
  const size_t volume = s.size.Volume();
  s.blocks.resize(volume);
  s.last_interacted.resize(volume);
  s.interacted_at.resize(volume);
  s.broken.resize(players.size() * volume);
  Fill(blocks, s.blocks);
  CheckPickledBlocks(s.blocks);
  Fill(last_interacted, s.last_interacted);
  Fill(interacted_at, s.interacted_at);
  Fill(broken, s.broken);
  s.timestep = timestep;
  for (const auto& [feet, slots, similarity, percentage, action] : players) {
    env::PlayerState& p = s.players.emplace_back();
    p.feet = {std::get<0>(feet), std::get<1>(feet), std::get<2>(feet)};
    Fill(slots, p.inventory.slots());
    p.initial_similarity = similarity;
    p.best_percentage = percentage;
    p.last_action = {static_cast<ActionType>(std::get<0>(action)), std::get<1>(action),
                     static_cast<env::Block>(std::get<2>(action))};
    CheckPickledPlayer(s, p);
  }
  CheckPickledTouches(s);
  s.steps_without_progress = without_progress;
  s.num_matches = matches;
  s.num_clashes = clashes;
  return s;
}

py::tuple ToPickle(const Game& game) {
  return py::make_tuple(DumpJson(env::ToJson(game.config())), BytesOf(game.goal()),
                        game.global_timestep());
}

GamePtr GameFromPickle(const py::tuple& pickle) {
  const auto [settings, goal, global_timestep] =
      Unpack<std::tuple<std::string, std::string, int64_t>>(pickle);
  env::GameConfig config = ValueOrThrow(env::GameConfigFromJson(ValueOrThrow(ParseJson(settings))));
  std::vector<env::Block> blocks(config.size.Volume());
  Fill(goal, blocks);
  CheckPickledBlocks(blocks);
  return std::make_shared<Game>(std::move(config), std::move(blocks), global_timestep);
}

}  // namespace hod::bindings
