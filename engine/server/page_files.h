// The page's files, which are part of the program: nothing is served from disk. They are bundled
// from engine/server/page/src, see the README there.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace hod::engine {

struct PageFile {
  absl::string_view target;  // What a browser asks for: "/app.js".
  absl::string_view type;    // "text/javascript; charset=utf-8"
  absl::string_view bytes;
};

absl::Span<const PageFile> PageFiles();

}  // namespace hod::engine
