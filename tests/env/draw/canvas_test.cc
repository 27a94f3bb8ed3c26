// Canvases, their PNG files and sprites.
#include "env/draw/canvas.h"

#include <filesystem>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/pixels.h"

// Fontconfig keeps its caches until the process ends; the leak sanitizer asks for this by name.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }

namespace hod::env {
namespace {

bool IsRed(int r, int g, int b) { return r > 180 && g < 70 && b < 70; }

TEST_CASE("A canvas holds what is drawn on it, and its PNG can be written") {
  Canvas canvas(40, 30, {0, 0, 1});
  canvas.Polygon({{10, 10}, {20, 10}, {20, 20}, {10, 20}}, {1, 0, 0});
  CHECK(canvas.Rgb().size() == 40 * 30 * 3);
  CHECK(CountPixels(canvas, IsRed) == 100);
  CHECK(CountPixels(canvas, [](int r, int, int b) { return r == 0 && b == 255; }) == 1100);
  CHECK(canvas.PngBytes().substr(0, 8) == kPngMagic);

  const TempDir dir;
  const std::string path = dir.path() + "/a.png";
  REQUIRE(canvas.WritePng(path).ok());
  CHECK(std::filesystem::file_size(path) == canvas.PngBytes().size());
  const absl::Status status = canvas.WritePng(dir.path() + "/none/a.png");
  CHECK(status.message().find("none/a.png") != absl::string_view::npos);
}

TEST_CASE("A picture too large to be drawn is refused by its name, and writes nothing") {
  const TempDir dir;
  const std::string path = dir / "large.png";
  Canvas canvas(10, 40000, {0, 0, 1});
  canvas.Polygon({{1, 1}, {2, 1}, {2, 2}, {1, 2}}, {1, 0, 0});
  canvas.Blit(Sprite(2, 2), 1, 1);
  const absl::Status status = canvas.WritePng(path);
  CHECK(status.message() == path + ": 10x40000 pixels are more than a picture can have");
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("Text that is not UTF-8 is drawn with replacements, and what comes after it as well") {
  const auto draw = [](const std::string& text) {
    Canvas canvas(80, 30);
    canvas.Text({4, 20}, text, {.size = 12});
    canvas.Polygon({{50, 10}, {60, 10}, {60, 20}, {50, 20}}, {1, 0, 0});
    CHECK(canvas.TextWidth(text, {.size = 12}) > 0);
    CHECK(CountPixels(canvas, IsRed) == 100);
    return canvas.Rgb();
  };
  CHECK(draw("a\xff") == draw("a\xEF\xBF\xBD"));
  CHECK(draw("a\xff") != draw("a"));
}

TEST_CASE("Sprites are laid over the picture and cut at its edge") {
  Canvas canvas(4, 3, kWhite);
  Sprite sprite(2, 2);
  sprite.At(0, 0) = PremultipliedArgb({1, 0, 0});
  sprite.At(1, 1) = PremultipliedArgb({0, 0, 0, 0.5});
  canvas.Blit(sprite, 1, 1);
  CHECK((canvas.Row(1)[1] & 0xFFFFFF) == 0xFF0000);
  CHECK((canvas.Row(1)[2] & 0xFFFFFF) == 0xFFFFFF);  // Transparent.
  CHECK((canvas.Row(2)[2] & 0xFFFFFF) == 0x7F7F7F);
  for (const auto& [x, y] : {std::pair{-1, -1}, {3, 2}, {-9, 0}, {0, 9}}) canvas.Blit(sprite, x, y);
  CHECK((canvas.Row(0)[0] & 0xFFFFFF) == 0x7F7F7F);
  CHECK((canvas.Row(2)[3] & 0xFFFFFF) == 0xFF0000);
}

}  // namespace
}  // namespace hod::env
