// Remembers evaluations: a position met again costs a look-up instead of a pass of the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "mcts/evaluator.h"

namespace hod::mcts {

// All that an evaluator may see of a position, as bytes: the whole state, the player, its valid
// actions, the settings of the game, the goal if the player sees it, and the memory. Where two
// positions have the same bytes, one evaluation serves both.
std::string KeyOf(const Position& position);

// 64 bits of a key, by which it is found.
uint64_t HashOf(absl::string_view key);

// A decorator: known positions of a batch are answered from memory, bit for bit as they were
// evaluated, the others go on to the inner evaluator as one smaller batch. A position counts as
// known only if its whole key is equal: of two with the same hash only the latter is remembered.
//
// The inner evaluator has to be the same function all the time: a new network gets a new cache.
// Where rounding depends on the size of a batch, figures of games in play together may depend on
// what was known, in their last bits.
class EvaluationCache : public Evaluator {
 public:
  // Remembers up to `capacity` >= 1 positions and forgets those that were not met for longest. One
  // takes about 60 bytes per voxel of the world: 20 kB in 7x7x7 voxels, 65 kB in 11x10x10.
  EvaluationCache(std::shared_ptr<Evaluator> inner, size_t capacity,
                  std::function<uint64_t(absl::string_view)> hash = HashOf);

  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override;

  // Positions so far; those of a batch that failed do not count.
  struct Counts {
    int64_t known = 0, evaluated = 0;
  };
  Counts counts() const;

 private:
  struct Entry {
    std::string key;
    uint64_t hash;
    Evaluation evaluation;
  };

  // Require the lock.
  const Evaluation* Recall(absl::string_view key, uint64_t hash);
  void Remember(std::string key, uint64_t hash, const Evaluation& evaluation);

  const std::shared_ptr<Evaluator> inner_;
  const size_t capacity_;
  const std::function<uint64_t(absl::string_view)> hash_;

  mutable std::mutex mutex_;  // Guards all below; not held while the inner evaluator works.
  std::list<Entry> entries_;  // Those met last are first.
  absl::flat_hash_map<uint64_t, std::list<Entry>::iterator> by_hash_;
  Counts counts_;
};

}  // namespace hod::mcts
