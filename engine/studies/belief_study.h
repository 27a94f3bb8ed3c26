// What networks believe of goals, judged: how much they know, whether their probabilities are
// right, and how much of the work that is left they could take over. On positions of a builder who
// is alone with an idle assistant, the same for all networks.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/play/playable_network.h"
#include "engine/results/estimate.h"
#include "env/draw/canvas.h"
#include "env/game/config.h"
#include "mcts/evaluator.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

struct BeliefStudy {
  env::GameConfig game;  // With the human and the assistant.
  std::string goals = "generated";
  std::string human = "heuristic";  // See MakePlayerFactory().
  int episodes = 50;                // Houses.
  int every = 20;                   // Timesteps from one judged position to the next.
  int64_t seed = 1000;              // As hod evaluate has it: the same builders and houses.
  int threads = 1;
};

// A belief names one edit for each voxel: to place the likeliest block into air, or to break what
// stands. The edit is right if the goal has that block, or another than what stands.
struct BeliefFigures {
  static constexpr int kBins = 10;
  // Edits by how sure the belief is of them: those from bin / kBins on.
  struct Bin {
    int64_t edits = 0;
    double certainty = 0;  // Mean.
    double right = 0;      // Share.
  };

  std::string name;
  int64_t positions = 0;
  Estimate cross_entropy;  // What the goal costs a voxel, on average, in nats.
  // The same over those voxels that are not yet as the goal has them.
  Estimate cross_entropy_left;
  Estimate brier;  // Squared error of edits' certainty, mean over those of at least 0.1.
  // Share of the wrong voxels that would be set right, if all edits from some certainty on were
  // made, of which this share would be right.
  static constexpr std::array<double, 3> kPrecisions = {0.7, 0.8, 0.9};
  std::array<Estimate, kPrecisions.size()> found;
  std::array<double, kPrecisions.size()> certainty;  // From which on; above 1: never so precise.
  std::array<Bin, kBins> bins;
};

// A checkpoint whose beliefs can be judged.
struct BelievingCheckpoint {
  models::LoadedNetwork loaded;
  RunConfig config;  // It was trained with.
  PlayableNetwork network;
};
// Errors name the file: it remembers, or sees the goal.
absl::StatusOr<BelievingCheckpoint> OpenBelievingCheckpoint(const std::string& path);

struct BelievingNetwork {
  std::string name;
  mcts::Evaluator* evaluator;
};

// Intervals are over houses. Shows progress on standard error.
absl::StatusOr<std::vector<BeliefFigures>> RunBeliefStudy(
    const BeliefStudy& study, const std::vector<BelievingNetwork>& networks);

nlohmann::json ToJson(const BeliefFigures& figures);
std::string FormatBeliefs(const std::vector<BeliefFigures>& networks);
// How often edits were right against how sure the belief was.
env::Canvas DrawReliability(const std::vector<BeliefFigures>& networks);

}  // namespace hod::engine
