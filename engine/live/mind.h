// An assistant that plays as time goes by: it is asked now and then, and thinks no longer than it
// may.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/evaluation/assistant.h"
#include "engine/explain/explanation.h"
#include "engine/play/believer.h"
#include "engine/play/searcher.h"
#include "env/base/random.h"
#include "env/game/game.h"
#include "env/players/player.h"

namespace hod::engine {

struct Thought {
  env::Action action;
  // What it is made of, if that was asked for and the assistant has it (mcts/, engine/explain).
  std::optional<Explanation> explanation;
};

// What plays one game. Not thread-safe: one thought at a time.
class Mind {
 public:
  // `assistant` helps (it has a seat); `game` is borrowed.
  static absl::StatusOr<std::unique_ptr<Mind>> Create(const SeatedAssistant& assistant,
                                                      const env::Game& game, uint64_t seed);

  // What to do in `state`. A search ends after `budget`, but not before its first evaluation.
  absl::StatusOr<Thought> Think(const env::State& state, absl::Duration budget, bool explain);

 private:
  Mind(const env::Game& game, std::shared_ptr<mcts::Evaluator> evaluator, uint64_t seed);

  absl::StatusOr<Thought> Search(const env::State& state, absl::Duration budget, bool explain);
  absl::StatusOr<Thought> CarryOutBelief(const env::State& state, bool explain);
  // By a search of one simulation: what the network says of the position itself.
  absl::StatusOr<Explanation> ExplainNetwork(const env::State& state);

  const env::Game& game_;
  const std::shared_ptr<mcts::Evaluator> evaluator_;
  Rng rng_;
  // One of these.
  std::optional<Searcher> searcher_;
  std::optional<Believer> believer_;
  std::unique_ptr<env::Player> player_;
};

}  // namespace hod::engine
