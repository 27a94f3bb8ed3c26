// What a builder believes is left to do: useful edits, wrong blocks it has noticed, cells it leaves
// alone for a while.
#pragma once

#include <array>
#include <vector>

#include "env/base/random.h"
#include "env/game/game.h"
#include "env/players/navigation.h"

namespace hod::env {

class WorkList {
 public:
  // Wrong blocks are noticed after own actions of median `notice_delay`.
  WorkList(const Game& game, int player, double notice_delay, Rng rng);

  // Looks the world over, as the navigator sees it. `own_actions` counts the builder's actions so
  // far, without noops.
  void Update(const Navigator& navigator, int own_actions);

  // Edits that bring the world nearer to the goal and are not plainly impossible: the ground first,
  // as people do, and everything else once it is dug. Without those put aside.
  const std::vector<Action>& edits() const { return edits_; }
  // Whether there is ground left to dig.
  bool IsDigging() const { return is_digging_; }
  // Cells unlike the goal that no body fills, whose block can be had and would wall nobody in: the
  // edits, and what would be edits if it were not enclosed, unsupported or put aside.
  const std::vector<int>& wrong() const { return wrong_; }
  // Lowest layer with a block still to place.
  int lowest_layer() const { return lowest_layer_; }
  // How many blocks of a type are still to be placed.
  int NumNeeded(Block block) const { return needed_[block]; }
  // Leaves the edit of a location out until a later timestep.
  void PutAside(int location, int until);
  void ForgetPutAside() { put_aside_.clear(); }
  // Leaves a cell as it is (a scaffold, a passage) until `purpose` is right, or a later timestep.
  void Hold(int location, int purpose, int until) { held_.push_back({location, purpose, until}); }

 private:
  struct Wrong {
    int location;
    int noticed_at;  // Counted in own actions.
  };
  struct Held {
    int location, purpose, until;
  };
  struct PutAsideEdit {
    int location, until;
  };

  // Whether the builder has noticed the wrong block here; draws when it will, at first sight.
  bool Noticed(int location, int own_actions);

  const Game& game_;
  const int player_;
  const double notice_delay_;
  Rng rng_;
  std::vector<Action> edits_;
  std::vector<int> wrong_;
  std::vector<Wrong> wrong_blocks_;  // Those seen, whether noticed or not.
  std::vector<Held> held_;
  std::vector<PutAsideEdit> put_aside_;
  bool is_digging_ = false;
  int lowest_layer_ = 0;
  std::array<int, kNumBlocks> needed_{};
};

}  // namespace hod::env
