#include "engine/samples/replay.h"

#include <algorithm>
#include <utility>

namespace hod::engine {

void ReplayWindow::Add(Shard shard) {
  const auto game = std::make_shared<const env::GameConfig>(std::move(shard.config));
  for (Fragment& fragment : shard.fragments) {
    std::vector<float> targets = ValueTargets(fragment, options_.gamma);
    const auto steps = static_cast<int64_t>(targets.size());
    entries_.push_back({game, std::move(fragment), std::move(targets), end_});
    end_ += steps;
    while (entries_.size() > 1 && num_timesteps() > options_.capacity) entries_.pop_front();
  }
}

Batch ReplayWindow::Sample(int count, Rng& rng) const {
  Batch batch;
  batch.scenes.reserve(count);
  batch.examples.reserve(count);
  for (int i = 0; i < count; ++i) {
    const int64_t number = begin() + rng.Below(static_cast<int>(num_timesteps()));
    const auto entry =
        std::prev(std::upper_bound(entries_.begin(), entries_.end(), number,
                                   [](int64_t n, const Entry& e) { return n < e.begin; }));
    SymmetryParts parts;
    if (options_.mirror) parts = RandomMirroring(*entry->game, rng);
    if (rng.Chance(options_.permute_blocks)) parts.blocks = RandomBlockPermutation(rng);
    AddExamples(*entry->game, entry->fragment, entry->value_targets,
                static_cast<int>(number - entry->begin), 1, parts, batch);
  }
  return batch;
}

}  // namespace hod::engine
