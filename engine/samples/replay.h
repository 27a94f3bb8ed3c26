// The learner's replay window: the newest fragments of self-play, and random batches of positions
// from them as examples for the network.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "engine/samples/examples.h"
#include "engine/samples/fragment.h"
#include "engine/samples/shard.h"
#include "env/base/random.h"
#include "env/game/config.h"

namespace hod::engine {

struct ReplayOptions {
  int64_t capacity = 262144;  // Timesteps.
  double gamma = 0.95;        // Discount of the value targets.
  bool mirror = true;         // Mirror and swap sampled positions at random.
  double permute_blocks = 0;  // Probability of renaming the block types of a sampled position.
};

class ReplayWindow {
 public:
  explicit ReplayWindow(ReplayOptions options) : options_(options) {}

  // Adds all fragments of a shard. Drops the oldest, whole, while more than `capacity` timesteps
  // are held; never the one just added.
  void Add(Shard shard);

  int64_t num_timesteps() const { return end_ - begin(); }
  int64_t num_added() const { return end_; }  // Timesteps, dropped ones included.

  // `count` timesteps drawn uniformly, with repetition. Requires num_timesteps() > 0. Several
  // threads may sample at once, each with a generator of its own, while nobody adds.
  Batch Sample(int count, Rng& rng) const;

 private:
  struct Entry {
    std::shared_ptr<const env::GameConfig> game;  // That of its shard.
    Fragment fragment;
    std::vector<float> value_targets;  // [steps]
    int64_t begin;                     // Number of its first timestep among all ever added.
  };

  int64_t begin() const { return entries_.empty() ? end_ : entries_.front().begin; }

  ReplayOptions options_;
  std::deque<Entry> entries_;  // Oldest first.
  int64_t end_ = 0;            // Number of timesteps ever added.
};

}  // namespace hod::engine
