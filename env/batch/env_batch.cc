#include "env/batch/env_batch.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/game/observation.h"

namespace hod::env {
namespace {

// Environments that one task steps: enough work that handing it out costs nothing.
constexpr int kGrain = 8;

template <typename Row>
absl::Span<Row> RowOf(absl::Span<Row> array, int i, size_t length) {
  return array.subspan(i * length, length);
}

}  // namespace

EnvBatch::EnvBatch(GameConfig config, std::shared_ptr<const GoalSource> goals,
                   absl::Span<const uint64_t> seeds, int threads)
    : config_(std::move(config)), actions_(config_), goals_(std::move(goals)), arena_(threads) {
  envs_.reserve(seeds.size());
  for (const uint64_t seed : seeds) {
    envs_.push_back({Rng(seed), Game(config_, std::vector<Block>(config_.size.Volume())), {}});
    Restart(envs_.back());
  }
}

absl::Status EnvBatch::CheckArrays(const BatchArrays& out) const {
  if (out.viewer && (*out.viewer < 0 || *out.viewer >= config_.num_players())) {
    return absl::OutOfRangeError(
        absl::StrCat("viewer: ", *out.viewer, ", expected 0 to ", config_.num_players() - 1));
  }
  const size_t n = envs_.size(), players = out.viewer ? 1 : config_.num_players();
  const size_t volume = config_.size.Volume();
  const auto check = [](const char* name, size_t got, size_t expected) {
    if (got == 0 || got == expected) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", got, " elements, expected ", expected));
  };
  for (const absl::Status& status :
       {check("observations", out.observations.size(),
              n * players * kNumObservationChannels * volume),
        check("masks", out.masks.size(), n * players * actions_.num_actions()),
        check("inventories", out.inventories.size(), n * players * kNumBlocks),
        check("timesteps", out.timesteps.size(), n),
        check("rewards", out.rewards.size(), n * players),
        check("terminated", out.terminated.size(), n),
        check("truncated", out.truncated.size(), n)}) {
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

void EnvBatch::Reseed(absl::Span<const uint64_t> seeds) {
  arena_.execute([&] {
    tbb::parallel_for(tbb::blocked_range<int>(0, num_envs(), kGrain), [&](const auto& range) {
      for (int i = range.begin(); i < range.end(); ++i) {
        envs_[i].rng = Rng(seeds[i]);
        Restart(envs_[i]);
      }
    });
  });
}

void EnvBatch::Begin(int i, const Rng& rng) {
  envs_[i].rng = rng;
  Restart(envs_[i]);
}

absl::Status EnvBatch::Reset(const BatchArrays& out) {
  RETURN_IF_ERROR(Restart(std::vector<uint8_t>(envs_.size(), 1), out));
  std::fill(out.rewards.begin(), out.rewards.end(), 0.0f);
  std::fill(out.terminated.begin(), out.terminated.end(), 0);
  std::fill(out.truncated.begin(), out.truncated.end(), 0);
  return absl::OkStatus();
}

absl::Status EnvBatch::Restart(absl::Span<const uint8_t> chosen, const BatchArrays& out) {
  RETURN_IF_ERROR(CheckArrays(out));
  if (chosen.size() != envs_.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("chosen: ", chosen.size(), " elements, expected ", envs_.size()));
  }
  BatchArrays seen = out;
  seen.rewards = {};
  seen.terminated = seen.truncated = {};
  arena_.execute([&] {
    tbb::parallel_for(tbb::blocked_range<int>(0, num_envs(), kGrain), [&](const auto& range) {
      for (int i = range.begin(); i < range.end(); ++i) {
        if (!chosen[i]) continue;
        // An episode that nobody has acted in is as new as another.
        if (!envs_[i].fresh) Restart(envs_[i]);
        Write(i, nullptr, seen);
      }
    });
  });
  return absl::OkStatus();
}

absl::Status EnvBatch::CheckActions(absl::Span<const int32_t> actions, int first) const {
  const int players = config_.num_players();
  for (size_t i = 0; i < actions.size(); ++i) {
    if (actions[i] >= 0 && actions[i] < actions_.num_actions()) continue;
    return absl::OutOfRangeError(absl::StrCat("actions[", first + i / players, "][", i % players,
                                              "] is ", actions[i], ", expected 0 to ",
                                              actions_.num_actions() - 1));
  }
  return absl::OkStatus();
}

absl::Status EnvBatch::Step(absl::Span<const int32_t> actions, const BatchArrays& out) {
  RETURN_IF_ERROR(CheckArrays(out));
  const int players = config_.num_players();
  if (actions.size() != envs_.size() * players) {
    return absl::InvalidArgumentError(
        absl::StrCat("actions: ", actions.size(), " elements, expected ", envs_.size() * players));
  }
  RETURN_IF_ERROR(CheckActions(actions, 0));
  arena_.execute([&] {
    tbb::parallel_for(tbb::blocked_range<int>(0, num_envs(), kGrain), [&](const auto& range) {
      for (int i = range.begin(); i < range.end(); ++i) {
        if (i + 1 < range.end()) Prefetch(envs_[i + 1]);
        StepChecked(i, actions.subspan(i * players, players), out);
      }
    });
  });
  return absl::OkStatus();
}

absl::Status EnvBatch::StepOne(int i, absl::Span<const int32_t> actions, const BatchArrays& out) {
  RETURN_IF_ERROR(CheckArrays(out));
  if (static_cast<int>(actions.size()) != config_.num_players()) {
    return absl::InvalidArgumentError(
        absl::StrCat("actions: ", actions.size(), " elements, expected ", config_.num_players()));
  }
  RETURN_IF_ERROR(CheckActions(actions, i));
  StepChecked(i, actions, out);
  return absl::OkStatus();
}

void EnvBatch::StepChecked(int i, absl::Span<const int32_t> actions, const BatchArrays& out) {
  Env& env = envs_[i];
  if (env.ended) {
    Restart(env);
    Write(i, nullptr, out);
    return;
  }
  absl::InlinedVector<Action, 2> joint;
  for (const int32_t id : actions) joint.push_back(actions_.Unflatten(id));
  const StepOutcome outcome = env.game.Step(env.state, joint);
  env.ended = outcome.done();
  env.fresh = false;
  env.record.actions.insert(env.record.actions.end(), actions.begin(), actions.end());
  Write(i, &outcome, out);
}

void EnvBatch::Restart(Env& env) const {
  env.record.rng = env.rng;
  env.record.actions.clear();
  env.game = Game(config_, goals_->Sample(env.rng).blocks);
  env.state = env.game.Reset(env.rng);
  env.ended = false;
  env.fresh = true;
}

void EnvBatch::Prefetch(const Env& env) {
  constexpr size_t kLine = 64;
  const auto prefetch = [](const auto& bytes) {
    for (size_t i = 0; i < bytes.size(); i += kLine) __builtin_prefetch(&bytes[i]);
  };
  prefetch(env.state.blocks);
  prefetch(env.state.last_interacted);
  prefetch(env.game.goal());
}

// `outcome` is null at the start of an episode.
void EnvBatch::Write(int i, const StepOutcome* outcome, const BatchArrays& out) {
  Env& env = envs_[i];
  const int begin = out.viewer.value_or(0);
  const int end = out.viewer ? begin + 1 : config_.num_players();
  const size_t world = kNumObservationChannels * env.state.blocks.size();
  const size_t num_actions = actions_.num_actions();
  for (int p = begin; p < end; ++p) {
    const int row = i * (end - begin) + p - begin;
    if (!out.observations.empty()) {
      WorldObservation(env.game, env.state, p, RowOf(out.observations, row, world));
    }
    if (!out.masks.empty()) {
      const absl::Span<uint8_t> mask = RowOf(out.masks, row, num_actions);
      ValidActions(env.game, env.state, p, /*line_of_sight=*/true, env.valid);
      std::fill(mask.begin(), mask.end(), 0);
      for (const int32_t id : env.valid) mask[id] = 1;
    }
    if (!out.inventories.empty()) {
      const Inventory::Counts counts = env.state.players[p].inventory.CountAll();
      std::copy(counts.begin(), counts.end(), RowOf(out.inventories, row, kNumBlocks).begin());
    }
    if (!out.rewards.empty()) {
      out.rewards[row] = outcome ? static_cast<float>(outcome->players[p].reward) : 0.0f;
    }
  }
  if (!out.timesteps.empty()) out.timesteps[i] = env.state.timestep;
  if (!out.terminated.empty()) out.terminated[i] = outcome && outcome->goal_completed;
  if (!out.truncated.empty()) {
    out.truncated[i] = outcome && !outcome->goal_completed && outcome->done();
  }
}

}  // namespace hod::env
