// The runs that `hod watch` shows, and what it says of them (docs/play.md, "Watching"). Only reads.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/server/episode_watcher.h"
#include "engine/server/run_watcher.h"

namespace hod::engine {

class WatchedRuns {
 public:
  // Run directories, at least one. `record`: where episodes of the first are recorded; "": those of
  // each are in its folder `episodes`. Errors name the file.
  static absl::StatusOr<WatchedRuns> Open(const std::vector<std::string>& paths,
                                          const std::string& record);

  struct News {
    bool any = false;      // Something has changed,
    bool episode = false;  // and that is another episode, too.
  };
  // Looks again. Runs that cannot be read say so in their status.
  News Poll();

  // A `watch` message. It has the episode that was recorded last among all runs, or none.
  nlohmann::json Message(bool with_episode) const;

 private:
  struct Watched {
    RunWatcher run;
    EpisodeWatcher episodes;
    WatchedRun shown;  // The run, with what is wrong with its episodes.
  };
  // The first error, after it has looked at all.
  absl::Status Look();
  const Watched& WithNewestEpisode() const;

  std::vector<Watched> runs_;
};

}  // namespace hod::engine
