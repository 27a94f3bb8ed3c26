#include "engine/studies/study_data.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/samples/recorded_play.h"
#include "engine/session/streams.h"
#include "env/base/random.h"
#include "env/base/status.h"

namespace hod::engine {
absl::StatusOr<PlaySource> LoadPlay(const std::string& name, const std::string& directory,
                                    const DataOptions& options) {
  ASSIGN_OR_RETURN(std::vector<Shard> shards, ReadShards(directory));
  PlaySource source;
  source.name = name;
  for (Shard& shard : shards) {
    source.shards.push_back(std::make_unique<const Shard>(std::move(shard)));
  }
  const int length = options.sequence_length;
  for (const auto& shard : source.shards) {
    const int participant = shard->metadata.value("participant", -1);
    const bool held_out_person = std::count(options.held_out_participants.begin(),
                                            options.held_out_participants.end(), participant) > 0;
    for (const Fragment& fragment : shard->fragments) {
      const bool held_out =
          participant >= 0
              ? held_out_person
              : Rng(options.seed).Fork(fragment.episode).Chance(options.held_out_share);
      const std::string episode = absl::StrCat(name, "/", absl::Hex(fragment.episode));
      const auto steps = static_cast<int>(fragment.steps.size());
      for (int begin = 0; begin + length <= steps; begin += length) {
        (held_out ? source.test : source.train).push_back({shard.get(), &fragment, begin, episode});
      }
    }
  }
  const std::pair<std::vector<PlaySequence>*, int> parts[] = {
      {&source.train, options.train_sequences}, {&source.test, options.test_sequences}};
  for (const auto& [sequences, count] : parts) {
    if (static_cast<int>(sequences->size()) < count) {
      return absl::InvalidArgumentError(absl::StrCat(
          directory, ": holds ", sequences->size(), " sequences of ", length, " timesteps to ",
          sequences == &source.train ? "learn from" : "hold out", ", expected at least ", count));
    }
    Rng rng = Rng(options.seed)
                  .Fork(sequences == &source.train ? NetworkStudyStream::kTrainOrder
                                                   : NetworkStudyStream::kTestOrder);
    Shuffle(*sequences, rng);
    sequences->resize(count);
  }
  return source;
}

Batch ExamplesOf(absl::Span<const PlaySequence> sequences, int length, double gamma, bool mirror,
                 Rng rng) {
  Batch batch;
  for (const PlaySequence& sequence : sequences) {
    const env::GameConfig& config = sequence.shard->config;
    AddExamples(config, *sequence.fragment, ValueTargets(*sequence.fragment, gamma), sequence.begin,
                length, mirror ? RandomMirroring(config, rng) : SymmetryParts{}, batch);
  }
  return batch;
}

}  // namespace hod::engine
