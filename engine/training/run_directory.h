// How a run lies on disk. Everything a run needs and makes is below one directory:
//
//   config.toml              the resolved configuration
//   run.json                 who made it: version, git revision, start time
//   checkpoints/step-NNNNNNNNN.safetensors
//   shards/wNNN-NNNNNNNN.shard        samples/shard_directory.h
//   metrics/learner.jsonl, metrics/selfplay-NNN.jsonl, metrics/link.jsonl
//   logs/*.log               what the processes of `hod train` print
//   *.lock                   held by the process of that role
//
// Checkpoints and shards are deleted as training goes on (learner.keep_checkpoints,
// learner.window), so that a run of months fits on a disk.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/samples/replay_feed.h"
#include "env/base/descriptor.h"

namespace hod::engine {

class RunDirectory;

inline constexpr std::atomic<bool> kNeverStopped = false;

// Roles in a run, beside those of its trainers.
inline constexpr char kLearnerRole[] = "learner";
inline constexpr char kLinkRole[] = "link";  // To workers on other machines.
std::string LearnerRole(int rank);   // "learner" is rank 0, "learner-1" the next of several.
std::string WorkerRole(int worker);  // "selfplay-000"

// Exclusive use of one role in a run, held until destroyed or the process ends.
class RoleLock {
 public:
  // Waits some seconds for a process that is just ending; until `stop`, for which the status is
  // cancelled.
  static absl::StatusOr<RoleLock> Take(const RunDirectory& run, const std::string& role,
                                       const std::atomic<bool>& stop = kNeverStopped);

 private:
  friend class RunDirectory;
  explicit RoleLock(Descriptor file) : file_(std::move(file)) {}
  static absl::StatusOr<RoleLock> TakeAt(const std::string& path, const std::string& role,
                                         const std::atomic<bool>& stop);

  Descriptor file_;
};

class RunDirectory {
 public:
  // Makes the directory for `config`, or opens that of an earlier call to go on with it, and is its
  // trainer as long as a copy of the result lives: nothing is written to a run that has another
  // trainer, or whose roles others have. Going on with other settings is an error that names them,
  // except for those that say how long and with how many workers to train, what to keep, and how to
  // evaluate: these are taken over. Where several trainers have a part of the learners and workers
  // each, every one of them does this, in one directory that all see or in its own. `stop` as for
  // RoleLock::Take().
  static absl::StatusOr<RunDirectory> CreateOrResume(const std::string& path,
                                                     const RunConfig& config,
                                                     const std::atomic<bool>& stop = kNeverStopped,
                                                     Part part = {});
  // Opens a run to read from it, or to take another role in it.
  static absl::StatusOr<RunDirectory> Open(const std::string& path);

  const std::string& path() const { return path_; }
  const RunConfig& config() const { return config_; }

  std::string shards() const { return path_ + "/shards"; }
  std::string metrics() const { return path_ + "/metrics"; }
  std::string logs() const { return path_ + "/logs"; }
  std::string CheckpointPath(int64_t step) const;
  // While it exists, self-play waits: what it has played cannot be passed on.
  std::string pause_file() const { return path_ + "/paused"; }

  // (training step, path) of every checkpoint, ascending.
  absl::StatusOr<std::vector<std::pair<int64_t, std::string>>> Checkpoints() const;
  // The newest one; nothing if there is none yet.
  absl::StatusOr<std::optional<std::pair<int64_t, std::string>>> LatestCheckpoint() const;
  // The learner calls this after it has written one. Keeps the newest learner.keep_checkpoints and
  // the first of every doubling of steps; what a killed learner left half written goes, too.
  absl::Status DeleteOldCheckpoints() const;

 private:
  RunDirectory(std::string path, RunConfig config)
      : path_(std::move(path)), config_(std::move(config)) {}

  std::string path_;
  RunConfig config_;
  std::shared_ptr<const RoleLock> trainer_;  // If this is one.
};

// What the engine keeps in a checkpoint about its run (models::Checkpoint::run).
struct RunProgress {
  double seconds = 0;       // Spent learning, over all restarts.
  int64_t timesteps = 0;    // Self-play that has entered the replay window.
  std::string config;       // TOML, which TrainedConfig() reads.
  ReplayPosition replay{};  // Empty if the run does not learn from shards.

  std::string ToJson() const;
  static absl::StatusOr<RunProgress> FromJson(const std::string& json);
};

}  // namespace hod::engine
