#include "env/settings/describe.h"

#include "absl/strings/str_cat.h"

namespace hod::settings {

std::string Describe(const Declaration& declaration) {
  std::string text = "| setting | default | expected | meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : declaration.settings()) {
    absl::StrAppend(&text, "| `", setting.key, "` | ",
                    setting.required ? "none" : absl::StrCat("`", ToToml(setting.get()), "`"),
                    " | ", setting.expected, " | ", setting.meaning, " |\n");
  }
  for (const TableList& tables : declaration.tables()) {
    absl::StrAppend(&text, "\n`[[", tables.key, "]]`, any number of times: ", tables.meaning,
                    ".\n\n", Describe(tables.example()));
  }
  return text;
}

}  // namespace hod::settings
