#include "env/draw/apng.h"

#include <zlib.h>

#include <algorithm>

#include "absl/strings/string_view.h"

namespace hod::env {
namespace {

constexpr int kDepth = 8, kRgba = 6, kKeep = 0,
              kOver = 1;  // Bits a channel, colour type, disposal, blending.
constexpr char kNoFilter = 0;
constexpr uint32_t kRgb = 0xFFFFFF;
constexpr int kCompression = 6;

void AppendBigEndian(std::string& out, uint32_t value, int num_bytes) {
  for (int shift = 8 * (num_bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift);
  }
}

void AppendChunk(std::string& out, absl::string_view type, absl::string_view data) {
  AppendBigEndian(out, static_cast<uint32_t>(data.size()), 4);
  const size_t begin = out.size();
  out.append(type.data(), type.size()).append(data.data(), data.size());
  const auto* bytes = reinterpret_cast<const Bytef*>(out.data() + begin);
  AppendBigEndian(out,
                  static_cast<uint32_t>(crc32(0, bytes, static_cast<uInt>(out.size() - begin))), 4);
}

std::string Deflate(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string compressed(size, '\0');
  // Cannot fail: the buffer is large enough.
  compress2(reinterpret_cast<Bytef*>(compressed.data()), &size,
            reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), kCompression);
  compressed.resize(size);
  return compressed;
}

}  // namespace

ApngEncoder::ApngEncoder(int width, int height)
    : width_(width), height_(height), last_(static_cast<size_t>(width) * height) {}

void ApngEncoder::Add(const Canvas& frame, int milliseconds) {
  const bool is_first = num_frames_ == 0;
  int left = width_, right = -1, top = height_, bottom = -1;
  for (int y = 0; y < height_; ++y) {
    const uint32_t *row = frame.Row(y).data(),
                   *last = last_.data() + static_cast<size_t>(y) * width_;
    for (int x = 0; x < width_; ++x) {
      if (!is_first && (row[x] & kRgb) == last[x]) continue;
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = y;
    }
  }
  // A frame has at least one pixel.
  if (right < 0) left = right = top = bottom = 0;

  std::string rows;
  for (int y = top; y <= bottom; ++y) {
    const uint32_t* row = frame.Row(y).data();
    uint32_t* last = last_.data() + static_cast<size_t>(y) * width_;
    rows += kNoFilter;
    for (int x = left; x <= right; ++x) {
      const uint32_t pixel = row[x] & kRgb;
      // Pixels that stay are transparent, and equal, which compresses well.
      AppendBigEndian(rows, is_first || pixel != last[x] ? pixel << 8 | 0xFF : 0, 4);
      last[x] = pixel;
    }
  }

  std::string control;
  AppendBigEndian(control, sequence_++, 4);
  for (const int extent : {right - left + 1, bottom - top + 1, left, top}) {
    AppendBigEndian(control, static_cast<uint32_t>(extent), 4);
  }
  AppendBigEndian(control, static_cast<uint32_t>(milliseconds), 2);
  AppendBigEndian(control, 1000, 2);
  AppendBigEndian(control, kKeep, 1);
  AppendBigEndian(control, kOver, 1);
  AppendChunk(chunks_, "fcTL", control);

  std::string data;
  if (!is_first) AppendBigEndian(data, sequence_++, 4);
  data += Deflate(rows);
  AppendChunk(chunks_, is_first ? "IDAT" : "fdAT", data);
  ++num_frames_;
}

std::string ApngEncoder::Finish() && {
  std::string file("\x89PNG\r\n\x1a\n", 8), header, animation;
  AppendBigEndian(header, static_cast<uint32_t>(width_), 4);
  AppendBigEndian(header, static_cast<uint32_t>(height_), 4);
  // Compression, filter and interlace methods are the only ones there are, and none.
  for (const int value : {kDepth, kRgba, 0, 0, 0}) AppendBigEndian(header, value, 1);
  AppendChunk(file, "IHDR", header);
  AppendBigEndian(animation, num_frames_, 4);
  AppendBigEndian(animation, 0, 4);  // Repeats without end.
  AppendChunk(file, "acTL", animation);
  file += chunks_;
  AppendChunk(file, "IEND", "");
  return file;
}

}  // namespace hod::env
