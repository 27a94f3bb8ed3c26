// How a run is doing now, from its folder alone.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

struct RunStatus {
  struct Worker {
    std::string role;  // "selfplay-000"
    double timesteps_per_second = 0;
    int64_t network = 0;     // The step of that with which its last episode began.
    double seconds_ago = 0;  // Since it last wrote a line, as all of these.
  };
  struct Learner {
    int64_t step = 0;
    double progress = 0;  // From 0 to 1.
    double steps_per_second = 0, loss = 0;
    int64_t timesteps = 0;  // That it has read.
    double seconds_ago = 0;
  };
  // All other machines together, as their link last wrote.
  struct Link {
    int64_t workers = 0;
    double timesteps_per_second = 0;
    int64_t behind = 0;  // Steps from the learner's newest network to the oldest that plays.
    int64_t delivered = 0, waiting = 0, refused = 0, dropped = 0, lost = 0;  // Shards.
    double seconds_ago = 0;
  };

  std::string path;
  std::optional<Learner> learner;
  int64_t network = -1;         // The newest one's step; -1: none yet.
  double network_age = 0;       // Seconds since it was written.
  std::vector<Worker> workers;  // That have played in this folder.
  std::optional<Link> link;
};

absl::StatusOr<RunStatus> StatusOf(const RunDirectory& run);
nlohmann::json ToJson(const RunStatus& status);
std::string ToText(const RunStatus& status);

}  // namespace hod::engine
