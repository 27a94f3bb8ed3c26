#include "engine/training/run_directory.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kLockPatience = absl::Seconds(15);

bool MayChange(const std::string& difference) {
  return absl::StartsWith(difference, "learner.max_steps") ||
         absl::StartsWith(difference, "learner.max_minutes") ||
         absl::StartsWith(difference, "learner.keep_checkpoints") ||
         absl::StartsWith(difference, "learner.peer_seconds") ||
         absl::StartsWith(difference, "selfplay.workers") ||
         absl::StartsWith(difference, "network.device") ||
         absl::StartsWith(difference, "network.precision") ||
         absl::StartsWith(difference, "evaluation.");
}

absl::Status CheckSameRun(const std::string& path, const RunConfig& wanted,
                          const RunConfig& stored) {
  std::vector<std::string> differences = Differences(wanted, stored);
  differences.erase(std::remove_if(differences.begin(), differences.end(), MayChange),
                    differences.end());
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": holds a run with other settings (", absl::StrJoin(differences, "; "),
                   "). Choose another directory or the same settings."));
}

// Those that a trainer of this part hands out.
std::vector<std::string> RolesOf(const RunConfig& config, Part part) {
  std::vector<std::string> roles;
  for (int rank = 0; rank < config.learner.learners; ++rank) {
    if (part.Has(rank)) roles.push_back(LearnerRole(rank));
  }
  for (int w = 0; w < config.NumWorkers(); ++w) {
    if (part.Has(w)) roles.push_back(WorkerRole(w));
  }
  return roles;
}

absl::Status Remove(const std::string& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) return SystemError(path, "remove", error.value());
  return absl::OkStatus();
}

}  // namespace

std::string LearnerRole(int rank) {
  return rank == 0 ? kLearnerRole : absl::StrCat(kLearnerRole, "-", rank);
}

std::string WorkerRole(int worker) { return absl::StrFormat("selfplay-%03d", worker); }

absl::StatusOr<RoleLock> RoleLock::Take(const RunDirectory& run, const std::string& role,
                                        const std::atomic<bool>& stop) {
  return TakeAt(run.path(), role, stop);
}

absl::StatusOr<RoleLock> RoleLock::TakeAt(const std::string& path, const std::string& role,
                                          const std::atomic<bool>& stop) {
  const std::string name = absl::StrCat(path, "/", role, ".lock");
  ASSIGN_OR_RETURN(Descriptor file, OpenFile(name, O_RDWR | O_CREAT, "open", name));
  const Stopwatch waited;
  bool told = false;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (!std::exchange(told, true)) spdlog::info("{}: waiting for the process that holds it", name);
    if (stop) return absl::CancelledError(absl::StrCat(name, ": held by another process; stopped"));
    if (waited.Elapsed() > kLockPatience) {
      return absl::FailedPreconditionError(
          absl::StrCat(name, ": held by another process: this run already has a ", role));
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
  return RoleLock(std::move(file));
}

absl::StatusOr<RunDirectory> RunDirectory::CreateOrResume(const std::string& path,
                                                          const RunConfig& config,
                                                          const std::atomic<bool>& stop,
                                                          Part part) {
  RETURN_IF_ERROR(MakeDirectories(path));
  const std::string trainer_role = part.rank == 0 ? "trainer" : absl::StrCat("trainer-", part.rank);
  ASSIGN_OR_RETURN(RoleLock trainer, RoleLock::TakeAt(path, trainer_role, stop));
  // Who learns or plays here by hand, or is left over from a killed trainer, has the run.
  std::vector<RoleLock> others;
  for (const std::string& role : RolesOf(config, part)) {
    ASSIGN_OR_RETURN(RoleLock lock, RoleLock::TakeAt(path, role, stop));
    others.push_back(std::move(lock));
  }
  const std::string config_path = path + "/config.toml";
  std::error_code ignored;
  if (std::filesystem::exists(config_path, ignored)) {
    ASSIGN_OR_RETURN(RunDirectory stored, Open(path));
    RETURN_IF_ERROR(CheckSameRun(path, config, stored.config()));
  }
  for (const char* folder : {"/checkpoints", "/shards", "/metrics", "/logs"}) {
    RETURN_IF_ERROR(MakeDirectories(path + folder));
  }
  if (!std::filesystem::exists(path + "/run.json", ignored)) {
    const nlohmann::json about = {{"version", kVersion},
                                  {"git_revision", kGitRevision},
                                  {"started", absl::FormatTime(absl::Now(), absl::UTCTimeZone())}};
    RETURN_IF_ERROR(WriteFileAtomically(path + "/run.json", DumpJson(about, 2) + "\n"));
  }
  // Last: a directory with a config.toml is a whole run directory.
  RETURN_IF_ERROR(WriteFileAtomically(config_path, ToToml(config)));
  RunDirectory run(path, config);
  run.trainer_ = std::make_shared<const RoleLock>(std::move(trainer));
  return run;
}

absl::StatusOr<RunDirectory> RunDirectory::Open(const std::string& path) {
  const std::string config_path = path + "/config.toml";
  absl::StatusOr<std::string> text = ReadFile(config_path);
  RETURN_IF_ERROR(Annotate(text.status(), absl::StrCat(path, ": not a run directory")));
  ASSIGN_OR_RETURN(RunConfig config, ParseRunConfig(*text, config_path));
  return RunDirectory(path, std::move(config));
}

std::string RunDirectory::CheckpointPath(int64_t step) const {
  return absl::StrFormat("%s/checkpoints/step-%09d.safetensors", path_, step);
}

absl::StatusOr<std::vector<std::pair<int64_t, std::string>>> RunDirectory::Checkpoints() const {
  std::vector<std::pair<int64_t, std::string>> checkpoints;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/checkpoints", error)) {
    const std::string name = entry.path().filename();
    absl::string_view digits = name;
    int64_t step = 0;
    if (!absl::ConsumePrefix(&digits, "step-") || !absl::ConsumeSuffix(&digits, ".safetensors") ||
        !absl::SimpleAtoi(digits, &step) || entry.path() != CheckpointPath(step)) {
      continue;
    }
    checkpoints.emplace_back(step, entry.path());
  }
  if (error) return SystemError(path_ + "/checkpoints", "list", error.value());
  std::sort(checkpoints.begin(), checkpoints.end());
  return checkpoints;
}

absl::StatusOr<std::optional<std::pair<int64_t, std::string>>> RunDirectory::LatestCheckpoint()
    const {
  ASSIGN_OR_RETURN(auto checkpoints, Checkpoints());
  if (checkpoints.empty()) return std::nullopt;
  return checkpoints.back();
}

absl::Status RunDirectory::DeleteOldCheckpoints() const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/checkpoints", error)) {
    if (FinalName(entry.path())) RETURN_IF_ERROR(Remove(entry.path()));
  }
  const auto keep = static_cast<size_t>(config_.learner.keep_checkpoints);
  if (keep == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto checkpoints, Checkpoints());
  int doublings = -1;  // The doubling of the last that was kept as the first of its own.
  for (size_t i = 0; i + keep < checkpoints.size(); ++i) {
    const auto& [step, path] = checkpoints[i];
    const auto width = static_cast<int>(std::bit_width(static_cast<uint64_t>(step)));
    if (width > doublings) {
      doublings = width;
      continue;
    }
    RETURN_IF_ERROR(Remove(path));
  }
  return absl::OkStatus();
}

std::string RunProgress::ToJson() const {
  return DumpJson(nlohmann::json{{"seconds", seconds},
                                 {"timesteps", timesteps},
                                 {"config", config},
                                 {"replay", engine::ToJson(replay)},
                                 {"git_revision", kGitRevision}});
}

absl::StatusOr<RunProgress> RunProgress::FromJson(const std::string& text) {
  const nlohmann::json json = ParseJson(text).value_or(nlohmann::json());
  const auto has = [&](const char* key, auto test) {
    return json.contains(key) && test(json[key]);
  };
  const auto number = [](const nlohmann::json& value) { return value.is_number(); };
  if (!json.is_object() || !has("seconds", number) || !has("timesteps", number) ||
      !has("config", [](const nlohmann::json& value) { return value.is_string(); })) {
    return absl::DataLossError("run: expected an object with seconds, timesteps and config");
  }
  RunProgress progress = {json["seconds"].get<double>(),
                          json["timesteps"].get<int64_t>(),
                          json["config"].get<std::string>(),
                          {}};
  if (json.contains("replay")) {  // Networks of before 0.2 have none.
    absl::StatusOr<ReplayPosition> replay = ReplayPositionFromJson(json["replay"]);
    RETURN_IF_ERROR(Annotate(replay.status(), "run: replay"));
    progress.replay = *std::move(replay);
  }
  return progress;
}

}  // namespace hod::engine
