// Invariants of random play under random settings.
#include <cmath>

#include "env/game/observation.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

struct Played {
  State before;
  std::vector<Action> actions;
  StepOutcome outcome;
  StepChange change;
};

// Plays random games and shows every step to `check(game, played, after)`.
template <typename Check>
void PlayRandomGames(uint64_t seed, int games, int steps, bool humans, const Check& check) {
  Rng rng(seed);
  for (int g = 0; g < games; ++g) {
    GameConfig config = RandomConfig(rng);
    if (humans) {
      for (PlayerConfig& player : config.players) player.is_human = rng.Chance(0.6);
    }
    config.horizon = steps;
    const Game game(config, RandomGoal(config, rng));
    State state = game.Reset(rng);
    for (int t = 0;; ++t) {
      Played played = {state, RandomActions(game, state, rng), {}, {}};
      played.outcome = game.Step(state, played.actions, &played.change);
      INFO("game " << g << " step " << t);
      check(game, played, state);
      if (played.outcome.done()) break;
    }
  }
}

double SimilarityOutsidePalette(const Game& game, const State& state, double place_wrong) {
  double sum = 0;
  for (int i = 0; i < game.size().Volume(); ++i) {
    if (game.InPalette(i)) continue;
    const Block is = state.blocks[i], wanted = game.goal()[i];
    sum += is == wanted ? 1 : is != kAir && wanted != kAir ? place_wrong : 0;
  }
  return sum;
}

TEST_CASE("random play: counters agree with a recount, the palette stands") {
  PlayRandomGames(1, 150, 80, true, [](const Game& game, const Played&, const State& after) {
    int matches = 0, clashes = 0;
    for (int i = 0; i < game.size().Volume(); ++i) {
      const Block is = after.blocks[i], wanted = game.goal()[i];
      matches += is == wanted;
      clashes += is != wanted && is != kAir && wanted != kAir;
      if (game.InPalette(i)) REQUIRE(is == wanted);
    }
    REQUIRE(after.num_matches == matches);
    REQUIRE(after.num_clashes == clashes);
  });
}

TEST_CASE("random play: steps are taken back and taken again exactly, however many") {
  std::vector<Played> line;
  int64_t steps = 0;
  PlayRandomGames(2, 150, 40, true,
                  [&](const Game& game, const Played& played, const State& after) {
                    ++steps;
                    line.push_back(played);
                    if (!played.outcome.done()) return;
                    State state = after;
                    for (size_t t = line.size(); t-- > 0;) {
                      game.Undo(state, line[t].change);
                      REQUIRE(state == line[t].before);
                    }
                    for (size_t t = 0; t < line.size(); ++t) {
                      REQUIRE(state == line[t].before);
                      game.Redo(state, line[t].change);
                    }
                    REQUIRE(state == after);
                    line.clear();
                  });
  CHECK(steps > 3000);
}

TEST_CASE("random play: a step that notes its changes and one that does not are the same") {
  PlayRandomGames(3, 30, 40, true, [](const Game& game, const Played& played, const State& after) {
    State state = played.before;
    game.Step(state, played.actions);
    REQUIRE(state == after);
  });
}

TEST_CASE("random play: blocks are conserved but for what the palette gives and swallows") {
  int64_t taken = 0, swallowed = 0, given = 0;
  PlayRandomGames(
      4, 200, 100, false, [&](const Game& game, const Played& played, const State& after) {
        if (game.config().abilities.inf_blocks) return;
        const auto count = [&](const State& state) {
          Inventory::Counts counts{};
          for (int i = 0; i < game.size().Volume(); ++i) {
            if (!game.InPalette(i)) ++counts[state.blocks[i]];
          }
          for (const PlayerState& player : state.players) {
            const Inventory::Counts carried = player.inventory.CountAll();
            for (int b = 0; b < kNumBlocks; ++b) counts[b] += carried[b];
          }
          counts[kAir] = 0;
          return counts;
        };
        Inventory::Counts expected = count(played.before);
        std::vector<Block> palette = played.before.blocks;  // Players change it within the step.
        for (const PlayerOutcome& player : played.outcome.players) {
          const Action& a = player.effective_action;
          given += a.type == ActionType::kGive;
          if (!game.InPalette(a.location)) continue;
          if (a.type == ActionType::kBreak) {
            ++expected[palette[a.location]];
            palette[a.location] = kAir;
            ++taken;
          } else if (a.type == ActionType::kPlace) {
            --expected[a.block];
            palette[a.location] = a.block;
            ++swallowed;
          }
        }
        REQUIRE(count(after) == expected);
      });
  CHECK(taken > 100);  // The cases did occur.
  CHECK(swallowed > 10);
  CHECK(given > 10);
}

TEST_CASE("random play: goal-dependent rewards add up to the change of similarity") {
  int64_t changes = 0;
  PlayRandomGames(5, 150, 80, true, [&](const Game& original, const Played& played, const State&) {
    // The same step where everybody is paid by the same table, without penalties.
    GameConfig config = original.config();
    const double place_wrong = config.players[0].rewards.place_wrong.At(0);
    for (PlayerConfig& player : config.players) {
      player.rewards.place_wrong = place_wrong;
      player.rewards.incorrect_action = 0.0;
    }
    const Game game(config, original.goal());
    State state = game.Begin(played.before);
    const double before = SimilarityOutsidePalette(game, state, place_wrong);
    const StepOutcome outcome = game.Step(state, played.actions);
    double sum = 0;
    for (const PlayerOutcome& player : outcome.players) {
      if (!game.InPalette(player.effective_action.location)) sum += player.goal_dependent;
    }
    const double after = SimilarityOutsidePalette(game, state, place_wrong);
    REQUIRE(sum == Approx(after - before).margin(1e-12));
    changes += after != before;
  });
  CHECK(changes > 500);
}

TEST_CASE("random play: outcomes are consistent with each other") {
  PlayRandomGames(6, 150, 80, true, [](const Game& game, const Played& played, const State& after) {
    const StepOutcome& outcome = played.outcome;
    double total = 0;
    for (const PlayerOutcome& player : outcome.players) total += player.own_reward;
    for (int p = 0; p < game.num_players(); ++p) {
      const PlayerOutcome& player = outcome.players[p];
      const Rewards& rewards = game.rewards(p);
      const bool noop = player.effective_action.type == ActionType::kNoop;
      REQUIRE((noop || player.effective_action == played.actions[p]));
      REQUIRE(player.own_reward == player.goal_dependent + player.goal_independent);
      REQUIRE(player.reward == Approx(rewards.own_reward_prop * player.own_reward +
                                      (1 - rewards.own_reward_prop) * total)
                                   .margin(1e-12));
      if (noop) {
        REQUIRE(player.goal_dependent == 0);
        REQUIRE(player.goal_independent == rewards.noop);
        REQUIRE_FALSE(player.correct);
      }
      if (played.before.timestep % game.config().players[p].timestep_skip != 0) REQUIRE(noop);
    }
    REQUIRE(after.timestep == played.before.timestep + 1);
    REQUIRE(outcome.horizon_reached == (after.timestep >= game.config().horizon));
    REQUIRE(outcome.goal_completed ==
            (game.config().terminate_on_goal_completion && after.blocks == game.goal()));
    const auto& limit = game.config().truncate_on_no_progress_timesteps;
    REQUIRE(outcome.no_progress == (limit && after.steps_without_progress >= *limit));
  });
}

TEST_CASE("random play: bodies stay inside the world and never enter each other") {
  PlayRandomGames(7, 100, 80, false, [](const Game& game, const Played&, const State& after) {
    if (game.config().abilities.teleportation) return;
    for (int p = 0; p < game.num_players(); ++p) {
      const Cell a = after.players[p].feet;
      REQUIRE(game.size().Contains(a));
      for (int q = 0; q < p; ++q) {
        const Cell b = after.players[q].feet;
        REQUIRE_FALSE((a.x == b.x && a.z == b.z && std::abs(a.y - b.y) <= 1));
      }
    }
  });
}

TEST_CASE("random play: observations show the state, from every player's side") {
  PlayRandomGames(8, 60, 60, true, [](const Game& game, const Played&, const State& after) {
    const int volume = game.size().Volume();
    std::vector<uint8_t> seen(kNumObservationChannels * volume, 77);
    for (int viewer = 0; viewer < game.num_players(); ++viewer) {
      WorldObservation(game, after, viewer, absl::MakeSpan(seen));
      std::vector<int> tags(game.num_players());
      int next = 2;
      for (int p = 0; p < game.num_players(); ++p) tags[p] = p == viewer ? 1 : next++;
      for (int i = 0; i < volume; ++i) {
        const Cell c = game.size().At(i);
        int marker = 0;
        for (int p = 0; p < game.num_players(); ++p) {
          const Cell feet = after.players[p].feet;
          const bool body = c.x == feet.x && c.z == feet.z && (c.y == feet.y || c.y == feet.y + 1);
          if (body && marker != 1) marker = tags[p];
        }
        if (game.config().abilities.teleportation) marker = 0;
        const int8_t last = after.last_interacted[i];
        const auto channel = [&](int k) { return int{seen[k * volume + i]}; };
        REQUIRE(channel(0) == after.blocks[i]);
        REQUIRE(channel(1) == 0);
        REQUIRE(channel(2) == (game.config().players[viewer].goal_visible ? game.goal()[i] : 0));
        REQUIRE(channel(3) == 0);
        REQUIRE(channel(4) == marker);
        REQUIRE(channel(5) == (last == kNobody ? 0 : tags[last]));
      }
    }
  });
}

TEST_CASE("random play: the memory of interactions names actor, time and what was broken") {
  PlayRandomGames(9, 60, 60, true, [](const Game& game, const Played& played, const State& after) {
    State expected = played.before;
    for (int p = 0; p < game.num_players(); ++p) {  // Places and breaks run in player order.
      const Action& a = played.outcome.players[p].effective_action;
      if (a.type != ActionType::kPlace && a.type != ActionType::kBreak) continue;
      expected.last_interacted[a.location] = static_cast<int8_t>(p);
      expected.interacted_at[a.location] = played.before.timestep;
      Block& block = expected.blocks[a.location];
      if (a.type == ActionType::kBreak) {
        expected.broken[p * expected.blocks.size() + a.location] |= BlockSet{1} << block;
      }
      block = a.type == ActionType::kBreak ? kAir : a.block;
    }
    REQUIRE(after.last_interacted == expected.last_interacted);
    REQUIRE(after.interacted_at == expected.interacted_at);
    REQUIRE(after.broken == expected.broken);
  });
}

TEST_CASE("flat ids number every action once") {
  Rng rng(10);
  for (int i = 0; i < 40; ++i) {
    const GameConfig config = RandomConfig(rng);
    const ActionSpace space(config);
    const int volume = config.size.Volume();
    const int moves = config.abilities.teleportation ? 0 : 6;
    const int gives = config.abilities.inf_blocks ? 0 : 10 * volume;
    REQUIRE(space.num_actions() == 1 + 11 * volume + moves + gives);
    for (int id = 0; id < space.num_actions(); ++id) {
      const Action action = space.Unflatten(id);
      REQUIRE(space.Flatten(action) == id);
      REQUIRE(space.TypeOf(id) == action.type);
    }
  }
}

}  // namespace
}  // namespace hod::env
