// What others will not come to soon can wait.
#include "env/players/patience.h"

#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

void NoteEdit(const Game& game, State& state, int player, Cell cell, int timestep) {
  const int at = game.size().Index(cell);
  state.last_interacted[at] = static_cast<int8_t>(player);
  state.interacted_at[at] = timestep;
}

double AskedAt(Patience& patience, const State& state, Cell cell) {
  patience.Look(state);
  return patience.Asked(0.8, cell);
}

TEST_CASE("An edit can wait unless others are at work next to it in its layer") {
  const Game game(ConfigOf({11, 10, 10}, 2), EmptyWorld({11, 10, 10}));
  Rng rng(1);
  State state = game.Reset(rng);
  Patience patience(game, /*player=*/1);
  state.timestep = 50;
  CHECK(AskedAt(patience, state, {2, 2, 2}) == Approx(0.9));  // Nobody has shown anything.
  NoteEdit(game, state, 1, {2, 2, 2}, 49);
  CHECK(AskedAt(patience, state, {2, 2, 2}) == Approx(0.9));  // Nor has the player itself.

  NoteEdit(game, state, 0, {2, 2, 3}, 40);
  CHECK(AskedAt(patience, state, {2, 2, 2}) == Approx(0.8));
  CHECK(AskedAt(patience, state, {4, 2, 5}) == Approx(0.8));
  CHECK(AskedAt(patience, state, {4, 2, 6}) == Approx(0.9));
  CHECK(AskedAt(patience, state, {2, 3, 3}) == Approx(0.9));

  NoteEdit(game, state, 0, {9, 3, 9}, 45);  // Now it is at work there.
  CHECK(AskedAt(patience, state, {2, 2, 2}) == Approx(0.9));
  CHECK(AskedAt(patience, state, {9, 3, 8}) == Approx(0.8));
  NoteEdit(game, state, 1, {9, 3, 9}, 46);  // The player has put something there itself.
  CHECK(AskedAt(patience, state, {2, 2, 2}) == Approx(0.9));
  CHECK(AskedAt(patience, state, {9, 3, 8}) == Approx(0.8));
}

TEST_CASE("Each of the others may be at work somewhere") {
  const Game game(ConfigOf({11, 10, 10}, 3), EmptyWorld({11, 10, 10}));
  Rng rng(1);
  State state = game.Reset(rng);
  Patience patience(game, /*player=*/2);
  state.timestep = 50;
  NoteEdit(game, state, 0, {1, 2, 1}, 10);
  NoteEdit(game, state, 1, {9, 5, 9}, 50);
  CHECK(AskedAt(patience, state, {1, 2, 2}) == Approx(0.8));
  CHECK(AskedAt(patience, state, {9, 5, 8}) == Approx(0.8));
  CHECK(AskedAt(patience, state, {5, 2, 5}) == Approx(0.9));
}

TEST_CASE("Nothing waits for players who do nothing, or who do not exist") {
  const Game game(ConfigOf({7, 7, 7}, 2), EmptyWorld({7, 7, 7}));
  Rng rng(1);
  State state = game.Reset(rng);
  Patience patience(game, /*player=*/1);
  state.timestep = 100;
  CHECK(AskedAt(patience, state, {5, 5, 5}) == Approx(0.9));
  state.timestep = 101;
  CHECK(AskedAt(patience, state, {5, 5, 5}) == Approx(0.8));
  NoteEdit(game, state, 0, {1, 2, 1}, 60);
  CHECK(AskedAt(patience, state, {5, 5, 5}) == Approx(0.9));
  state.timestep = 161;
  CHECK(AskedAt(patience, state, {5, 5, 5}) == Approx(0.8));

  const Game alone(ConfigOf({7, 7, 7}, 1), EmptyWorld({7, 7, 7}));
  State start = alone.Reset(rng);
  Patience nobody(alone, /*player=*/0);
  CHECK(AskedAt(nobody, start, {5, 5, 5}) == Approx(0.8));
}

}  // namespace
}  // namespace hod::env
