#include "engine/samples/shard_directory.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr char kSuffix[] = ".shard";

absl::StatusOr<std::vector<std::string>> ListNames(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator it(directory, error);
  for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) {
    return SystemError(directory, "list", error.value());
  }
  return names;
}

}  // namespace

std::string ShardName(ShardId id) {
  return absl::StrFormat("w%03d-%08d%s", id.worker, id.sequence, kSuffix);
}

std::optional<ShardId> ParseShardName(absl::string_view name) {
  absl::string_view rest = name;
  if (!absl::ConsumePrefix(&rest, "w") || !absl::ConsumeSuffix(&rest, kSuffix)) return std::nullopt;
  const size_t dash = rest.find('-');
  if (dash == absl::string_view::npos) return std::nullopt;
  ShardId id;
  if (!absl::SimpleAtoi(rest.substr(0, dash), &id.worker) ||
      !absl::SimpleAtoi(rest.substr(dash + 1), &id.sequence) || id.worker < 0 || id.sequence < 0 ||
      ShardName(id) != name) {
    return std::nullopt;
  }
  return id;
}

absl::StatusOr<std::vector<ShardId>> ListShards(const std::string& directory) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, ListNames(directory));
  std::vector<ShardId> shards;
  for (const std::string& name : names) {
    if (const auto id = ParseShardName(name)) shards.push_back(*id);
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

absl::StatusOr<int64_t> NextSequence(const std::string& directory, int worker) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, ListNames(directory));
  int64_t next = 0;
  for (const std::string& name : names) {
    const std::optional<std::string> final_name = FinalName(name);
    const auto id = ParseShardName(final_name.value_or(name));
    if (!id || id->worker != worker) continue;
    if (!final_name) {
      next = std::max(next, id->sequence + 1);
      continue;
    }
    const std::filesystem::path path = std::filesystem::path(directory) / name;
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) {
      return SystemError(path.string(), "remove", error.value());
    }
  }
  return next;
}

}  // namespace hod::engine
