// A network's file as what plays.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/game/game.h"
#include "mcts/evaluator.h"
#include "models/backends/backend.h"

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

// Reads a checkpoint of Hod's or a network of the reference; `backend` computes the former. Errors
// name the file.
absl::StatusOr<PlayableNetwork> LoadPlayableNetwork(const std::string& path,
                                                    const models::BackendOptions& backend = {});

}  // namespace hod::engine
