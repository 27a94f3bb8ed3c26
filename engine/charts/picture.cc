#include "engine/charts/picture.h"

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod::engine {

absl::Status WritePictures(const std::vector<Picture>& pictures, const std::string& directory) {
  for (const Picture& picture : pictures) {
    RETURN_IF_ERROR(picture.canvas.WritePng(absl::StrCat(directory, "/", picture.name, ".png")));
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
