// Animated PNG: full colours without loss, played by every browser; programs that know only PNG
// show the first frame (W3C, Portable Network Graphics, third edition).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "env/draw/canvas.h"

namespace hod::env {

// Encodes frames as they come. A frame is stored as the rectangle that changed, in which pixels
// that did not are transparent.
class ApngEncoder {
 public:
  // Extents of all frames, at least 1.
  ApngEncoder(int width, int height);

  // `milliseconds` in [0, 65535]: how long the frame stands.
  void Add(const Canvas& frame, int milliseconds);

  // The file, which repeats without end. Requires at least one frame.
  std::string Finish() &&;

 private:
  struct Rectangle {
    int left, top, right, bottom;  // The last column and row belong to it.
  };
  // What differs from the last frame; one pixel if nothing does.
  Rectangle Changed(const Canvas& frame) const;

  int width_, height_;
  uint32_t num_frames_ = 0, sequence_ = 0;
  std::vector<uint32_t> last_;  // Pixels of the last frame, 0x00RRGGBB.
  std::string chunks_;          // Chunks from the first frame on.
};

}  // namespace hod::env
