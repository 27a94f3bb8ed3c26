#include "env/base/utf8.h"

#include "tests/support/catch.h"

namespace hod {
namespace {

const std::string kBad = "\xEF\xBF\xBD";

TEST_CASE("Valid text is left alone") {
  for (const std::string text :
       {"", "house", "Häuser", "建物", "\U0001F3E0", "\u0080", "\u07FF", "\uFFFF", "\U0010FFFF"}) {
    CHECK(IsUtf8(text));
    CHECK(ToUtf8(text) == text);
  }
  const std::string nul("a\0b", 3);
  CHECK(ToUtf8(nul) == nul);
}

TEST_CASE("Every bad byte is replaced") {
  const std::pair<std::string, std::string> cases[] = {
      {"H\xE4user", "H" + kBad + "user"},               // Latin-1.
      {"\xC3", kBad},                                   // Cut off.
      {"a\xE5\xBB", "a" + kBad + kBad},                 // Cut off.
      {"\xC0\xAF", kBad + kBad},                        // Longer than need be.
      {"\xE0\x80\xAF", kBad + kBad + kBad},             // The same, of three.
      {"\xF0\x80\x80\xAF", kBad + kBad + kBad + kBad},  // The same, of four.
      {"\xED\xA0\x80", kBad + kBad + kBad},             // A surrogate.
      {"\xF4\x90\x80\x80", kBad + kBad + kBad + kBad},  // Beyond Unicode.
      {"\x80\xFF", kBad + kBad}};
  for (const auto& [text, expected] : cases) {
    CHECK_FALSE(IsUtf8(text));
    CHECK(ToUtf8(text) == expected);
    CHECK(IsUtf8(ToUtf8(text)));
  }
}

TEST_CASE("Columns are those of a terminal") {
  CHECK(NumColumns("house") == 5);
  CHECK(NumColumns("Häuser — 5 %") == 12);
  CHECK(NumColumns("建物") == 4);
  CHECK(NumColumns("\U0001F3E0") == 2);
  CHECK(NumColumns("\xFF\xFF") == 2);
}

TEST_CASE("Text is cut between characters") {
  CHECK(FirstColumns("Häuser", 2) == "Hä");
  CHECK(FirstColumns("Häuser", 100) == "Häuser");
  CHECK(FirstColumns("建物", 3) == "建");
  CHECK(FirstColumns("建物", 4) == "建物");
  CHECK(FirstColumns("house", 0).empty());
  CHECK(FirstColumns("a\nb\033[2J\u009Bc\xFF", 20) == "a?b?[2J?c" + kBad);
}

}  // namespace
}  // namespace hod
