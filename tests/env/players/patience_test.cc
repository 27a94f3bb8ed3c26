// What others will not come to soon can wait.
#include "env/players/patience.h"

#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

// An empty world whose last player is patient.
class Scene {
 public:
  Scene(WorldSize size, int players, int timestep)
      : game_(ConfigOf(size, players), EmptyWorld(size)), patience_(game_, players - 1) {
    Rng rng(1);
    state_ = game_.Reset(rng);
    GoTo(timestep);
  }

  void GoTo(int timestep) { state_.timestep = timestep; }
  void Edit(int player, Cell cell, int timestep) {
    const int at = game_.size().Index(cell);
    state_.last_interacted[at] = static_cast<int8_t>(player);
    state_.interacted_at[at] = timestep;
  }
  double AskedAt(Cell cell) {
    patience_.Look(state_);
    return patience_.Asked(0.8, cell);
  }

 private:
  const Game game_;
  Patience patience_;
  State state_;
};

TEST_CASE("An edit can wait unless others are at work next to it in its layer") {
  Scene scene({11, 10, 10}, 2, /*timestep=*/50);
  CHECK(scene.AskedAt({2, 2, 2}) == Approx(0.9));  // Nobody has shown anything.
  scene.Edit(1, {2, 2, 2}, 49);
  CHECK(scene.AskedAt({2, 2, 2}) == Approx(0.9));  // Nor has the player itself.

  scene.Edit(0, {2, 2, 3}, 40);
  CHECK(scene.AskedAt({2, 2, 2}) == Approx(0.8));
  CHECK(scene.AskedAt({4, 2, 5}) == Approx(0.8));
  CHECK(scene.AskedAt({4, 2, 6}) == Approx(0.9));
  CHECK(scene.AskedAt({2, 3, 3}) == Approx(0.9));

  scene.Edit(0, {9, 3, 9}, 45);  // Now it is at work there.
  CHECK(scene.AskedAt({2, 2, 2}) == Approx(0.9));
  CHECK(scene.AskedAt({9, 3, 8}) == Approx(0.8));
  scene.Edit(1, {9, 3, 9}, 46);  // The player has put something there itself.
  CHECK(scene.AskedAt({2, 2, 2}) == Approx(0.9));
  CHECK(scene.AskedAt({9, 3, 8}) == Approx(0.8));
}

TEST_CASE("Each of the others may be at work somewhere") {
  Scene scene({11, 10, 10}, 3, /*timestep=*/50);
  scene.Edit(0, {1, 2, 1}, 10);
  scene.Edit(1, {9, 5, 9}, 50);
  CHECK(scene.AskedAt({1, 2, 2}) == Approx(0.8));
  CHECK(scene.AskedAt({9, 5, 8}) == Approx(0.8));
  CHECK(scene.AskedAt({5, 2, 5}) == Approx(0.9));
}

TEST_CASE("Nothing waits for players who do nothing, or who do not exist") {
  Scene scene({7, 7, 7}, 2, /*timestep=*/100);
  CHECK(scene.AskedAt({5, 5, 5}) == Approx(0.9));
  scene.GoTo(101);
  CHECK(scene.AskedAt({5, 5, 5}) == Approx(0.8));
  scene.Edit(0, {1, 2, 1}, 60);
  CHECK(scene.AskedAt({5, 5, 5}) == Approx(0.9));
  scene.GoTo(161);
  CHECK(scene.AskedAt({5, 5, 5}) == Approx(0.8));

  Scene alone({7, 7, 7}, 1, /*timestep=*/0);
  CHECK(alone.AskedAt({5, 5, 5}) == Approx(0.8));
}

}  // namespace
}  // namespace hod::env
