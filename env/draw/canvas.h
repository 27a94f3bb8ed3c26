// A picture to draw on, with the few shapes that the drawings of this folder need (Cairo inside).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

struct _cairo;
struct _cairo_surface;

namespace hod::env {

// Channels from 0 to 1.
struct Color {
  double r = 0, g = 0, b = 0, a = 1;

  // Darker for factor < 1.
  Color Shaded(double factor) const { return {r * factor, g * factor, b * factor, a}; }
  Color WithAlpha(double alpha) const { return {r, g, b, alpha}; }
};

inline constexpr Color kBlack{0, 0, 0, 1}, kWhite{1, 1, 1, 1};

// Coordinates in pixels, from the upper left corner; y points down.
struct Point2 {
  double x = 0, y = 0;
};

enum class Align { kLeft, kCenter, kRight };

struct TextStyle {
  double size = 12;  // Height of the font in pixels.
  Align align = Align::kLeft;
  Color color = kBlack;
  bool bold = false;
  bool upwards = false;  // Turned by 90 degrees, to be read from the right.
};

struct Outline {
  double width = 0;
  Color color = kBlack;
};

// 0xAARRGGBB with the colours multiplied by alpha.
uint32_t PremultipliedArgb(Color color);

// A small picture with transparency, to be copied many times. Transparent at first.
struct Sprite {
  Sprite(int w, int h) : width(w), height(h), pixels(static_cast<size_t>(w) * h) {}

  uint32_t& At(int x, int y) { return pixels[static_cast<size_t>(y) * width + x]; }
  uint32_t At(int x, int y) const { return pixels[static_cast<size_t>(y) * width + x]; }

  int width, height;
  std::vector<uint32_t> pixels;  // [height][width], PremultipliedArgb().
};

class Canvas {
 public:
  // Extents of at least 1 pixel.
  Canvas(int width, int height, Color background = kWhite);

  int width() const { return width_; }
  int height() const { return height_; }

  // A closed area of three corners or more. An outline of width 0 is not drawn.
  void Polygon(absl::Span<const Point2> corners, Color fill, const Outline& outline = {});
  // Lines from point to point, back to the first if `closed`; of dashes of that length, unless 0.
  void Lines(absl::Span<const Point2> points, double line_width, Color color, bool closed = false,
             double dash = 0);
  void Disc(Point2 center, double radius, Color color);
  // Baseline at `at`, whose x is the left end, middle or right end of the text.
  void Text(Point2 at, const std::string& text, const TextStyle& style);
  double TextWidth(const std::string& text, const TextStyle& style) const;
  // Copies `other` with its upper left corner at (x, y).
  void Paste(const Canvas& other, int x, int y);
  // Lays `sprite` over the picture with its upper left corner at (x, y). What lies outside is cut.
  void Blit(const Sprite& sprite, int x, int y);

  // A row from the left: pixels 0x??RRGGBB, whose upper byte means nothing.
  absl::Span<const uint32_t> Row(int y) const;
  // [height][width][3], rows from the top.
  std::vector<uint8_t> Rgb() const;
  std::string PngBytes() const;
  // Replaces the file as a whole, or, with an error naming it, not at all, as where the picture is
  // larger than Cairo can draw (32767 pixels each way).
  absl::Status WritePng(const std::string& path) const;

 private:
  struct SurfaceDeleter {
    void operator()(_cairo_surface* surface) const;
  };
  struct ContextDeleter {
    void operator()(_cairo* context) const;
  };

  int width_, height_;
  std::unique_ptr<_cairo_surface, SurfaceDeleter> surface_;
  std::unique_ptr<_cairo, ContextDeleter> context_;
};

}  // namespace hod::env
