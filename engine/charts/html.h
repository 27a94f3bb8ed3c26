// Pieces of pages that stand alone: no file beside them is needed.
#pragma once

#include <string>

namespace hod::engine {

// Text with what HTML would take for markup escaped; bytes that are not UTF-8 are replaced.
std::string Escaped(const std::string& text);

// A picture, given as the bytes of a PNG, as part of the page.
std::string EmbeddedImage(const std::string& png, const std::string& alternative);

// A whole page around `body`.
std::string Page(const std::string& title, const std::string& body);

}  // namespace hod::engine
