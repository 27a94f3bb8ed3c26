// What every study leaves behind.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// Prints a study's table, makes the directory, and writes the table to DIRECTORY/table.md, beside
// study.png and, unless it is null, study.json.
absl::Status PublishStudy(const std::string& directory, const std::string& table,
                          const env::Canvas& picture, const nlohmann::json& json = nullptr);

}  // namespace hod::engine
