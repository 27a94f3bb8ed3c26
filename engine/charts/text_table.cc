#include "engine/charts/text_table.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/charts/html.h"

namespace hod::engine {

std::string Markdown(const TextTable& table) {
  std::string text;
  if (!table.title.empty()) absl::StrAppend(&text, "## ", table.title, "\n\n");
  absl::StrAppend(&text, "| ", absl::StrJoin(table.header, " | "), " |\n|");
  for (size_t i = 0; i < table.header.size(); ++i) text += "---|";
  text += "\n";
  for (const std::vector<std::string>& row : table.rows) {
    absl::StrAppend(&text, "| ", absl::StrJoin(row, " | "), " |\n");
  }
  return text;
}

std::string Html(const TextTable& table) {
  std::string html;
  if (!table.title.empty()) absl::StrAppend(&html, "<h2>", Escaped(table.title), "</h2>\n");
  html += "<table>";
  const auto add_row = [&html](const std::vector<std::string>& cells, const char* tag) {
    html += "<tr>";
    for (const std::string& cell : cells) {
      const std::string text = Escaped(cell);
      const bool bold = absl::StartsWith(text, "**");
      absl::StrAppend(&html, "<", tag, ">", bold ? "<b>" : "",
                      absl::StrReplaceAll(text, {{"**", ""}}), bold ? "</b>" : "", "</", tag, ">");
    }
    html += "</tr>\n";
  };
  add_row(table.header, "th");
  for (const std::vector<std::string>& row : table.rows) add_row(row, "td");
  return html + "</table>\n";
}

}  // namespace hod::engine
