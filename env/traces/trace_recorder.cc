#include "env/traces/trace_recorder.h"

#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::env {

absl::StatusOr<TraceRecorder> TraceRecorder::Create(const std::string& path, const Game* game,
                                                    const State& start, const std::string& name,
                                                    int64_t seed) {
  ASSIGN_OR_RETURN(GzipLineWriter writer, GzipLineWriter::Create(path));
  TraceRecorder recorder(std::move(writer), game);
  RETURN_IF_ERROR(recorder.writer_.Write(DumpJson(recorder.trace_.Reset(start, name, seed))));
  return recorder;
}

absl::Status TraceRecorder::Step(absl::Span<const Action> actions, const StepOutcome& outcome,
                                 const State& after) {
  const TraceDetail detail = DefaultDetail(game_->config(), ++step_);
  return writer_.Write(DumpJson(trace_.Step(actions, outcome, after, detail)));
}

}  // namespace hod::env
