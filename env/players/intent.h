// What a builder means to do next: which edit, and from where. Drawn by taste from the useful
// edits; where none is possible, a scaffold or a passage that makes one possible.
#pragma once

#include <optional>

#include "env/players/builder_style.h"
#include "env/players/planner.h"

namespace hod::env {

// What a builder remembers of its own actions.
struct BuilderMemory {
  int own_actions = 0;                       // Without noops.
  int pause_length = 0;                      // Noops since the last action.
  ActionType last_type = ActionType::kNoop;  // Type of the last action that was no noop.
  std::optional<Cell> last_edit;
  Cell last_direction;  // Step to the last edit from the one before, if adjacent, else (0,0,0).
  std::optional<Cell> last_offset;  // Feet minus cell at the last edit, y left out.
  Block last_placed = kAir;         // kAir: none yet.
};

class IntentChooser {
 public:
  // All borrowed. The navigator shall look at the state spoken of.
  IntentChooser(const Game& game, int player, const BuilderStyle& style, Navigator& navigator,
                uint64_t seed);

  // Draws the next intent and plans the way there; none if nothing at all can be done at present.
  std::optional<Intent> Choose(const BuilderMemory& memory);
  const Planner& planner() const { return planner_; }

 private:
  std::optional<Intent> ChooseAmongEdits(const BuilderMemory& memory, const Comfort& comfort);
  std::optional<Intent> ChooseLook(const BuilderMemory& memory);
  std::optional<Intent> ChooseDetour(const Comfort& comfort);
  double Preference(const Action& edit, const BuilderMemory& memory) const;
  // Neighbours that still lack the block that is placed here.
  int NumAlikeToDo(const Action& place) const;
  // Tastes change now and then.
  Comfort ComfortOf(const BuilderMemory& memory);

  const Game& game_;
  const BuilderStyle& style_;
  Navigator& navigator_;
  Rng rng_;
  WorkList work_;
  Planner planner_;
  double eye_distance_ = 0, height_ = 0;  // Present preferences, see Comfort.
};

}  // namespace hod::env
