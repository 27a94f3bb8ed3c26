#include "engine/charts/html.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "env/base/utf8.h"

namespace hod::engine {
namespace {

constexpr char kStyle[] = R"(
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em;
       color: #222; }
h1, h2 { font-weight: 600; } h2 { margin-top: 2em; }
table { border-collapse: collapse; } td, th { padding: .3em .9em; text-align: right; }
td:first-child, th:first-child { text-align: left; } tr + tr { border-top: 1px solid #ddd; }
img { max-width: 100%; } .curves { display: grid; grid-template-columns: 1fr 1fr; gap: 1em; }
.note { color: #666; } pre { background: #f6f6f6; padding: 1em; overflow-x: auto; }
)";

}  // namespace

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(ToUtf8(text), {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string EmbeddedImage(const std::string& png, const std::string& alternative) {
  return absl::StrCat("<img alt=\"", Escaped(alternative), "\" src=\"data:image/png;base64,",
                      absl::Base64Escape(png), "\">\n");
}

std::string Page(const std::string& title, const std::string& body) {
  return absl::StrCat("<!doctype html>\n<html lang=en><meta charset=utf-8><title>", Escaped(title),
                      "</title>\n<style>", kStyle, "</style>\n", body, "</html>\n");
}

}  // namespace hod::engine
