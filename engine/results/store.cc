#include "engine/results/store.h"

#include <xxhash.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

using nlohmann::json;

std::string KeyOf(const json& origin) { return HashOf(DumpJson(origin)); }

absl::Status Take(const std::string& text, const json& origin,
                  absl::FunctionRef<absl::Status(const json&)> take) {
  ASSIGN_OR_RETURN(const json entry, ParseJson(text));
  if (!entry.is_object() || !entry.contains("key") || !entry.contains("result")) {
    return absl::DataLossError("not a stored result");
  }
  if (entry["key"] != KeyOf(origin)) {
    return absl::FailedPreconditionError("follows from other settings or data");
  }
  try {
    return take(entry["result"]);
  } catch (const json::exception& error) {
    return absl::DataLossError(error.what());
  }
}

}  // namespace

absl::StatusOr<ResultStore> ResultStore::Open(const std::string& directory) {
  RETURN_IF_ERROR(MakeDirectories(directory));
  return ResultStore(directory);
}

std::string ResultStore::Path(absl::string_view name) const {
  return absl::StrCat(directory_, "/", name, ".json");
}

bool ResultStore::Find(absl::string_view name, const json& origin,
                       absl::FunctionRef<absl::Status(const json&)> take) const {
  const std::string path = Path(name);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return false;
  const absl::StatusOr<std::string> text = ReadFile(path);
  const absl::Status status = text.ok() ? Annotate(Take(*text, origin, take), path) : text.status();
  if (status.ok()) return true;
  std::fprintf(stderr, "%s; it is made anew\n", std::string(status.message()).c_str());
  return false;
}

absl::Status ResultStore::Put(absl::string_view name, const json& origin,
                              const json& result) const {
  const json entry = {{"origin", origin}, {"key", KeyOf(origin)}, {"result", result}};
  return WriteFileAtomically(Path(name), DumpJson(entry, 1) + "\n");
}

std::string HashOf(absl::string_view bytes) {
  return absl::StrCat(absl::Hex(XXH64(bytes.data(), bytes.size(), 0), absl::kZeroPad16));
}

absl::StatusOr<std::string> HashOfFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  return HashOf(bytes);
}

}  // namespace hod::engine
