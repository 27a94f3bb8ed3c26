#include "engine/commands/figures.h"

#include <cstdio>

#include "env/base/files.h"
#include "env/base/json.h"

namespace hod::engine {

absl::Status GiveFigures(const std::string& json, const nlohmann::json& figures,
                         const std::string& text) {
  absl::Status written;
  if (!json.empty()) written = WriteFileAtomically(json, DumpJson(figures, 1) + "\n");
  std::fputs(text.c_str(), stdout);
  return written;
}

}  // namespace hod::engine
