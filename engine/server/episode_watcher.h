// The newest recorded episode of some folders, as `hod watch` plays it. Only reads.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/training/run_directory.h"
#include "env/base/clock.h"

namespace hod::engine {

class EpisodeWatcher {
 public:
  // Looks for files of traces in `folder`, which need not be there yet. What the assistant believes
  // is computed with the newest checkpoint of `run`, if the run is an assistant's.
  EpisodeWatcher(RunDirectory run, std::string folder)
      : run_(std::move(run)), folder_(std::move(folder)) {}

  // Looks for a newer episode. An error names the file that could not be read, until there is a
  // newer one; episode() is the one before.
  absl::Status Poll();

  // The episode of docs/play.md, "Watching"; null before there is one.
  const nlohmann::json& episode() const { return episode_; }
  // When it was recorded.
  absl::Time recorded() const { return recorded_; }

 private:
  RunDirectory run_;
  std::string folder_;
  nlohmann::json episode_;
  absl::Time recorded_ = absl::InfinitePast();
  absl::Status status_;
  MonotonicTime next_poll_;
};

}  // namespace hod::engine
