// Networks to measure and compare, what they cost, and positions of play to show them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchmarks/positions.h"
#include "mcts/evaluator.h"
#include "models/backends/kernels.h"
#include "models/network/network.h"
#include "models/reference/weights.h"

namespace hod::benchmarks {

inline constexpr models::NetworkConfig kDemoNetwork = {.channels = 16, .blocks = 4};

// The paper's convolutional network with LSTMs, with random weights.
models::ReferenceWeights RandomPaperNetwork(uint64_t seed);

// Floating-point operations for a position, two for a weight and an input: nominally of all taps of
// convolutions everywhere, and without those that fall off the world and meet zeros. Linear maps
// and convolutions count, nothing else. Kernels need fewer, since features are mostly zeros and not
// all logits are wanted.
struct Cost {
  double nominal = 0, needed = 0;
};
Cost CostOf(const models::NetworkConfig& config, const env::WorldSize& world);
Cost CostOf(const models::ReferenceConfig& config, const env::WorldSize& world);
// The cost of learning from a position: forward, and backward to weights and to inputs, but for
// inputs that are features.
Cost LearningCostOf(const models::NetworkConfig& config, const env::WorldSize& world);

// What network.precision = "auto" would take for such a network, and by how much it is faster than
// the others, measured again: one line for each.
std::string DescribeChoice(const models::NetworkConfig& config);

// What the processor has spent on this process: other programs don't count.
double ProcessorSeconds();

// Floating-point operations a second of the processor's time, while this process does nothing else;
// the best of some milliseconds.
double PeakRate(const models::Kernels& kernels);

// Positions of the assistant, at equal distances in a game of random actions.
class PlayedPositions {
 public:
  PlayedPositions(uint64_t seed, int count);

  const env::Game& game() const { return episode_.game; }
  // The first `count`, from the start again when they run out.
  std::vector<mcts::Position> Batch(int count) const;

 private:
  Episode episode_;
  std::vector<env::State> states_;
  std::vector<std::vector<int32_t>> valid_actions_;
};

}  // namespace hod::benchmarks
