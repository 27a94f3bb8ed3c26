// Changes of the world that leave the rules as they are: mirroring x or z, swapping x and z, and
// renaming the block types. Training on changed positions as well makes more of every game.
//
// Exact but for line of sight: its rays are walked in double arithmetic, and one that passes
// through an edge of a block may fall on either side after mirroring.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "env/base/random.h"
#include "env/game/action_distribution.h"
#include "env/game/game.h"

namespace hod::engine {

// Which change. Mirroring comes before swapping.
struct SymmetryParts {
  bool mirror_x = false;
  bool mirror_z = false;
  bool swap_xz = false;
  std::array<env::Block, env::kNumBlocks> blocks = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
};

class Symmetry {
 public:
  // `actions` is that of `config`. Requires CanMirrorX() for mirror_x, CanSwap() for swap_xz, and
  // `blocks` to permute the placeable types and to keep the others.
  Symmetry(const env::GameConfig& config, const env::ActionSpace& actions, SymmetryParts parts);

  // A game with finite blocks keeps its palette in the plane of greatest x.
  static bool CanMirrorX(const env::GameConfig& config) { return config.abilities.inf_blocks; }
  static bool CanSwap(const env::GameConfig& config) {
    return config.abilities.inf_blocks && config.size.w == config.size.d;
  }

  env::Cell Apply(env::Cell cell) const;
  env::Block Apply(env::Block block) const { return parts_.blocks[block]; }
  int Location(int location) const { return locations_[location]; }
  // Flat id to flat id.
  env::Action Apply(env::Action action) const;
  int32_t Action(int32_t id) const { return actions_.Flatten(Apply(actions_.Unflatten(id))); }

  // `blocks` is [volume].
  std::vector<env::Block> Apply(const std::vector<env::Block>& blocks) const;
  // The same episode in the changed world; the goal must be changed with it.
  env::State Apply(const env::State& state) const;
  env::BlockSet ApplyToSet(env::BlockSet set) const;
  // Sets of ids and distributions stay in ascending order.
  std::vector<int32_t> Actions(const std::vector<int32_t>& ids) const;
  env::ActionDistribution Apply(const env::ActionDistribution& distribution) const;

 private:
  env::WorldSize size_;
  env::ActionSpace actions_;
  SymmetryParts parts_;
  std::vector<int32_t> locations_;  // [volume]
};

// One of all mirrorings and swaps the game allows, each as likely.
SymmetryParts RandomMirroring(const env::GameConfig& config, Rng& rng);
// A random order of the placeable block types (Laidlaw et al. 2025, behaviour cloning).
std::array<env::Block, env::kNumBlocks> RandomBlockPermutation(Rng& rng);

}  // namespace hod::engine
