#include "env/base/json.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "env/base/clock.h"
#include "env/base/json_object_reader.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

using nlohmann::json;

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<json> parsed = ParseJson(text);
  REQUIRE_FALSE(parsed.ok());
  CHECK(IsUtf8(parsed.status().message()));
  return std::string(parsed.status().message());
}

TEST_CASE("Values of all kinds are read as the library reads them") {
  for (const char* text :
       {"null", "true", "-5", "18446744073709551615", "1.5e3", "\"a\\u00e4\\n\"", "[]", "{}",
        " [1, [2, [3]], {\"a\": {\"b\": [null, false]}, \"c\": \"d\"}] \n"}) {
    const absl::StatusOr<json> parsed = ParseJson(text);
    REQUIRE(parsed.ok());
    CHECK(*parsed == json::parse(text));
    CHECK(parsed->type() == json::parse(text).type());
  }
}

TEST_CASE("What is wrong is said with its byte") {
  using Catch::Contains;
  CHECK(ErrorOf(std::string("{}\0{}", 5)) == "a NUL at byte 2");
  CHECK(ErrorOf("\xEF\xBB\xBF{}") == "a byte order mark at byte 0");
  CHECK(ErrorOf("{\"a\": 1, \"a\": 2}") == "the same key \"a\" twice at byte 11");
  CHECK(ErrorOf("{\"b\": {\"a\": 1}, \"a\": 2, \"b\": 3}") ==
        "the same key \"b\" twice at byte 26");
  CHECK_THAT(ErrorOf("[1, x]"), Contains("syntax error") && Catch::EndsWith("at byte 4"));
  CHECK_THAT(ErrorOf("[1, 2"), Contains("syntax error") && Catch::EndsWith("at byte 5"));
  CHECK_THAT(ErrorOf(""), Catch::EndsWith("at byte 0"));
  CHECK_THAT(ErrorOf("{} {}"), Catch::EndsWith("at byte 3"));
  CHECK_THAT(ErrorOf("[1e999]"), Contains("1e999") && Contains("at byte"));
  CHECK_THAT(ErrorOf("\"H\xE4user\""), Contains("UTF-8"));
  CHECK_THAT(ErrorOf("[NaN]"), Catch::EndsWith("at byte 1"));
}

TEST_CASE("Nesting is bounded") {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(ParseJson(nested(kMaxJsonDepth)).ok());
  CHECK(ErrorOf(nested(kMaxJsonDepth + 1)) ==
        absl::StrCat("nested deeper than ", kMaxJsonDepth, " levels at byte ", kMaxJsonDepth));
  CHECK_THAT(ErrorOf(nested(1 << 24)), Catch::Contains("nested deeper"));
  CHECK(ParseJson(absl::StrCat("[", nested(kMaxJsonDepth - 1), ",", nested(kMaxJsonDepth - 1), "]"))
            .ok());
}

TEST_CASE("An error cites little of a large text") {
  CHECK(ErrorOf("\"" + std::string(1 << 20, 'x')).size() < 400);
  CHECK(ErrorOf(absl::StrCat("{\"", std::string(1000, 'k'), "\": 1, \"", std::string(1000, 'k'),
                             "\": 1}"))
            .size() < 400);
}

TEST_CASE("Time is in proportion to the number of keys") {
  std::string text = "{";
  for (int i = 0; i < 200000; ++i) absl::StrAppend(&text, i ? "," : "", "\"", i, "\":{\"a\":[1]}");
  text += "}";
  const Stopwatch watch;
  REQUIRE(ParseJson(text)->size() == 200000);
  CHECK(watch.Seconds() < 20);  // Quadratic, it would be minutes.
}

TEST_CASE("Any text is written as valid JSON") {
  const json object = {{"pa\xFFth", "H\xE4user"}, {"number", std::nan("")}};
  const std::string text = DumpJson(object);
  const absl::StatusOr<json> read = ParseJson(text);
  REQUIRE(read.ok());
  CHECK(read->at("pa\uFFFDth") == "H\uFFFDuser");
  CHECK(read->at("number").is_null());
  CHECK(DumpJson(json{{"a", {1}}}, 1) == "{\n \"a\": [\n  1\n ]\n}");
  CHECK(DumpJson(nlohmann::ordered_json{{"b", 1}, {"a", "\xFF"}}) == "{\"b\":1,\"a\":\"\uFFFD\"}");
}

TEST_CASE("Whole numbers are those in range and nothing else") {
  CHECK(*IntegerFromJson(5, 0, 5, "n") == 5);
  CHECK(*IntegerFromJson(INT64_MIN, INT64_MIN, 0, "n") == INT64_MIN);
  for (const json& bad : {json(6), json(-1), json(1.0), json(true), json("3"), json(UINT64_MAX)}) {
    CHECK_FALSE(IntegerFromJson(bad, 0, 5, "n").ok());
  }
  CHECK(IntegerFromJson("\xFF", 0, 5, "n").status().message() ==
        "n: expected a whole number from 0 to 5, got \"\uFFFD\"");
}

TEST_CASE("An object's keys are read, and the first error is kept") {
  const json object = {
      {"flag", true}, {"count", 3}, {"share", 0.5}, {"name", "x"}, {"none", nullptr}};
  bool flag = false;
  int count = 0;
  double share = 0;
  std::string name;
  std::optional<int> none = 1;
  JsonObjectReader reader(object, "file");
  reader.Read("flag", flag);
  reader.Read("count", 0, 5, count);
  reader.Read("share", share);
  reader.Read("name", name);
  CHECK(reader.Finish().message() == "file: unknown key none");
  reader.Read("none", none);
  REQUIRE(reader.Finish().ok());
  CHECK((flag && count == 3 && share == 0.5 && name == "x" && !none));
  CHECK(reader.FindOptional("missing") == nullptr);
  CHECK(reader.ok());
  reader.Read("count", 4, 5, count);
  reader.Read("name", share);
  CHECK(reader.Finish().message() == "file.count: expected a whole number from 4 to 5");
}

TEST_CASE("A missing key, and what is no object, are errors") {
  int count = 0;
  const json empty = json::object(), numbers = json::array();
  JsonObjectReader missing(empty, "");
  missing.Read("count", count);
  CHECK(missing.Finish().message() == "count: expected this key");
  JsonObjectReader list(numbers, "file");
  CHECK(list.Finish().message() == "file: expected an object");
}

}  // namespace
}  // namespace hod
