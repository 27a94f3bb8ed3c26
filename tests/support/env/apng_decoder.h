// Reads animated PNGs of 8-bit RGBA without filters, strictly: anything that the standard does not
// allow, or that our encoder does not write, fails the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hod::env {

struct DecodedFrame {
  int left, top, width, height;  // The rectangle that was stored.
  int delay_numerator, delay_denominator;
  std::vector<uint32_t> pixels;  // The whole picture as shown, [height][width], 0x00RRGGBB.
};

struct DecodedApng {
  int width, height;
  uint32_t plays;  // 0: without end.
  std::vector<DecodedFrame> frames;
};

DecodedApng DecodeApng(const std::string& bytes);

}  // namespace hod::env
