#include "env/players/make_player.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "env/game/action_mask.h"
#include "env/players/heuristic_builder.h"
#include "env/players/ordered_builder.h"

namespace hod::env {
namespace {

class NoopModel final : public Player {
 public:
  const ActionDistribution& NextAction(const State&) override { return noop_; }
  void Observe(const State&, int32_t) override {}

 private:
  const ActionDistribution noop_ = {{0, 1.0f}};
};

class RandomModel final : public Player {
 public:
  RandomModel(const Game& game, int player) : game_(game), player_(player) {}

  const ActionDistribution& NextAction(const State& state) override {
    ValidActions(game_, state, player_, /*line_of_sight=*/true, valid_);
    distribution_.clear();
    for (const int32_t id : valid_) distribution_.emplace_back(id, 1.0f / valid_.size());
    return distribution_;
  }
  void Observe(const State&, int32_t) override {}

 private:
  const Game& game_;
  const int player_;
  std::vector<int32_t> valid_;
  ActionDistribution distribution_;
};

std::optional<OrderedBuilder::Order> OrderOf(absl::string_view name) {
  if (name == "layers") return OrderedBuilder::Order::kLayers;
  if (name == "lowest") return OrderedBuilder::Order::kLowest;
  if (name == "mirror") return OrderedBuilder::Order::kMirror;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Player>> MakePlayer(absl::string_view name, const Game& game,
                                                   int player, uint64_t seed) {
  if (player < 0 || player >= game.num_players()) {
    return absl::OutOfRangeError(absl::StrCat("human model \"", name, "\": player is ", player,
                                              ", expected 0 to ", game.num_players() - 1));
  }
  if (name == "noop") return std::make_unique<NoopModel>();
  if (name == "random") return std::make_unique<RandomModel>(game, player);
  const bool walks = name == "heuristic" || OrderOf(name);
  if (!walks) {
    return absl::InvalidArgumentError(
        absl::StrCat("human model \"", name, "\" is unknown, expected ", kPlayerNames));
  }
  if (game.config().abilities.teleportation) {
    return absl::InvalidArgumentError(
        absl::StrCat("human model \"", name,
                     "\": abilities.teleportation is true, expected false: the builder walks"));
  }
  if (const std::optional<OrderedBuilder::Order> order = OrderOf(name)) {
    return std::make_unique<OrderedBuilder>(game, player, *order, seed);
  }
  Rng rng(seed);
  const BuilderStyle style = DrawStyle(rng);
  return std::make_unique<HeuristicBuilder>(game, player, style, rng());
}

}  // namespace hod::env
