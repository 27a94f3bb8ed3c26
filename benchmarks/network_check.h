// How far predictions of one network differ between the ways to compute them: backends, precisions
// and batches.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/network/network.h"

namespace hod::benchmarks {

// Errors of a head over all positions and entries.
struct HeadError {
  const char* head;
  double worst = 0, mean = 0;
  double limit = 0;  // The largest `worst` that passes.
  bool Passes() const { return worst <= limit; }
};

// One way against another.
struct WaysCompared {
  std::string subject, reference;
  std::string not_run;            // Why not; empty if it was.
  std::vector<HeadError> errors;  // Logits, probabilities, their divergence and the value.
  bool Passes() const;
};

// On `positions` positions of a played game: float32 on every kind of kernel against libtorch,
// bfloat16 against float32, batches against single positions, CUDA against the processor. Error: a
// network that needs inventories, which that game has none of.
absl::StatusOr<std::vector<WaysCompared>> CheckNetwork(const models::Network& network,
                                                       int positions);

// Returns a table, or JSON.
std::string ToText(const std::vector<WaysCompared>& comparisons);
std::string ToJson(const std::vector<WaysCompared>& comparisons);

}  // namespace hod::benchmarks
