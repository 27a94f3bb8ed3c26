// Turns the moves of an episode into fragments for the learner.
#pragma once

#include <functional>

#include "engine/play/episode.h"
#include "engine/samples/fragment.h"

namespace hod::engine {

class FragmentRecorder : public EpisodeObserver {
 public:
  using Sink = std::function<absl::Status(Fragment)>;

  // `episode`, in which somebody searches, outlives the recorder. `origin` gives the fields of
  // every fragment that do not change: episode, checkpoint_step, global_timestep. Fragments have at
  // most `length` timesteps.
  FragmentRecorder(const Episode* episode, Fragment origin, int length, Sink sink);

  absl::Status BeforeMove(const env::State& state) override;
  absl::Status AfterMove(const Move& move, const env::State& after) override;

 private:
  absl::Status Emit(float bootstrap_value, bool ended);

  Fragment origin_;
  size_t length_;
  Sink sink_;
  Fragment current_;
  env::State next_start_;  // Where the next fragment starts, once `current_` is full.
};

}  // namespace hod::engine
