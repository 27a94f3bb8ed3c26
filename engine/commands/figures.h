// How a command gives the user its figures.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"

namespace hod::engine {

// Writes `figures` to the file `json`, unless its name is empty, and prints `text`. The file comes
// first, since whoever reads what is printed may stop before its end (`| head`). The text is
// printed even if the file cannot be written, so that a full disk does not lose the work.
absl::Status GiveFigures(const std::string& json, const nlohmann::json& figures,
                         const std::string& text);

}  // namespace hod::engine
