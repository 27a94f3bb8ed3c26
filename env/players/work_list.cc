#include "env/players/work_list.h"

#include <algorithm>
#include <cmath>

namespace hod::env {
namespace {

// Spread of the delay until a wrong block is noticed: a factor of 4 to the 90th percentile.
constexpr double kNoticeSpread = 1.1;

}  // namespace

WorkList::WorkList(const Game& game, int player, double notice_delay, Rng rng)
    : game_(game), player_(player), notice_delay_(notice_delay), rng_(rng) {}

void WorkList::Update(const Navigator& navigator, int own_actions) {
  const State& state = navigator.state();
  const WorldSize& size = game_.size();
  const std::vector<Block>& goal = game_.goal();
  const Inventory& inventory = state.players[player_].inventory;
  const bool finite = !game_.config().abilities.inf_blocks;
  // In games with finite blocks, types that have no place in the palette can't be fetched.
  const int fetchable_end = finite ? kFirstPlaceable + std::min(8, size.d) : kNumBlocks;

  std::erase_if(held_, [&](const Held& h) {
    return state.timestep >= h.until || state.blocks[h.purpose] == goal[h.purpose];
  });
  std::erase_if(put_aside_, [&](const PutAsideEdit& p) { return state.timestep >= p.until; });
  std::erase_if(wrong_blocks_,
                [&](const Wrong& w) { return state.blocks[w.location] == goal[w.location]; });

  edits_.clear();
  wrong_.clear();
  needed_.fill(0);
  lowest_layer_ = size.h;
  std::vector<Action> digging, repairs, unnoticed;
  const auto is_aside = [&](int location) {
    return std::any_of(put_aside_.begin(), put_aside_.end(),
                       [&](const PutAsideEdit& p) { return p.location == location; });
  };
  for (int i = 0; i < static_cast<int>(goal.size()); ++i) {
    const Block now = state.blocks[i], wanted = goal[i];
    if (now == wanted || game_.InPalette(i)) continue;
    if (std::any_of(held_.begin(), held_.end(), [&](const Held& h) { return h.location == i; })) {
      continue;
    }
    const Cell cell = size.At(i);
    if (wanted != kAir) {
      ++needed_[wanted];
      lowest_layer_ = std::min(lowest_layer_, cell.y);
    }
    if (navigator.OtherBodyAt(cell)) continue;
    if (now == kAir) {
      if (navigator.WouldWallIn(cell)) continue;
      if (wanted >= fetchable_end && inventory.Count(wanted) == 0) continue;
      wrong_.push_back(i);
      if (navigator.NumBlocksAround(cell) > 0 && !is_aside(i)) {
        edits_.push_back({ActionType::kPlace, i, wanted});
      }
      continue;
    }
    wrong_.push_back(i);
    if (is_aside(i) || !navigator.TouchesAir(cell)) continue;
    const Action remove = {ActionType::kBreak, i, kAir};
    const bool original_ground = cell.y == 1 && now == kDirt && state.last_interacted[i] == kNobody;
    if (original_ground) {
      digging.push_back(remove);
    } else {
      (Noticed(i, own_actions) ? repairs : unnoticed).push_back(remove);
    }
  }
  is_digging_ = !digging.empty();
  if (is_digging_) edits_ = std::move(digging);
  edits_.insert(edits_.end(), repairs.begin(), repairs.end());
  // With nothing else to do, the builder looks closely.
  if (edits_.empty()) edits_ = std::move(unnoticed);
}

void WorkList::PutAside(int location, int until) {
  put_aside_.push_back({location, until});
  std::erase_if(edits_, [&](const Action& e) { return e.location == location; });
}

bool WorkList::Noticed(int location, int own_actions) {
  const auto known = std::find_if(wrong_blocks_.begin(), wrong_blocks_.end(),
                                  [&](const Wrong& w) { return w.location == location; });
  if (known != wrong_blocks_.end()) return own_actions >= known->noticed_at;
  const double delay = notice_delay_ * std::exp(kNoticeSpread * rng_.Normal());
  const int noticed_at = own_actions + static_cast<int>(std::min(delay, 1e6));
  wrong_blocks_.push_back({location, noticed_at});
  return own_actions >= noticed_at;
}

}  // namespace hod::env
