// A house source: towers of random height, each of one kind of block.
#include <optional>

#include "env/game/game.h"
#include "env/houses/sources/source.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

class Towers : public GoalSource {
 public:
  Towers(const GameConfig& config, uint64_t seed) : config_(config), seed_(seed) {}

  std::optional<int> size() const override { return std::nullopt; }  // There is always another.
  Goal Sample(Rng& rng) const override { return Tower("tower", rng); }
  Goal Get(int index) const override {
    Rng rng = Rng(seed_).Fork(index);
    return Tower("tower-" + std::to_string(index), rng);
  }

 private:
  Goal Tower(const std::string& name, Rng& rng) const {
    const WorldSize largest = MaxHouseSize(config_);
    House house = AirHouse({1, rng.Between(1, largest.h), 1});
    const Block block = rng.Between(kCobblestone, kNumBlocks - 1);
    for (Block& cell : house.blocks) cell = block;
    return GoalOfHouse(name, house, config_, rng).value();  // A tower always fits.
  }

  GameConfig config_;
  uint64_t seed_;
};

TEST_CASE("a house source gives the same goal for a number, and goals that a game accepts") {
  GameConfig config;
  config.size = {7, 7, 7};
  const Towers towers(config, 1);
  for (int i = 0; i < 20; ++i) {
    const Goal goal = towers.Get(i);
    CHECK(goal.blocks == towers.Get(i).blocks);
    const Game game(config, goal.blocks);
    Rng rng(i);
    CHECK(game.GoalPercentage(game.Reset(rng), 0) < 1);  // There is something to build.
  }
}

}  // namespace
}  // namespace hod::env
