// What networks are compared on: sequences of recorded play, those to learn from and those held
// out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/examples.h"
#include "engine/samples/shard.h"

namespace hod::engine {

// Consecutive timesteps of one fragment.
struct PlaySequence {
  const Shard* shard;
  const Fragment* fragment;
  int begin;
  std::string episode;  // Names its episode among all of the data.
};

struct DataOptions {
  int sequence_length = 16;
  int train_sequences = 128, test_sequences = 32;  // Drawn from each source.
  std::vector<int> held_out_participants{};        // Held out of recordings of people.
  double held_out_share = 0.25;                    // Held out of other episodes.
  double gamma = 0.95;                             // Discount of the value targets.
  uint64_t seed = 1;
};

// One source of play: a directory of shards.
struct PlaySource {
  std::string name;
  std::vector<std::unique_ptr<const Shard>> shards;  // What the sequences point into.
  std::vector<PlaySequence> train, test;
};

// Draws sequences that do not overlap, learning ones and held-out ones from other episodes; of
// people also from other participants. Errors name the directory or file; too few sequences are
// one.
absl::StatusOr<PlaySource> LoadPlay(const std::string& name, const std::string& directory,
                                    const DataOptions& options);

// All examples of some sequences, one sequence after another. With `mirror`, each sequence is
// mirrored and swapped at random.
Batch ExamplesOf(absl::Span<const PlaySequence> sequences, int length, double gamma, bool mirror,
                 Rng rng);

}  // namespace hod::engine
