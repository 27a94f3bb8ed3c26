// What options refuse before any work begins.
#include "engine/program/checks.h"

#include <filesystem>
#include <string>
#include <utility>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

using Catch::Contains;

// What the check says of `text`; nothing if it accepts it.
std::string Said(const CLI::Validator& check, std::string text) { return check(text); }

TEST_CASE("Whole numbers are taken as they are or refused, never made smaller") {
  for (const char* text : {"0", "7", "9223372036854775807"}) {
    CHECK(Said(WholeNumber(), text).empty());
  }
  for (const char* text : {"9223372036854775808", "99999999999999999999999"}) {
    CHECK(Said(WholeNumber(), text) ==
          std::string("expected a whole number from 0 to 9223372036854775807, got ") + text);
  }
  for (const char* text : {"-1", "1.5", "1e3", "0x10", "", "ten", "7 8"}) {
    INFO(text);
    CHECK(Said(WholeNumber(), text) == std::string("expected a whole number from 0, got ") + text);
  }
  // Not 8, as in C.
  for (const char* text : {"010", "-010", "00", "08"}) {
    CHECK(Said(WholeNumber(), text) ==
          std::string("expected a whole number from 0 without leading zeros, got ") + text);
  }
  CHECK(Said(WholeNumber(2, 9), "9").empty());
  CHECK(Said(WholeNumber(2, 9), "10") == "expected a whole number from 2 to 9, got 10");
  CHECK(Said(WholeNumber(2, 9), "-99999999999999999999999").find("from 2 to 9") !=
        std::string::npos);
}

TEST_CASE("A number above 0 is finite") {
  CHECK(Said(AboveZero(), "0.5").empty());
  for (const char* text : {"0", "-1", "inf", "nan", "1e999", "", "x"}) {
    CHECK_THAT(Said(AboveZero(), text), Contains("expected a number above 0, got "));
  }
}

TEST_CASE("Paths of outputs are tried, and nothing is left") {
  const TempDir dir;
  const std::string file = dir.Write("file", "old");
  CHECK(Said(Path(), "anything").empty());
  CHECK_THAT(Said(Path(), ""), Contains("empty"));

  CHECK(Said(OutputFile(), dir / "new").empty());
  CHECK(Said(OutputPicture(), dir / "new.png").empty());
  CHECK(Said(OutputFolder(), dir / "new/below").empty());
  CHECK(Said(OutputFolder(), dir.path()).empty());
  CHECK_THAT(Said(OutputPicture(), dir / "new.jpg"),
             Contains("expected a name that ends in .png, got ") && Contains("new.jpg"));
  for (const std::string& path : {file + "/below", std::string("/nonexistent/below")}) {
    CHECK_THAT(Said(OutputFile(), path), Contains(path + ": cannot write"));
  }
  CHECK_THAT(Said(OutputPicture(), file + "/new.png"), Contains(": cannot write"));
  CHECK_THAT(Said(OutputFolder(), file), Contains(file + ": cannot write to: Not a directory"));
  CHECK_THAT(Said(OutputFolder(), "/proc/new"), Contains("/proc/new: cannot write to"));
  for (const CLI::Validator& check : {OutputFile(), OutputFolder()}) {
    CHECK_THAT(Said(check, ""), Contains("empty path"));
  }
  CHECK(dir.NumFiles() == 1);
}

}  // namespace
}  // namespace hod::engine
