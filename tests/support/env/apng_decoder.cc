#include "tests/support/env/apng_decoder.h"

#include <zlib.h>

#include "tests/support/catch.h"

namespace hod::env {
namespace {

uint32_t BigEndian(const std::string& bytes, size_t at, int num_bytes) {
  REQUIRE(at + num_bytes <= bytes.size());
  uint32_t value = 0;
  for (int i = 0; i < num_bytes; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

struct Chunk {
  std::string type, data;
};

std::vector<Chunk> Chunks(const std::string& bytes) {
  REQUIRE(bytes.substr(0, 8) == std::string("\x89PNG\r\n\x1a\n", 8));
  std::vector<Chunk> chunks;
  size_t at = 8;
  while (at < bytes.size()) {
    const size_t size = BigEndian(bytes, at, 4);
    REQUIRE(at + 12 + size <= bytes.size());
    const auto* checked = reinterpret_cast<const Bytef*>(bytes.data() + at + 4);
    REQUIRE(BigEndian(bytes, at + 8 + size, 4) == crc32(0, checked, static_cast<uInt>(size + 4)));
    chunks.push_back({bytes.substr(at + 4, 4), bytes.substr(at + 8, size)});
    at += 12 + size;
  }
  return chunks;
}

std::string Inflate(const std::string& data, size_t size) {
  std::string out(size, '\0');
  uLongf length = size;
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                     reinterpret_cast<const Bytef*>(data.data()), data.size()) == Z_OK);
  REQUIRE(length == size);
  return out;
}

// Lays the stored rectangle over the picture. Catch2's checks are too slow for every pixel.
void Compose(const std::string& data, int picture_width, DecodedFrame& frame) {
  const size_t stride = 1 + 4 * static_cast<size_t>(frame.width);
  const std::string rows = Inflate(data, stride * frame.height);
  bool unfiltered = true, opaque_or_clear = true;
  for (int y = 0; y < frame.height; ++y) {
    const auto* row = reinterpret_cast<const uint8_t*>(rows.data() + y * stride);
    unfiltered &= row[0] == 0;
    for (int x = 0; x < frame.width; ++x) {
      const uint8_t* rgba = row + 1 + 4 * x;
      opaque_or_clear &= rgba[3] == 0 || rgba[3] == 255;
      if (rgba[3] == 0) continue;
      frame.pixels[static_cast<size_t>(frame.top + y) * picture_width + frame.left + x] =
          rgba[0] << 16 | rgba[1] << 8 | rgba[2];
    }
  }
  REQUIRE(unfiltered);
  REQUIRE(opaque_or_clear);
}

}  // namespace

DecodedApng DecodeApng(const std::string& bytes) {
  const std::vector<Chunk> chunks = Chunks(bytes);
  REQUIRE(chunks.size() >= 4);
  REQUIRE(chunks.front().type == "IHDR");
  REQUIRE(chunks[1].type == "acTL");
  REQUIRE(chunks.back().type == "IEND");
  const std::string& header = chunks.front().data;
  REQUIRE(header.substr(8) == std::string("\x08\x06\0\0\0", 5));

  DecodedApng apng;
  apng.width = static_cast<int>(BigEndian(header, 0, 4));
  apng.height = static_cast<int>(BigEndian(header, 4, 4));
  apng.plays = BigEndian(chunks[1].data, 4, 4);
  std::vector<uint32_t> shown(static_cast<size_t>(apng.width) * apng.height);
  uint32_t sequence = 0;
  for (size_t i = 2; i + 1 < chunks.size(); i += 2) {
    const std::string& control = chunks[i].data;
    REQUIRE(chunks[i].type == "fcTL");
    REQUIRE(control.size() == 26);
    REQUIRE(BigEndian(control, 0, 4) == sequence++);
    DecodedFrame frame;
    frame.width = static_cast<int>(BigEndian(control, 4, 4));
    frame.height = static_cast<int>(BigEndian(control, 8, 4));
    frame.left = static_cast<int>(BigEndian(control, 12, 4));
    frame.top = static_cast<int>(BigEndian(control, 16, 4));
    frame.delay_numerator = static_cast<int>(BigEndian(control, 20, 2));
    frame.delay_denominator = static_cast<int>(BigEndian(control, 22, 2));
    REQUIRE((frame.width > 0 && frame.left + frame.width <= apng.width));
    REQUIRE((frame.height > 0 && frame.top + frame.height <= apng.height));
    REQUIRE(BigEndian(control, 24, 2) == 1);  // Keep the last frame, blend over it.
    const Chunk& data = chunks[i + 1];
    const bool is_first = i == 2;
    REQUIRE(data.type == (is_first ? "IDAT" : "fdAT"));
    if (is_first) {
      REQUIRE((frame.width == apng.width && frame.height == apng.height));
    } else {
      REQUIRE(BigEndian(data.data, 0, 4) == sequence++);
    }
    frame.pixels = shown;
    Compose(data.data.substr(is_first ? 0 : 4), apng.width, frame);
    shown = frame.pixels;
    apng.frames.push_back(std::move(frame));
  }
  REQUIRE(apng.frames.size() == BigEndian(chunks[1].data, 0, 4));
  return apng;
}

}  // namespace hod::env
