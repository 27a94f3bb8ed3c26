#include "env/base/json_lines.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod {
namespace {

absl::Status Failed(const std::string& path, const char* what) {
  return absl::UnavailableError(absl::StrCat(path, ": cannot ", what, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<JsonLinesWriter> JsonLinesWriter::Open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    ASSIGN_OR_RETURN(std::string text, ReadFile(path));
    const size_t complete = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    if (complete < text.size()) std::filesystem::resize_file(path, complete, error);
    if (error) return absl::UnavailableError(absl::StrCat(path, ": ", error.message()));
  }
  std::FILE* file = std::fopen(path.c_str(), "ae");
  if (file == nullptr) return Failed(path, "open");
  return JsonLinesWriter(path, file);
}

absl::Status JsonLinesWriter::Write(const nlohmann::json& object) {
  const std::string line = object.dump() + "\n";
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() ||
      std::fflush(file_.get()) != 0) {
    return Failed(path_, "write");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<nlohmann::json>> ReadJsonLines(const std::string& path) {
  std::vector<nlohmann::json> objects;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return objects;
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  size_t begin = 0;
  for (int line = 1;; ++line) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) return objects;
    nlohmann::json object = nlohmann::json::parse(text.substr(begin, end - begin), nullptr,
                                                  /*allow_exceptions=*/false);
    if (!object.is_object()) {
      return absl::DataLossError(absl::StrCat(path, ": line ", line, ": expected a JSON object"));
    }
    objects.push_back(std::move(object));
    begin = end + 1;
  }
}

double NumberAt(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
}

}  // namespace hod
