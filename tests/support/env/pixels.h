// Colours in pictures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "env/draw/canvas.h"

namespace hod::env {

inline const std::string kPngMagic("\x89PNG\r\n\x1a\n", 8);

// Pixels for which test(r, g, b) holds.
template <typename Test>
int CountPixels(const Canvas& canvas, const Test& test) {
  const std::vector<uint8_t> rgb = canvas.Rgb();
  int count = 0;
  for (size_t i = 0; i < rgb.size(); i += 3) count += test(rgb[i], rgb[i + 1], rgb[i + 2]);
  return count;
}

inline bool IsColor(const Color& color, int r, int g, int b) {
  const uint32_t pixel = PremultipliedArgb(color.WithAlpha(1)) & 0xFFFFFF;
  return static_cast<int>(pixel) == (r << 16 | g << 8 | b);
}
inline int CountColor(const Canvas& canvas, const Color& color) {
  return CountPixels(canvas, [&](int r, int g, int b) { return IsColor(color, r, g, b); });
}

// Pixels in which two pictures of one size differ.
inline int CountDifferent(const Canvas& a, const Canvas& b) {
  int count = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      count += (a.Row(y)[x] & 0xFFFFFF) != (b.Row(y)[x] & 0xFFFFFF);
    }
  }
  return count;
}

}  // namespace hod::env
