#include <benchmark/benchmark.h>

#include <array>
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

// Steps taken for the first time and taken back, as when a search makes new nodes.
void StepUndo(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  env::State state = episode.start;
  std::vector<env::StepChange> changes(kSteps);
  for (auto _ : bench) {
    for (int t = 0; t < kSteps; ++t) {
      episode.game.Step(state, episode.JointAction(t), &changes[t]);
    }
    for (int t = kSteps; t-- > 0;) episode.game.Undo(state, changes[t]);
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}

// Steps taken again and taken back, as when a search walks the edges it has.
void ApplyUndo(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  env::State state = episode.start;
  std::vector<env::StepChange> changes(kSteps);
  for (int t = 0; t < kSteps; ++t) {
    episode.game.Step(state, episode.JointAction(t), &changes[t]);
  }
  for (int t = kSteps; t-- > 0;) episode.game.Undo(state, changes[t]);
  for (auto _ : bench) {
    for (int t = 0; t < kSteps; ++t) episode.game.Redo(state, changes[t]);
    benchmark::ClobberMemory();
    for (int t = kSteps; t-- > 0;) episode.game.Undo(state, changes[t]);
    benchmark::ClobberMemory();
  }
  bench.SetItemsProcessed(bench.iterations() * kSteps);
}

// The floor of both: the bytes that the same steps change, in plain arrays of what goes where. Per
// voxel touched its block, who touched it, when, and what they broke; each player's place and best
// percentage; the counters.
void TouchBytes(benchmark::State& bench) {
  const Episode episode = MakeEpisode(1, kSteps);
  env::State state = episode.start;
  struct Step {
    int first_voxel, num_voxels;
    std::array<env::StepChange::PlayerChange, 2> players;
    env::StepChange::Counters before, after;
  };
  std::vector<Step> steps;
  std::vector<env::StepChange::VoxelChange> voxels;
  for (int t = 0; t < kSteps; ++t) {
    env::StepChange change;
    episode.game.Step(state, episode.JointAction(t), &change);
    steps.push_back({static_cast<int>(voxels.size()),
                     static_cast<int>(change.voxels.size()),
                     {change.players[0], change.players[1]},
                     change.counters_before,
                     change.counters_after});
    voxels.insert(voxels.end(), change.voxels.begin(), change.voxels.end());
  }
  const auto write = [&](const Step& step, auto side, const env::StepChange::Counters& counters) {
    for (int v = step.first_voxel; v < step.first_voxel + step.num_voxels; ++v) {
      const env::StepChange::VoxelChange& change = voxels[v];
      const env::StepChange::VoxelState& voxel = change.*side.voxel;
      state.blocks[change.location] = voxel.block;
      state.last_interacted[change.location] = voxel.last_interacted;
      state.interacted_at[change.location] = voxel.interacted_at;
      state.broken[change.player * state.blocks.size() + change.location] = voxel.broken;
    }
    for (int p = 0; p < 2; ++p) {
      state.players[p].feet = (step.players[p].*side.player).feet;
      state.players[p].best_percentage = (step.players[p].*side.player).best_percentage;
    }
    state.timestep = counters.timestep;
    state.steps_without_progress = counters.steps_without_progress;
    state.num_matches = counters.num_matches;
    state.num_clashes = counters.num_clashes;
  };
  struct Side {
    env::StepChange::VoxelState env::StepChange::VoxelChange::*voxel;
    env::StepChange::PlayerState env::StepChange::PlayerChange::*player;
  };
  constexpr Side kBefore = {&env::StepChange::VoxelChange::before,
                            &env::StepChange::PlayerChange::before};
  constexpr Side kAfter = {&env::StepChange::VoxelChange::after,
                           &env::StepChange::PlayerChange::after};
  state = episode.start;
  for (auto _ : bench) {
    for (int t = 0; t < kSteps; ++t) write(steps[t], kAfter, steps[t].after);
    benchmark::ClobberMemory();
    for (int t = kSteps; t-- > 0;) write(steps[t], kBefore, steps[t].before);
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
    Rng rng(2);
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

// The floor of BatchStep: as many bytes as its observations have, set to one value.
void BatchBytes(benchmark::State& bench) {
  const auto num_envs = static_cast<size_t>(bench.range(0));
  std::vector<uint8_t> observations(num_envs * 2 * env::kNumObservationChannels *
                                    env::GameConfig{}.size.Volume());
  for (auto _ : bench) {
    std::memset(observations.data(), 1, observations.size());
    benchmark::ClobberMemory();
  }
  bench.SetItemsProcessed(bench.iterations() * bench.range(0));
}

}  // namespace

void AddEnvSuite() {
  benchmark::RegisterBenchmark("step", Step);
  benchmark::RegisterBenchmark("step_undo", StepUndo);
  benchmark::RegisterBenchmark("apply_undo", ApplyUndo);
  benchmark::RegisterBenchmark("touch_bytes", TouchBytes);
  benchmark::RegisterBenchmark("mask", Mask, false);
  benchmark::RegisterBenchmark("mask_los", Mask, true);
  benchmark::RegisterBenchmark("observation", Observation);
  benchmark::RegisterBenchmark("batch_step", BatchStep)
      ->ArgNames({"envs", "threads"})
      ->ArgsProduct({{64, 1024}, {1, 2}})
      ->UseRealTime();
  benchmark::RegisterBenchmark("batch_bytes", BatchBytes)->ArgName("envs")->Arg(64)->Arg(1024);
}

}  // namespace hod::benchmarks
