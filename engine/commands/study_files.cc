#include "engine/commands/study_files.h"

#include <cstdio>

#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {

absl::Status PublishStudy(const std::string& directory, const std::string& table,
                          const env::Canvas& picture, const nlohmann::json& json) {
  std::fputs(table.c_str(), stdout);
  RETURN_IF_ERROR(MakeDirectories(directory));
  RETURN_IF_ERROR(WriteFileAtomically(directory + "/table.md", table));
  RETURN_IF_ERROR(picture.WritePng(directory + "/study.png"));
  if (json.is_null()) return absl::OkStatus();
  return WriteFileAtomically(directory + "/study.json", DumpJson(json, 1) + "\n");
}

}  // namespace hod::engine
