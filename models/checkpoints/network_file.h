// The network of a file, whichever kind of file it is: opened once, then passed on to all who need
// something of it.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "mcts/evaluator.h"
#include "models/backends/make_evaluator.h"
#include "models/network/network.h"
#include "models/reference/weights.h"

namespace hod::models {

inline constexpr char kShippedPrefix[] = "shipped:";
// The assistant for the paper's world.
inline constexpr char kShippedNetwork[] = "shipped:11x10x10";

struct LoadedNetwork {
  std::string path;  // Errors name it.
  std::variant<Network, ReferenceWeights> network;
  std::string run;  // JSON about the run that made it; empty with a network of the reference.

  bool of_the_reference() const { return std::holds_alternative<ReferenceWeights>(network); }
};

// Reads a network of Hod's, a training checkpoint, of which it takes the network that acts, a
// network of the reference, or with kShippedPrefix and its name one that is shipped with the
// program (models/shipped/shipped.h). The file is read once, from its beginning to its end: it may
// be a pipe. Refuses what NetworkFrom() and ReferenceFrom() do; a file that doesn't say that it is
// of the reference is one of Hod's.
absl::StatusOr<LoadedNetwork> OpenNetwork(const std::string& path);

// The same for those who can only use one of Hod's: networks of the reference are refused.
absl::StatusOr<LoadedNetwork> OpenHodNetwork(const std::string& path);

// What it predicts, for whoever searches or plays with it; it keeps its own copy of the parameters.
// A network of the reference is computed on the processor in float32, whatever `options` say.
// Errors, those of evaluations too, name the file. Refuses what MakeNetworkEvaluator() does.
absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeEvaluator(const LoadedNetwork& network,
                                                               const BackendOptions& options);

}  // namespace hod::models
