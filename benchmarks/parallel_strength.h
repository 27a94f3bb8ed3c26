// What it costs in strength to search several leaves of one tree at once: the same number of
// simulations, serial and in batches, against a much deeper search of the same positions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/results/bootstrap.h"
#include "mcts/evaluator.h"

namespace hod::benchmarks {

struct StrengthSetup {
  engine::RunConfig config;  // Its game, search and evaluation.
  int positions = 100;       // Taken from games that the network plays.
  int simulations = 100;     // Simulations of the searches compared.
  int deep = 16;             // The search they are compared with has this many times as many.
  uint64_t seed = 1;
};

// Searches of one kind over all positions, with 95% intervals.
struct Strength {
  int simulations;
  int in_flight;
  engine::Estimate agreement;  // Percent of positions where the deep search plays the same.
  engine::Estimate share;      // Percent: deep visits of the action played by those of the best.
};

// Serial searches of a quarter, half and all of the simulations, then all in batches of 2 to 16.
// Shows progress.
absl::StatusOr<std::vector<Strength>> MeasureStrength(const StrengthSetup& setup,
                                                      mcts::Evaluator& evaluator);

// Returns a Markdown table.
std::string FormatStrength(const std::vector<Strength>& strengths);

}  // namespace hod::benchmarks
