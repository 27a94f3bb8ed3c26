#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>

#include "benchmarks/positions.h"
#include "benchmarks/suites.h"
#include "env/batch/env_batch.h"
#include "env/game/action_mask.h"
#include "env/game/observation.h"

namespace hod::benchmarks {
namespace {

constexpr int kSteps = 500;
constexpr int kPositions = 64;

void Step(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  for (auto _ : bench) {
    env::State state = episode.start;
    for (int t = 0; t < kSteps; ++t) {
      benchmark::DoNotOptimize(episode.game.Step(state, episode.JointAction(t)));
    }
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}

// Each step is taken and taken back, as a search does that tries one action after another.
void ApplyUndo(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  env::State state = episode.start;
  std::vector<env::StepUndo> undos(kSteps);
  for (auto _ : bench) {
    for (int t = 0; t < kSteps; ++t) {
      episode.game.Step(state, episode.JointAction(t), &undos[t]);
    }
    for (int t = kSteps; t-- > 0;) episode.game.Undo(state, undos[t]);
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}

// What the steps above change, as bytes: per voxel touched its block, who touched it, when, and
// what they broke; per player that moved its place; the best percentages and the counters.
void TouchBytes(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  env::State state = episode.start;
  std::vector<env::StepUndo> undos(kSteps);
  struct Counters {
    int timestep, steps_without_progress, num_matches, num_clashes;
  };
  struct Touched {
    absl::InlinedVector<env::StepUndo::BlockChange, 4> before, after;
    Counters counters_before, counters_after;
    std::array<env::Cell, 2> feet_before, feet_after;
    std::array<double, 2> best_before, best_after;
  };
  std::vector<Touched> steps(kSteps);
  const auto change_at = [&](const env::StepUndo::BlockChange& c) {
    env::StepUndo::BlockChange now = c;
    now.block = state.blocks[c.location];
    now.last_interacted = state.last_interacted[c.location];
    now.interacted_at = state.interacted_at[c.location];
    now.broken = state.broken[c.player * state.blocks.size() + c.location];
    return now;
  };
  for (int t = 0; t < kSteps; ++t) {
    Touched& step = steps[t];
    const auto counters = [&] {
      return Counters{state.timestep, state.steps_without_progress, state.num_matches,
                      state.num_clashes};
    };
    const env::State before = state;
    step.counters_before = counters();
    episode.game.Step(state, episode.JointAction(t), &undos[t]);
    step.counters_after = counters();
    for (const auto& c : undos[t].changes) {
      step.before.push_back(c);
      step.after.push_back(change_at(c));
    }
    for (int p = 0; p < 2; ++p) {
      step.feet_before[p] = before.players[p].feet;
      step.feet_after[p] = state.players[p].feet;
      step.best_before[p] = before.players[p].best_percentage;
      step.best_after[p] = state.players[p].best_percentage;
    }
  }
  const auto write = [&](const auto& changes, const Counters& counters, const auto& feet,
                         const auto& best) {
    for (const auto& c : changes) {
      state.blocks[c.location] = c.block;
      state.last_interacted[c.location] = c.last_interacted;
      state.interacted_at[c.location] = c.interacted_at;
      state.broken[c.player * state.blocks.size() + c.location] = c.broken;
    }
    state.timestep = counters.timestep;
    state.steps_without_progress = counters.steps_without_progress;
    state.num_matches = counters.num_matches;
    state.num_clashes = counters.num_clashes;
    for (int p = 0; p < 2; ++p) {
      state.players[p].feet = feet[p];
      state.players[p].best_percentage = best[p];
    }
  };
  state = episode.start;
  for (auto _ : bench) {
    for (int t = 0; t < kSteps; ++t) {
      const Touched& s = steps[t];
      write(s.after, s.counters_after, s.feet_after, s.best_after);
    }
    benchmark::ClobberMemory();
    for (int t = kSteps; t-- > 0;) {
      const Touched& s = steps[t];
      write(s.before, s.counters_before, s.feet_before, s.best_before);
    }
    benchmark::ClobberMemory();
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}

void Mask(benchmark::State& bench, bool line_of_sight) {
  const Episode episode = MakeEpisode(1, kSteps);
  const std::vector<env::State> positions = MakePositions(episode.game, kPositions, 4);
  std::vector<int32_t> valid;
  for (auto _ : bench) {
    for (const env::State& state : positions) {
      env::ValidActions(episode.game, state, 1, line_of_sight, valid);
      benchmark::DoNotOptimize(valid.data());
    }
  }
  bench.SetItemsProcessed(bench.iterations() * kPositions);

  // The least a mask with line of sight can do: for every target one ray, which enters about as
  // many voxels as the target is away along the axes.
  double targets = 0, voxels = 0;
  for (const env::State& state : positions) {
    env::ValidActions(episode.game, state, 1, line_of_sight, valid);
    const env::Cell eye = state.players[1].feet + env::Cell{0, 1, 0};
    for (const int32_t id : valid) {
      const env::Action action = episode.game.actions().Unflatten(id);
      const bool places = action.type == env::ActionType::kPlace;
      if (action.type != env::ActionType::kBreak && !(places && action.block == env::kDirt))
        continue;
      const env::Cell d = episode.game.size().At(action.location) - eye;
      targets += 1;
      voxels += std::abs(d.x) + std::abs(d.y) + std::abs(d.z);
    }
  }
  bench.counters["targets"] = targets / kPositions;
  bench.counters["voxels"] = voxels / kPositions;
}

void Observation(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  std::vector<uint8_t> observation(env::kNumObservationChannels * episode.game.goal().size());
  for (auto _ : bench) {
    env::WorldObservation(episode.game, episode.start, 1, absl::MakeSpan(observation));
    benchmark::DoNotOptimize(observation.data());
  }
  bench.SetItemsProcessed(bench.iterations());
}

void BatchStep(benchmark::State& bench) {
  constexpr int kBatchSteps = 64;
  const int num_envs = static_cast<int>(bench.range(0)), threads = static_cast<int>(bench.range(1));
  const env::GameConfig config;
  const std::shared_ptr<const env::GoalSource> goals = *env::MakeGoalSource("generated", config, 1);
  std::vector<uint64_t> seeds(num_envs);
  for (int i = 0; i < num_envs; ++i) seeds[i] = i;
  std::vector<uint8_t> observations(seeds.size() * 2 * env::kNumObservationChannels *
                                    config.size.Volume());
  std::vector<float> rewards(seeds.size() * 2);
  std::vector<uint8_t> terminated(seeds.size()), truncated(seeds.size());
  env::BatchArrays arrays;
  arrays.observations = absl::MakeSpan(observations);
  arrays.rewards = absl::MakeSpan(rewards);
  arrays.terminated = absl::MakeSpan(terminated);
  arrays.truncated = absl::MakeSpan(truncated);

  std::vector<std::vector<int32_t>> actions(kBatchSteps);  // Random valid ones.
  {
    env::EnvBatch batch(config, goals, seeds, threads);
    env::Rng rng(2);
    std::vector<int32_t> valid;
    for (std::vector<int32_t>& joint : actions) {
      for (int i = 0; i < num_envs; ++i) {
        for (int p = 0; p < 2; ++p) {
          env::ValidActions(batch.game(i), batch.state(i), p, /*line_of_sight=*/true, valid);
          joint.push_back(valid[rng.Below(static_cast<int>(valid.size()))]);
        }
      }
      batch.Step(joint, {}).IgnoreError();
    }
  }
  for (auto _ : bench) {
    bench.PauseTiming();
    auto batch = std::make_unique<env::EnvBatch>(config, goals, seeds, threads);
    bench.ResumeTiming();
    for (const std::vector<int32_t>& joint : actions) {
      if (absl::Status status = batch->Step(joint, arrays); !status.ok()) {
        bench.SkipWithError(std::string(status.message()).c_str());
      }
    }
    bench.PauseTiming();
    batch.reset();
    bench.ResumeTiming();
  }
  bench.SetItemsProcessed(bench.iterations() * kBatchSteps * num_envs);
}

}  // namespace

void AddEnvSuite() {
  benchmark::RegisterBenchmark("step", Step);
  benchmark::RegisterBenchmark("apply_undo", ApplyUndo);
  benchmark::RegisterBenchmark("touch_bytes", TouchBytes);
  benchmark::RegisterBenchmark("mask", Mask, false);
  benchmark::RegisterBenchmark("mask_los", Mask, true);
  benchmark::RegisterBenchmark("observation", Observation);
  benchmark::RegisterBenchmark("batch_step", BatchStep)
      ->ArgNames({"envs", "threads"})
      ->ArgsProduct({{64, 1024}, {1, 2}})
      ->UseRealTime();
}

}  // namespace hod::benchmarks
