// Assistants by what the command line, studies and Python call them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/play/seat.h"
#include "mcts/evaluation_cache.h"
#include "mcts/evaluator.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

inline constexpr char kNoopAssistant[] = "noop";
inline constexpr char kBeliefPrefix[] = "belief:";
// The assistant that is part of the program.
inline constexpr char kShippedAssistant[] = "belief:shipped:11x10x10";
// What --assistant may be, for help texts.
std::string AssistantSpecs();

// Who is judged.
struct Assistant {
  // The path of a network of Hod's, which searches, or of the reference; kBeliefPrefix and such a
  // path: the network's belief is carried out; another player's (player_spec.h), who acts by
  // itself; or kNoopAssistant: nobody.
  std::string spec = kNoopAssistant;
  std::shared_ptr<const models::LoadedNetwork> network = nullptr;  // Read from such a path.
  bool carries_out_belief = false;
};

// The spec of an assistant that plays a checkpoint of a run as it played while it learnt.
std::string TrainedAssistant(const RunConfig& config, const std::string& checkpoint);

// Reads the file of a network; other specs are checked when the assistant plays.
absl::StatusOr<Assistant> OpenAssistant(const std::string& spec);

// The configuration that its network was trained with; the defaults of assistants without one.
absl::StatusOr<RunConfig> ConfigOf(const Assistant& assistant);

// An assistant that is ready to play any number of episodes.
struct SeatedAssistant {
  std::optional<Seat> seat;                            // None if nobody helps.
  std::shared_ptr<mcts::Evaluator> evaluator;          // Null if it asks for no evaluations.
  std::shared_ptr<const mcts::EvaluationCache> cache;  // Null if evaluations aren't remembered.
};

// As the search and `evaluation` of `config` say. `search_reference`: a network of the reference
// searches, in place of acting by its policy.
absl::StatusOr<SeatedAssistant> SeatAssistant(const RunConfig& config, const Assistant& assistant,
                                              bool search_reference = false);

}  // namespace hod::engine
