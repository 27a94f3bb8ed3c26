// Turns the moves of an episode into fragments for the learner.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "engine/play/episode.h"
#include "engine/samples/fragment.h"
#include "env/base/random.h"

namespace hod::engine {

class FragmentRecorder : public EpisodeObserver {
 public:
  using Sink = std::function<absl::Status(Fragment)>;

  struct Options {
    size_t length = 64;     // Timesteps of a fragment, at most.
    double gamma = 0.95;    // Discount of rewards.
    double kept_share = 1;  // Share of fragments that the sink gets, drawn at random.
  };

  // `episode` outlives the recorder. `origin` gives the fields of every fragment that do not
  // change: episode, checkpoint_step, global_timestep.
  //
  // Searches value what they see, and what they result in is a policy to learn. Where nobody
  // searches, that is the policy which the assistant's actions were drawn from, and values are what
  // the rewards up to the end of the episode come to: its fragments are held back until then.
  FragmentRecorder(const Episode* episode, Fragment origin, const Options& options, Sink sink);

  absl::Status BeforeMove(const env::State& state) override;
  absl::Status AfterMove(const Move& move, const env::State& after) override;

 private:
  // Completes the present fragment, whose end is worth `bootstrap_value` if it is known.
  absl::Status Complete(std::optional<float> bootstrap_value);
  // The episode has ended with the present fragment.
  absl::Status End();

  Fragment origin_;
  const Options options_;
  Rng rng_;  // Draws what is kept.
  Sink sink_;
  Fragment current_;
  std::vector<Fragment> held_back_;
  env::State next_start_;  // Where the next fragment starts, once `current_` is full.
};

}  // namespace hod::engine
