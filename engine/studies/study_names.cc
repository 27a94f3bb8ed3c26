#include "engine/studies/study_names.h"

#include "absl/strings/str_replace.h"

namespace hod::engine {

std::string FileNameOf(const std::string& name) {
  return absl::StrReplaceAll(name, {{"/", "-"}, {" ", "-"}});
}

}  // namespace hod::engine
