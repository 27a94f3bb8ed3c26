// Records an episode as a trace file while it is played.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/play/assisted_episode.h"
#include "env/traces/trace_recorder.h"

namespace hod::engine {

// The file appears when the episode ends.
class EpisodeRecorder : public EpisodeObserver {
 public:
  // `episode` is at its start and outlives the recorder. `seed` is a label.
  static absl::StatusOr<std::unique_ptr<EpisodeRecorder>> Create(const std::string& path,
                                                                 const AssistedEpisode& episode,
                                                                 int64_t seed) {
    auto recorder = env::TraceRecorder::Create(path, &episode.game(), episode.state(),
                                               episode.goal_name(), seed);
    if (!recorder.ok()) return recorder.status();
    return std::unique_ptr<EpisodeRecorder>(new EpisodeRecorder(*std::move(recorder)));
  }

  absl::Status AfterMove(const Move& move, const env::State& after) override {
    absl::Status status = recorder_.Step(move.actions, move.outcome, after);
    if (status.ok() && move.outcome.done()) status = recorder_.Finish();
    return status;
  }

 private:
  explicit EpisodeRecorder(env::TraceRecorder recorder) : recorder_(std::move(recorder)) {}
  env::TraceRecorder recorder_;
};

}  // namespace hod::engine
