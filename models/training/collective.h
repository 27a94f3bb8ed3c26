// Learners that train one network together, each of them a process with data of its own. They are
// numbered from 0 by their ranks. A trainer that has one adds its gradient to those of the others
// (TrainerConfig::peers), so that together they make the step of one learner with all their
// batches.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace hod::models {

// All ranks call the same functions in the same order, with spans of the same length. Unavailable:
// a rank is lost, or did not answer in time; the error names those that do not answer, and
// nothing can be done together from then on.
class Collective {
 public:
  virtual ~Collective() = default;

  virtual int rank() const = 0;  // From 0 to size() - 1.
  virtual int size() const = 0;

  // Replaces every value by its sum over all ranks, which has the same bits at each of them.
  virtual absl::Status Sum(absl::Span<float> values) = 0;
  virtual absl::Status Sum(absl::Span<double> values) = 0;
  // What each rank has given, by rank.
  virtual absl::StatusOr<std::vector<std::string>> Gather(const std::string& bytes) = 0;
};

struct CollectiveOptions {
  int rank = 0;
  int size = 1;
  std::string host;  // Where all can reach rank 0, which listens there at the port.
  int port = 0;
  absl::Duration patience = absl::Minutes(2);  // How long one waits for another before it is lost.
};

// Waits for all ranks. They talk by Gloo (libtorch's), through the interface that leads to the
// host, or that of the environment's GLOO_SOCKET_IFNAME. Errors: they have not all come within the
// patience, or this program has no libtorch with Gloo.
absl::StatusOr<std::unique_ptr<Collective>> JoinCollective(const CollectiveOptions& options);

}  // namespace hod::models
