// How a builder carries out what it means to do: from where it makes an edit and how it gets there,
// where it fetches the block, and what makes an edit possible that is not.
#pragma once

#include <optional>
#include <vector>

#include "env/players/navigation.h"
#include "env/players/work_list.h"

namespace hod::env {

struct Intent {
  enum Purpose {
    kUseful,  // The edit makes a cell right or frees it for the right block.
    kDetour,  // It makes a useful edit possible: a scaffold or a passage.
    kFetch,   // It takes a block from the palette.
    kLook,    // No edit: a look from another place.
  };
  struct Candidate {
    Action edit;
    double weight;
  };

  Purpose purpose;
  Action edit;
  Comfort comfort;
  Cell stand;                           // Where to make the edit from.
  int since;                            // Timestep.
  int fetch_count = 0;                  // kFetch: until that many of the type are carried.
  std::vector<Candidate> alternatives;  // The edit and others about as good, by preference.
};

class Planner {
 public:
  // All borrowed. The navigator shall look at the state spoken of.
  Planner(const Game& game, int player, Navigator& navigator, WorkList& work);

  // Plans the edit, or the way to the palette if the block is missing; none if there is no place to
  // make it from.
  std::optional<Intent> PlanEdit(Intent::Purpose purpose, const Action& edit,
                                 const Comfort& comfort);
  // Plans a useful edit of the work list. One that has no place to be made from is put aside there.
  std::optional<Intent> PlanOrPutAside(const Action& edit, const Comfort& comfort);
  // Plans a scaffold or a passage that makes an edit of the voxel possible.
  std::optional<Intent> PlanDetour(int location, const Comfort& comfort);

  bool IsUseful(const Action& edit) const;
  // Whether the edit can be made from here.
  bool CanEditHere(const Intent& intent) const;
  // Whether the edit still serves its purpose, and can be made from here or after the way that the
  // navigator has planned: somebody may have made it, or stand or have built in the way.
  bool CanGoOn(const Intent& intent) const;

 private:
  bool StillWanted(const Intent& intent) const;
  std::optional<Intent> Plan(Intent::Purpose purpose, const Action& edit, const Comfort& comfort);

  const Game& game_;
  const int player_;
  Navigator& navigator_;
  WorkList& work_;
};

}  // namespace hod::env
