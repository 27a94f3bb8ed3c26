// The random streams that trainings fork from their seeds (Rng::Fork), by what they are for. What
// was trained, and golden results, follow from these numbers.
#pragma once

#include <cstdint>

namespace hod::engine {

// The streams of a run's seed. Those from 0 on belong to the self-play workers, by their numbers.
struct RunStream {
  // Plus the rank of the learner; every gradient step forks its own from that.
  static constexpr uint64_t kBatches = 1000000;
  static constexpr uint64_t kInitialNetwork = 2000000;
  static constexpr uint64_t kPpo = 3000000;  // Forked by the timesteps played before the process.
};

// The streams of RunStream::kPpo. Those from 1 on shuffle the samples of an update.
struct PpoStream {
  static constexpr uint64_t kRollouts = 0;
  static constexpr uint64_t kShuffles = 1;  // Plus the timesteps played before the update.
};

// The streams of the seed of a behaviour cloning.
struct CloningStream {
  static constexpr uint64_t kInitialNetwork = 1;
  static constexpr uint64_t kOrder = 2;
  static constexpr uint64_t kSymmetries = 3;
  static constexpr uint64_t kDropout = 4;
};

// The streams of the seed of a study of networks.
struct NetworkStudyStream {
  static constexpr uint64_t kTrainOrder = 1;  // The order in which a source's sequences are drawn.
  static constexpr uint64_t kTestOrder = 2;
  static constexpr uint64_t kOrder = 3;  // The order in which the networks meet them.
  static constexpr uint64_t kInitialNetwork = 4;
  static constexpr uint64_t kBatches = 1000;  // Plus the gradient step.
};

}  // namespace hod::engine
