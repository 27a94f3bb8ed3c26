// How a run lies on disk. Everything a run needs and makes is below one directory:
//
//   config.toml              the resolved configuration
//   run.json                 who made it: version, git revision, start time
//   checkpoints/step-NNNNNNNNN.safetensors
//   shards/wNNN-NNNNNNNN.shard        samples/shard_directory.h
//   metrics/learner.jsonl, metrics/selfplay-NNN.jsonl
//   logs/*.log               what the processes of `hod train` print
//   *.lock                   held by the process of that role
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"

namespace hod::engine {

class RunDirectory {
 public:
  // Makes the directory for `config`, or opens that of an earlier call to go on with it. Going on
  // with other settings is an error that names them, except for those that say how long and with
  // how many workers to train, and how to evaluate: these are taken over.
  static absl::StatusOr<RunDirectory> CreateOrResume(const std::string& path,
                                                     const RunConfig& config);
  static absl::StatusOr<RunDirectory> Open(const std::string& path);

  const std::string& path() const { return path_; }
  const RunConfig& config() const { return config_; }

  std::string shards() const { return path_ + "/shards"; }
  std::string metrics() const { return path_ + "/metrics"; }
  std::string logs() const { return path_ + "/logs"; }
  std::string CheckpointPath(int64_t step) const;

  // (training step, path) of every checkpoint, ascending.
  absl::StatusOr<std::vector<std::pair<int64_t, std::string>>> Checkpoints() const;
  // The newest one; nothing if there is none yet.
  absl::StatusOr<std::optional<std::pair<int64_t, std::string>>> LatestCheckpoint() const;

 private:
  RunDirectory(std::string path, RunConfig config)
      : path_(std::move(path)), config_(std::move(config)) {}

  std::string path_;
  RunConfig config_;
};

// What the engine keeps in a checkpoint about its run (models::Checkpoint::run).
struct RunProgress {
  double seconds = 0;     // Spent learning, over all restarts.
  int64_t timesteps = 0;  // Of self-play that have entered the replay window.
  std::string config;     // TOML, which TrainedConfig() reads.

  std::string ToJson() const;
  static absl::StatusOr<RunProgress> FromJson(const std::string& json);
};

// How far training is, from 0 to 1: by steps or by time, whichever is further.
double ProgressOf(const LearnerConfig& config, int64_t steps, double seconds);

// Exclusive use of one role in a run ("learner", "selfplay-000"), held until destroyed or the
// process ends. Waits some seconds for a process that is just ending.
class RoleLock {
 public:
  static absl::StatusOr<RoleLock> Take(const RunDirectory& run, const std::string& role);
  RoleLock(RoleLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  ~RoleLock();

 private:
  explicit RoleLock(int file) : file_(file) {}
  int file_;
};

}  // namespace hod::engine
