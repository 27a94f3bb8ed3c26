#include "engine/training/run_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/files.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kLockPatience = absl::Seconds(15);

bool MayChange(const std::string& difference) {
  return absl::StartsWith(difference, "learner.max_steps") ||
         absl::StartsWith(difference, "learner.max_minutes") ||
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

}  // namespace

absl::StatusOr<RunDirectory> RunDirectory::CreateOrResume(const std::string& path,
                                                          const RunConfig& config) {
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
    RETURN_IF_ERROR(WriteFileAtomically(path + "/run.json", about.dump(2) + "\n"));
  }
  // Last: a directory with a config.toml is a whole run directory.
  RETURN_IF_ERROR(WriteFileAtomically(config_path, ToToml(config)));
  return RunDirectory(path, config);
}

absl::StatusOr<RunDirectory> RunDirectory::Open(const std::string& path) {
  const std::string config_path = path + "/config.toml";
  absl::StatusOr<std::string> text = ReadFile(config_path);
  if (!text.ok()) {
    return absl::NotFoundError(
        absl::StrCat(path, ": not a run directory: ", std::string(text.status().message())));
  }
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
  if (error) {
    return absl::NotFoundError(absl::StrCat(path_, "/checkpoints: ", error.message()));
  }
  std::sort(checkpoints.begin(), checkpoints.end());
  return checkpoints;
}

absl::StatusOr<std::optional<std::pair<int64_t, std::string>>> RunDirectory::LatestCheckpoint()
    const {
  ASSIGN_OR_RETURN(auto checkpoints, Checkpoints());
  if (checkpoints.empty()) return std::nullopt;
  return checkpoints.back();
}

std::string RunProgress::ToJson() const {
  return nlohmann::json{{"seconds", seconds},
                        {"timesteps", timesteps},
                        {"config", config},
                        {"git_revision", kGitRevision}}
      .dump();
}

absl::StatusOr<RunProgress> RunProgress::FromJson(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto has = [&](const char* key, auto test) {
    return json.contains(key) && test(json[key]);
  };
  const auto number = [](const nlohmann::json& value) { return value.is_number(); };
  if (!json.is_object() || !has("seconds", number) || !has("timesteps", number) ||
      !has("config", [](const nlohmann::json& value) { return value.is_string(); })) {
    return absl::DataLossError("run: expected an object with seconds, timesteps and config");
  }
  return RunProgress{json["seconds"].get<double>(), json["timesteps"].get<int64_t>(),
                     json["config"].get<std::string>()};
}

double ProgressOf(const LearnerConfig& config, int64_t steps, double seconds) {
  double progress = static_cast<double>(steps) / static_cast<double>(config.max_steps);
  if (config.max_minutes > 0) progress = std::max(progress, seconds / (60 * config.max_minutes));
  return std::min(progress, 1.0);
}

absl::StatusOr<RoleLock> RoleLock::Take(const RunDirectory& run, const std::string& role) {
  const std::string path = absl::StrCat(run.path(), "/", role, ".lock");
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot open: ", std::strerror(errno)));
  }
  const absl::Time give_up = absl::Now() + kLockPatience;
  while (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (absl::Now() > give_up) {
      close(file);
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": held by another process: this run already has a ", role));
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
  return RoleLock(file);
}

RoleLock::~RoleLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace hod::engine
