// Tables of text, for pages in Markdown and HTML.
#pragma once

#include <string>
#include <vector>

namespace hod::engine {

struct TextTable {
  std::string title;                           // "": none.
  std::vector<std::string> header;             // [columns]
  std::vector<std::vector<std::string>> rows;  // [rows][columns]; "**...**" is bold.
};

// The title is a heading of the second level.
std::string Markdown(const TextTable& table);
std::string Html(const TextTable& table);

}  // namespace hod::engine
