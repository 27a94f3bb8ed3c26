// Declared settings: what is read, what is refused and how, what is written and described.
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"
#include "tests/support/catch.h"

namespace hod::settings {
namespace {

enum class Colour { kRed, kGreen };

struct Brush {
  std::string name;
  int width = 3;
};

struct Painting {
  int64_t seed = 1;
  double scale = 0.5;
  bool framed = false;
  std::string title = "untitled";
  Colour colour = Colour::kRed;
  std::optional<int> limit;
  std::vector<int> years;
  std::vector<double> weights = {1.0};
  std::vector<std::string> tags;
  std::vector<Brush> brushes;
};

void DeclareBrush(Declaration& d, Brush& brush) {
  d.Text("name", brush.name, "a text", "what it is called").required = true;
  d.Integer("width", brush.width, 1, 9, "in hairs");
  d.Check([&brush](const Declaration& given) {
    return brush.name == "fine" && given.Given("width")
               ? absl::InvalidArgumentError("width: not of a fine brush")
               : absl::OkStatus();
  });
}

Declaration Declare(Painting& p) {
  Declaration d;
  d.Integer("seed", p.seed, 0, 1000, "of all that is random");
  d.Number("look.scale", p.scale, 0, 1, "of the whole");
  d.Flag("look.framed", p.framed, "whether there is a frame");
  d.Text("title", p.title, "a text", "on the frame");
  d.Choice("colour", p.colour, {"red", "green"}, "of the ground");
  d.OptionalInteger("limit", p.limit, 10, "of colours");
  d.Integers("years", p.years, 1, 3000, "when it was painted");
  d.Numbers("weights", p.weights, 0, 9, "of layers");
  d.Texts("tags", p.tags, "a list of texts", "for a catalogue");
  d.Tables("brush", p.brushes, &DeclareBrush, "a brush that was used");
  return d;
}

std::string Error(const std::string& text) {
  Painting painting;
  Declaration declaration = Declare(painting);
  const absl::Status status = ReadToml(text, "p.toml", declaration);
  return status.ok() ? "accepted" : std::string(status.message());
}

TEST_CASE("settings: every kind is read, lists of tables too") {
  Painting p;
  Declaration declaration = Declare(p);
  const absl::Status status = ReadToml(R"(
seed = 7
title = "h\u00e4user"
colour = "green"
limit = 4
years = [1889, 1890]
weights = [1, 2.5]
tags = ["a", "b"]
look = {scale = 1, framed = true}
[[brush]]
name = "broad"
width = 9
[[brush]]
name = "fine"
)",
                                       "p.toml", declaration);
  INFO(status);
  REQUIRE(status.ok());
  CHECK(p.seed == 7);
  CHECK(p.title == "h\u00e4user");
  CHECK(p.colour == Colour::kGreen);
  CHECK(p.limit == 4);
  CHECK(p.years == std::vector<int>{1889, 1890});
  CHECK(p.weights == std::vector<double>{1, 2.5});
  CHECK(p.tags == std::vector<std::string>{"a", "b"});
  CHECK(p.scale == 1);
  CHECK(p.framed);
  REQUIRE(p.brushes.size() == 2);
  CHECK(p.brushes[0].name == "broad");
  CHECK(p.brushes[0].width == 9);
  CHECK(p.brushes[1].name == "fine");
  CHECK(p.brushes[1].width == 3);
  CHECK(declaration.Given("seed"));
  CHECK_FALSE(Declare(p).Given("seed"));
}

TEST_CASE("settings: what is refused is named with file, line, key and what was expected") {
  const std::pair<const char*, const char*> cases[] = {
      {"seed = 1\nsede = 2\n", "p.toml: line 2: sede: no such setting"},
      {"seed = 1001\n", "p.toml: line 1: seed: expected an integer from 0 to 1000, got 1001"},
      {"seed = true\n", "seed: expected an integer"},
      {"[look]\nscale = 'big'\n", "line 2: look.scale: expected a number from 0 to 1, got 'big'"},
      {"look = 3\n", "line 1: look: no such setting"},
      {"colour = 'blue'\n", "colour: expected one of red, green, got 'blue'"},
      {"limit = 11\n", "limit: expected an integer from 0 (none) to 10"},
      {"years = [1, 0]\n", "years: expected a list of integers from 1 to 3000, got [1, 0]"},
      {"years = 3\n", "years: expected a list"},
      {"tags = []\n", "tags: expected a list of texts"},
      {"tags = ['']\n", "tags: expected a list of texts"},
      {"title = ''\n", "title: expected a text"},
      {"weights = []\n", "weights: expected a number from 0 to 9, or a list of them"},
      {"seed = 2024-01-31\n", "line 1: seed: expected a flag, a number, a string or a list"},
      {"[[seed]]\n", "seed: expected a flag, a number, a string or a list"},
      {"brush = 3\n", "line 1: brush: expected tables [[brush]]"},
      {"brush = [3]\n", "brush: expected tables [[brush]]"},
      {"[brush]\nname = 'a'\n", "brush: expected tables [[brush]]"},
      {"[[brush]]\nname = 'a'\n[[brush]]\nwidth = 2\n",
       "p.toml: line 3: brush 1: name: expected a text, got nothing"},
      {"[[brush]]\nname = 'a'\nwidth = 0\n",
       "p.toml: line 3: brush 0: width: expected an integer from 1 to 9, got 0"},
      {"[[brush]]\nname = 'a'\nhair = 0\n", "line 3: brush 0: hair: no such setting"},
      {"[[brush]]\nname = 'fine'\nwidth = 1\n", "line 1: brush 0: width: not of a fine brush"},
      {"seed = 1\nseed = 2\n", "p.toml: line 2: "},
      {"title = '\xff'\n", "p.toml: line 1: "},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK_THAT(Error(text), Catch::StartsWith("p.toml: ") && Catch::Contains(message));
  }
}

TEST_CASE("settings: what is refused changes nothing") {
  Painting p;
  Declaration declaration = Declare(p);
  CHECK_FALSE(declaration.Assign("years", {Value::List{{int64_t{5}}, {int64_t{0}}}}).ok());
  CHECK(p.years.empty());
  CHECK_FALSE(declaration.Assign("title", {std::string("\xff")}).ok());
  CHECK(p.title == "untitled");
  CHECK_FALSE(declaration.Given("title"));
}

TEST_CASE("settings: text that is not UTF-8 is refused by its key, in lists too") {
  Painting p;
  Declaration declaration = Declare(p);
  CHECK(declaration.Assign("title", {std::string("a\xff")}).message() ==
        "title: expected text in UTF-8, got 'a\\xff'");
  CHECK(declaration.Assign("tags", {Value::List{{std::string("a")}, {std::string("\xc3")}}})
            .message() == "tags: expected text in UTF-8, got ['a', '\\xc3']");
}

TEST_CASE("settings: every text that is taken is read back as it was, whatever is in it") {
  std::vector<std::string> texts = {"h\u00e4user", "a\u2028b", "'''", "\"\"\"", "a\\", " a ", "#"};
  for (int code = 1; code < 128; ++code) {
    const char a = static_cast<char>(code);
    texts.emplace_back(1, a);
    for (const char b : {'a', '\'', '"', '\\', '\n', '\x7f', '\x01'}) texts.push_back({a, b});
  }
  for (const std::string& text : texts) {
    Painting written, read;
    Declaration declaration = Declare(written);
    REQUIRE(declaration.Assign("title", {text}).ok());
    REQUIRE(declaration.Assign("tags", {Value::List{{text}, {std::string("b")}}}).ok());
    const std::string toml = ToToml(declaration);
    INFO(toml);
    Declaration other = Declare(read);
    const absl::Status status = ReadToml(toml, "p.toml", other);
    INFO(status);
    REQUIRE(status.ok());
    CHECK(read.title == text);
    CHECK(read.tags == written.tags);
    CHECK(Differences(declaration, other).empty());
  }
}

TEST_CASE("settings: values as options") {
  CHECK(ValueFrom("3") == Value{int64_t{3}});
  CHECK(ValueFrom("3.0") == Value{3.0});
  CHECK(ValueFrom("true") == Value{true});
  CHECK(ValueFrom("word") == Value{std::string("word")});
  CHECK(ValueFrom("'quoted'") == Value{std::string("quoted")});
  CHECK(ValueFrom("[1, 2]") == Value{Value::List{{int64_t{1}}, {int64_t{2}}}});
  CHECK(ValueFrom("{a = 1}") == Value{std::string("{a = 1}")});
  CHECK(ValueFrom("1\nw = 2") == Value{std::string("1\nw = 2")});
  CHECK(ValueFrom("") == Value{std::string()});
}

TEST_CASE("settings: differences, JSON and Markdown follow from the declaration") {
  Painting here, there;
  there.seed = 2;
  there.weights = {1, 2};
  CHECK(Differences(Declare(here), Declare(here)).empty());
  CHECK(Differences(Declare(here), Declare(there)) ==
        std::vector<std::string>{"seed: 1 here, 2 there", "weights: 1.0 here, [1.0, 2.0] there"});
  const nlohmann::json json = ToJson(Declare(there));
  CHECK(json["look.scale"] == 0.5);
  CHECK(json["weights"] == nlohmann::json{1.0, 2.0});
  CHECK(json["colour"] == "red");
  const std::string text = Describe(Declare(here));
  for (const char* row : {"| `seed` | `1` | an integer from 0 to 1000 | of all that is random |\n",
                          "| `colour` | `'red'` | one of red, green | of the ground |\n",
                          "\n`[[brush]]`, any number of times: a brush that was used.\n",
                          "| `name` | none | a text | what it is called |\n",
                          "| `width` | `3` | an integer from 1 to 9 | in hairs |\n"}) {
    CHECK_THAT(text, Catch::Contains(row));
  }
}

}  // namespace
}  // namespace hod::settings
