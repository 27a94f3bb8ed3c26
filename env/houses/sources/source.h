// Where the goals of episodes come from: generated houses, files, or house sets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "env/base/random.h"
#include "env/game/blocks.h"
#include "env/game/config.h"
#include "env/houses/house.h"

namespace hod::env {

struct Goal {
  std::string name;           // E.g. "goal_03.npy" or "generated-17".
  std::vector<Block> blocks;  // [volume], for Game.
};

// Goals for one game. Thread-safe.
class GoalSource {
 public:
  virtual ~GoalSource() = default;

  // The number of different goals; nullopt if unlimited.
  virtual std::optional<int> size() const = 0;
  // A random goal, for training.
  virtual Goal Sample(Rng& rng) const = 0;
  // Goal number `index` >= 0, for evaluation: always the same for one source. A source of `size()`
  // goals starts again after the last.
  virtual Goal Get(int index) const = 0;
  // Every goal there is: each house in every place. Empty if they are unlimited.
  virtual std::vector<Goal> All() const { return {}; }
};

// A goal for games with `config` from blocks as npy:DIR (below) reads them from a file: the whole
// world, or a house to be put in a random place. Errors begin with `name` and tell what was
// expected.
absl::StatusOr<Goal> GoalOfHouse(const std::string& name, const House& house,
                                 const GameConfig& config, Rng& rng);

// What a goal specification looks like, for messages and help.
inline constexpr char kGoalSpecs[] =
    "generated, npy:DIR, set:DIR, set:DIR:train, set:DIR:test, altered:SPEC, or several, as "
    "in \"generated*3 + set:DIR:train\"";

// Makes a source for games with `config` from one of
//   generated  houses from GenerateHouse(); goal i is a function of (seed, i);
//   npy:DIR    the *.npy files of a directory, in order of their names. A file is either a goal for
//              the whole world, with bedrock only and everywhere at y = 0, or a house of at most
//              MaxHouseSize(config), put in a random place of the world;
//   set:DIR    the houses of a set (house_set.h), in its order, placed as its transforms say;
//   set:DIR:train, set:DIR:test  only those of one split;
//   altered:SPEC  the goals of another source, but not of one that is altered: already, each
//              altered anew (alterations.h);
//   SPEC*WEIGHT + SPEC*WEIGHT + ...  each goal of one of several such sources, drawn by their
//              weights, above 0; 1 where there is none.
// Errors name the part of `spec` or the file, and what was expected.
absl::StatusOr<std::unique_ptr<GoalSource>> MakeGoalSource(const std::string& spec,
                                                           const GameConfig& config, uint64_t seed);

}  // namespace hod::env
