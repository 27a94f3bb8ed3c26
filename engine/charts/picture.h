// Pictures as files.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "env/draw/canvas.h"

namespace hod::engine {

struct Picture {
  std::string name;  // The file's, without ending.
  std::string title;
  env::Canvas canvas;
};

// Writes each to DIRECTORY/NAME.png.
absl::Status WritePictures(const std::vector<Picture>& pictures, const std::string& directory);

}  // namespace hod::engine
