// Human models that play along in a batch of environments, without the GIL.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "bindings/players.h"
#include "env/base/random.h"
#include "env/batch/env_batch.h"
#include "env/players/player.h"

namespace hod::bindings {

// The human of every environment of a batch.
class HumanBatch {
 public:
  HumanBatch(Players humans, int num_envs) : humans_(std::move(humans)), players_(num_envs) {}

  void Reseed(const std::vector<uint64_t>& seeds);
  // Gives one of them another stream, which goes on from `rng`.
  void Reseed(int i, const Rng& rng) { players_[i].rng = rng; }

  // Makes models for environments that have begun an episode.
  absl::Status Begin(const env::EnvBatch& batch, absl::Span<const uint8_t> begun);
  // Whether environment `i` has a model, and the stream as it was before that was made.
  bool has_model(int i) const { return players_[i].model != nullptr; }
  const Rng& record(int i) const { return has_model(i) ? players_[i].begun_with : players_[i].rng; }

  // Draws the action of the human of environment `i`.
  absl::Status ActOne(const env::EnvBatch& batch, int i, int32_t& action);
  // Tells it what it did, before the environment steps.
  absl::Status ObserveOne(const env::EnvBatch& batch, int i, int32_t action);
  // Draws the action of every human whose episode is not over into the first of two columns. After
  // an error none has been drawn.
  absl::Status Act(const env::EnvBatch& batch, absl::Span<const uint8_t> over,
                   absl::Span<int32_t> actions);
  absl::Status Observe(const env::EnvBatch& batch, absl::Span<const uint8_t> over,
                       absl::Span<const int32_t> actions);

  void RethrowIfAny() const { humans_.errors->RethrowIfAny(); }

 private:
  struct Player {
    std::unique_ptr<env::Player> model;
    Rng rng{}, begun_with{};
  };

  // Returns the error of the lowest environment.
  template <typename Work>
  absl::Status ForEach(const Work& work);

  const Players humans_;
  std::vector<Player> players_;
};

}  // namespace hod::bindings
