#include "env/traces/trace_recorder.h"

namespace hod::env {

absl::StatusOr<TraceRecorder> TraceRecorder::Create(const std::string& path, const Game* game,
                                                    const State& start, const std::string& name,
                                                    int64_t seed) {
  absl::StatusOr<GzipLineWriter> writer = GzipLineWriter::Create(path);
  if (!writer.ok()) return writer.status();
  TraceRecorder recorder(*std::move(writer), game);
  absl::Status status = recorder.writer_.Write(recorder.trace_.Reset(start, name, seed).dump());
  if (!status.ok()) return status;
  return recorder;
}

absl::Status TraceRecorder::Step(absl::Span<const Action> actions, const StepOutcome& outcome,
                                 const State& after) {
  const TraceDetail detail = DefaultDetail(game_->config(), ++step_);
  return writer_.Write(trace_.Step(actions, outcome, after, detail).dump());
}

}  // namespace hod::env
