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
constexpr uint32_t kNothing = 0xFF000000;  // Differs from every pixel.

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
    : width_(width), height_(height), last_(static_cast<size_t>(width) * height, kNothing) {}

ApngEncoder::Rectangle ApngEncoder::Changed(const Canvas& frame) const {
  Rectangle changed{width_, height_, -1, -1};
  for (int y = 0; y < height_; ++y) {
    const uint32_t* row = frame.Row(y).data();
    const uint32_t* last = last_.data() + static_cast<size_t>(y) * width_;
    const auto same = [&](int x) { return (row[x] & kRgb) == last[x]; };
    int left = 0, right = width_ - 1;
    while (left < width_ && same(left)) ++left;
    if (left == width_) continue;
    while (same(right)) --right;
    changed = {std::min(changed.left, left), std::min(changed.top, y),
               std::max(changed.right, right), y};
  }
  // A frame has at least one pixel.
  return changed.right < 0 ? Rectangle{0, 0, 0, 0} : changed;
}

void ApngEncoder::Add(const Canvas& frame, int milliseconds) {
  const bool is_first = num_frames_ == 0;
  const auto [left, top, right, bottom] = Changed(frame);
  const size_t stride = 1 + 4 * static_cast<size_t>(right - left + 1);
  std::string rows(stride * (bottom - top + 1), kNoFilter);
  for (int y = top; y <= bottom; ++y) {
    const uint32_t* row = frame.Row(y).data();
    uint32_t* last = last_.data() + static_cast<size_t>(y) * width_;
    char* out = rows.data() + stride * (y - top) + 1;
    for (int x = left; x <= right; ++x, out += 4) {
      const uint32_t pixel = row[x] & kRgb;
      // Pixels that stay are left transparent black, which compresses well.
      if (pixel == last[x]) continue;
      last[x] = pixel;
      out[0] = static_cast<char>(pixel >> 16);
      out[1] = static_cast<char>(pixel >> 8);
      out[2] = static_cast<char>(pixel);
      out[3] = static_cast<char>(0xFF);
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
