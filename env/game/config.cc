#include "env/game/config.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hod::env {

Rewards RewardSchedules::At(int64_t t) const {
  return {.noop = noop.At(t),
          .action = action.At(t),
          .incorrect_action = incorrect_action.At(t),
          .place_wrong = place_wrong.At(t),
          .own_reward_prop = own_reward_prop.At(t),
          .get_resources = get_resources.At(t)};
}

namespace {

bool AllWithin(const Schedule& schedule, double limit) {
  return std::all_of(schedule.points().begin(), schedule.points().end(),
                     [&](const auto& point) { return std::abs(point.second) <= limit; });
}

}  // namespace

absl::Status Validate(const GameConfig& c) {
  const auto refuse = [](auto&&... parts) {
    return absl::InvalidArgumentError(absl::StrCat("game: ", parts...));
  };
  for (const int extent : {c.size.w, c.size.h, c.size.d}) {
    if (extent < kMinWorldExtent || extent > kMaxWorldExtent) {
      return refuse("world_size has an extent of ", extent, ", expected ", kMinWorldExtent, " to ",
                    kMaxWorldExtent);
    }
  }
  if (c.players.empty() || c.players.size() > 8) {
    return refuse("num_players is ", c.players.size(), ", expected 1 to 8");
  }
  if (c.horizon < 1) return refuse("horizon is ", c.horizon, ", expected at least 1");
  if (!c.abilities.flying) return refuse("abilities.flying is false: the rules know no gravity");
  if (c.truncate_on_no_progress_timesteps && *c.truncate_on_no_progress_timesteps < 1) {
    return refuse("truncate_on_no_progress_timesteps is ", *c.truncate_on_no_progress_timesteps,
                  ", expected at least 1 or none");
  }
  for (size_t p = 0; p < c.players.size(); ++p) {
    if (c.players[p].timestep_skip < 1) {
      return refuse("players[", p, "].timestep_skip is ", c.players[p].timestep_skip,
                    ", expected at least 1");
    }
    const RewardSchedules& rewards = c.players[p].rewards;
    for (const auto& [name, schedule] : {std::pair{"noop", &rewards.noop},
                                         {"action", &rewards.action},
                                         {"incorrect_action", &rewards.incorrect_action},
                                         {"place_wrong", &rewards.place_wrong},
                                         {"own_reward_prop", &rewards.own_reward_prop},
                                         {"get_resources", &rewards.get_resources}}) {
      if (AllWithin(*schedule, kMaxReward)) continue;
      return refuse("players[", p, "].rewards.", name, " exceeds ", kMaxReward, " in magnitude");
    }
  }
  return absl::OkStatus();
}

}  // namespace hod::env
