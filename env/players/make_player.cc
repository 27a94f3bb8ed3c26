#include "env/players/make_player.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/players/builder_style.h"
#include "env/players/heuristic_builder.h"
#include "env/players/ordered_builder.h"

namespace hod::env {
namespace {

class NoopPlayer final : public Player {
 public:
  const ActionDistribution& NextAction(const State&) override { return noop_; }
  void Observe(const State&, int32_t) override {}

 private:
  const ActionDistribution noop_ = {{0, 1.0f}};
};

class RandomPlayer final : public Player {
 public:
  RandomPlayer(const Game& game, int player) : game_(game), player_(player) {}

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

constexpr char kHeuristic[] = "heuristic";

// In a game in which it can play.
std::unique_ptr<Player> MakeHeuristic(const Game& game, int player, uint64_t seed) {
  return *MakeHeuristicBuilder({}, game, player, seed);
}

template <OrderedBuilder::Order order>
std::unique_ptr<Player> MakeOrdered(const Game& game, int player, uint64_t seed) {
  return std::make_unique<OrderedBuilder>(game, player, order, seed);
}

std::unique_ptr<Player> MakeNoop(const Game&, int, uint64_t) {
  return std::make_unique<NoopPlayer>();
}

std::unique_ptr<Player> MakeRandom(const Game& game, int player, uint64_t) {
  return std::make_unique<RandomPlayer>(game, player);
}

constexpr NamedPlayer kPlayers[] = {
    {kHeuristic,
     "builds the goal as people do, with tastes, pauses, slips and repairs, in a style drawn from "
     "the seed",
     /*walks=*/true, &MakeHeuristic},
    {"layers",
     "completes the lowest unfinished layer before the next, each in one sweep along x, to and fro "
     "along z",
     /*walks=*/true, &MakeOrdered<OrderedBuilder::Order::kLayers>},
    {"lowest", "builds the lowest block that is wrong; among several, the nearest",
     /*walks=*/true, &MakeOrdered<OrderedBuilder::Order::kLowest>},
    {"mirror",
     "builds the half of the goal with low x, then its mirror image; where it does not see the "
     "goal, copies what others build to the other side of the world",
     /*walks=*/true, &MakeOrdered<OrderedBuilder::Order::kMirror>},
    {"noop", "never does anything", /*walks=*/false, &MakeNoop},
    {"random", "takes any valid action, with equal probabilities", /*walks=*/false, &MakeRandom},
};

}  // namespace

absl::Span<const NamedPlayer> NamedPlayers() { return kPlayers; }

namespace {

// The player of that name, if it can play in such a game.
absl::StatusOr<const NamedPlayer*> Find(absl::string_view name, const Game& game, int player) {
  if (player < 0 || player >= game.num_players()) {
    return absl::OutOfRangeError(absl::StrCat("player \"", name, "\": plays player ", player,
                                              ", expected 0 to ", game.num_players() - 1));
  }
  const auto* const found =
      std::find_if(std::begin(kPlayers), std::end(kPlayers),
                   [&](const NamedPlayer& known) { return name == known.name; });
  if (found == std::end(kPlayers)) {
    const std::string names = absl::StrJoin(
        kPlayers, ", ",
        [](std::string* out, const NamedPlayer& known) { absl::StrAppend(out, known.name); });
    return absl::InvalidArgumentError(
        absl::StrCat("player \"", name, "\" is unknown, expected one of ", names));
  }
  if (found->walks && game.config().abilities.teleportation) {
    return absl::InvalidArgumentError(absl::StrCat(
        "player \"", name, "\": abilities.teleportation is true, expected false: it walks"));
  }
  return found;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Player>> MakePlayer(absl::string_view name, const Game& game,
                                                   int player, uint64_t seed) {
  ASSIGN_OR_RETURN(const NamedPlayer* found, Find(name, game, player));
  return found->make(game, player, seed);
}

absl::StatusOr<std::unique_ptr<Player>> MakeHeuristicBuilder(const std::vector<std::string>& traits,
                                                             const Game& game, int player,
                                                             uint64_t seed) {
  RETURN_IF_ERROR(Find(kHeuristic, game, player).status());
  Rng rng(seed);
  BuilderStyle style = DrawStyle(rng);
  RETURN_IF_ERROR(SetTraits(traits, style));
  return std::make_unique<HeuristicBuilder>(game, player, style, rng());
}

}  // namespace hod::env
