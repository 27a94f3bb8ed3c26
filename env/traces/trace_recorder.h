// Records episodes as trace files that `hod verify` accepts.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "env/base/gzip_lines.h"
#include "env/traces/episode_trace.h"

namespace hod::env {

// One file, one episode. The file appears under its name when Finish() succeeds; an episode that is
// dropped leaves none.
class TraceRecorder {
 public:
  // `game` outlives the recorder.
  static absl::StatusOr<TraceRecorder> Create(const std::string& path, const Game* game,
                                              const State& start, const std::string& name,
                                              int64_t seed);

  absl::Status Step(absl::Span<const Action> actions, const StepOutcome& outcome,
                    const State& after);
  absl::Status Finish() { return writer_.Finish(); }

 private:
  TraceRecorder(GzipLineWriter writer, const Game* game)
      : writer_(std::move(writer)), game_(game), trace_(game) {}

  GzipLineWriter writer_;
  const Game* game_;
  EpisodeTrace trace_;
  int step_ = 0;
};

}  // namespace hod::env
