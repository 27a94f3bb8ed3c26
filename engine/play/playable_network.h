// A network as what plays.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/game/game.h"
#include "mcts/evaluator.h"
#include "models/backends/make_evaluator.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

// Evaluations, and whom they are for. A value: copies share the network.
struct PlayableNetwork {
  std::shared_ptr<mcts::Evaluator> evaluator;
  bool sees_goal = false;       // A human's.
  bool predicts_others = true;  // What searches need.
  bool line_of_sight = true;    // Its policy is over the actions that are valid with line of sight.
  bool remembers = false;       // It has to see every timestep.
  // Says why the network cannot play `player` in a game.
  std::function<absl::Status(const env::Game& game, int player)> Check;
};

// `backend` computes a network of Hod's (models::MakeEvaluator). Errors, those of Check and of
// evaluations too, name the network's file.
absl::StatusOr<PlayableNetwork> MakePlayable(const models::LoadedNetwork& network,
                                             const models::BackendOptions& backend = {});

}  // namespace hod::engine
