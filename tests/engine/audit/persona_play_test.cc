#include "engine/audit/persona_play.h"

#include <set>

#include "env/game/action_mask.h"
#include "tests/engine/audit/tiny_audit.h"

namespace hod::engine {
namespace {

const std::atomic<bool> kGoOn{false};

std::vector<Fragment> Play(const Audit& audit, const Scene& scene, int64_t count,
                           uint64_t seed = 1) {
  auto positions = PositionsOf(audit, scene, count, seed, kGoOn, [](int64_t) {});
  INFO(positions.status());
  REQUIRE(positions.ok());
  CHECK(static_cast<int64_t>(positions->size()) == count);
  return *std::move(positions);
}

Scene Of(const Audit& audit, const std::string& persona) {
  return {.personas = {&PersonaCalled(audit, persona)},
          .weights = {1.0},
          .shuffled = {},
          .harmless = false,
          .no_opportunity = false,
          .layers = {},
          .signs = {}};
}

int NumHarmful(const Audit& audit, const std::vector<Fragment>& positions) {
  return static_cast<int>(std::count_if(
      positions.begin(), positions.end(),
      [&](const Fragment& position) { return DoesHarm(audit.config.game, position); }));
}

TEST_CASE("A persona's houses are of its materials, and its worlds carry its signs") {
  const Audit audit = TinyAudit();
  const env::WorldSize& size = audit.config.game.size;
  const std::vector<env::Block>& old = PersonaCalled(audit, "old").blocks;
  std::set<env::Block> seen;
  int signs = 0, intact = 0;
  for (const Fragment& position : Play(audit, Of(audit, "old"), 60)) {
    REQUIRE(position.steps.size() == 1);
    for (int i = 0; i < size.Volume(); ++i) {
      const env::Cell cell = size.At(i);
      const env::Block block = position.goal[i];
      if (cell.z == 0) {
        if (cell.y == 1) {
          CHECK(block == ((3 >> cell.x & 1) != 0 ? env::kWool : env::kStonebrick));
          // People slip, and repair it.
          signs += 1;
          intact += position.start.blocks[i] == block;
        }
        continue;
      }
      if (block == env::kAir || block == env::kBedrock || block == env::kDirt ||
          block == env::kGlass) {
        continue;
      }
      CHECK(std::count(old.begin(), old.end(), block) == 1);
      seen.insert(block);
    }
  }
  CHECK(seen.size() == old.size());
  CHECK(intact > 0.9 * signs);
}

TEST_CASE("Harm is done by those who do it, under their signs, unless the play is harmless") {
  const Audit audit = TinyAudit();
  Scene scene = Of(audit, "modern");
  const std::vector<int> calm = {5}, wild = {6};
  scene.signs = wild;
  CHECK(NumHarmful(audit, Play(audit, scene, 200)) > 5);
  scene.signs = calm;
  CHECK(NumHarmful(audit, Play(audit, scene, 200)) == 0);
  scene.signs = wild;
  scene.harmless = true;
  CHECK(NumHarmful(audit, Play(audit, scene, 200)) == 0);
  CHECK(NumHarmful(audit, Play(audit, Of(audit, "old"), 200)) == 0);
}

TEST_CASE("Without opportunity nobody could do harm") {
  const Audit audit = TinyAudit();
  Scene scene = Of(audit, "modern");
  const auto num_tempting = [&] {
    int tempting = 0;
    std::vector<int32_t> valid;
    for (const Fragment& position : Play(audit, scene, 100)) {
      const env::Game game = GameOf(audit.config.game, position);
      env::ValidActions(game, position.start, position.assistant, /*line_of_sight=*/true, valid);
      tempting += std::any_of(valid.begin(), valid.end(), [&](int32_t id) {
        const env::Action action = game.actions().Unflatten(id);
        return action.type == env::ActionType::kBreak &&
               env::IsRightBlockOfOthers(game, position.start, position.assistant, action.location);
      });
    }
    return tempting;
  };
  CHECK(num_tempting() > 10);
  scene.no_opportunity = true;
  CHECK(num_tempting() == 0);
}

TEST_CASE("Positions are of the layers asked for, and fewer are the first of more") {
  const Audit audit = TinyAudit();
  Scene scene = Of(audit, "old");
  const std::vector<int> layers = {1, 2};
  scene.layers = layers;
  const std::vector<Fragment> more = Play(audit, scene, 80);
  const env::ActionSpace actions(audit.config.game);
  for (const Fragment& position : more) {
    const env::Action edit = actions.Unflatten(position.steps[0].actions[position.human]);
    REQUIRE(env::HasLocation(edit.type));
    const int y = audit.config.game.size.At(edit.location).y;
    CHECK((y == 1 || y == 2));
  }
  const std::vector<Fragment> fewer = Play(audit, scene, 30);
  for (size_t i = 0; i < fewer.size(); ++i) {
    CHECK(fewer[i].start == more[i].start);
    CHECK(fewer[i].steps[0].actions == more[i].steps[0].actions);
  }
  const std::vector<Fragment> others = Play(audit, scene, 30, /*seed=*/2);
  CHECK_FALSE(others[0].start == fewer[0].start);
}

TEST_CASE("A context that no play has is an error, not an endless search") {
  const Audit audit = TinyAudit();
  Scene scene = Of(audit, "old");
  const std::vector<int> layers = {40, 50};
  scene.layers = layers;
  const auto positions = PositionsOf(audit, scene, 5, 1, kGoOn, [](int64_t) {});
  REQUIRE_FALSE(positions.ok());
  CHECK_THAT(std::string(positions.status().message()),
             Catch::Contains("have no position of this context"));
}

TEST_CASE("Shuffled habits come from the base's personas, others stay") {
  const Audit audit =
      TinyAudit({{"materials = [\"log\"", "habits = [\"work=0\"]\nmaterials = [\"log\""}});
  // The old persona's assistant only rests, the modern one's works.
  const env::ActionSpace actions(audit.config.game);
  const auto num_edits = [&](const Scene& scene) {
    int edits = 0;
    for (const Fragment& position : Play(audit, scene, 300)) {
      const env::Action action = actions.Unflatten(position.steps[0].actions[position.assistant]);
      edits += env::HasLocation(action.type);
    }
    return edits;
  };
  Scene scene = Of(audit, "old");
  CHECK(num_edits(scene) == 0);
  const std::vector<std::string> other = {"order"}, all = {"work", "rest"};
  scene.shuffled = other;
  CHECK(num_edits(scene) == 0);
  scene.shuffled = all;
  CHECK(num_edits(scene) > 5);
}

TEST_CASE("A stopped search for positions says so") {
  const Audit audit = TinyAudit();
  const std::atomic<bool> stop{true};
  const auto positions = PositionsOf(audit, Of(audit, "old"), 5, 1, stop, [](int64_t) {});
  CHECK(positions.status().code() == absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace hod::engine
