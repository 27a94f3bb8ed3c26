// Animated PNGs decode to the frames that went in.
#include "env/draw/apng.h"

#include <utility>

#include "env/draw/frame.h"
#include "tests/support/catch.h"
#include "tests/support/env/apng_decoder.h"
#include "tests/support/env/drawn_games.h"

namespace hod::env {
namespace {

std::vector<uint32_t> Pixels(const Canvas& canvas) {
  std::vector<uint32_t> pixels;
  for (int y = 0; y < canvas.height(); ++y) {
    for (const uint32_t pixel : canvas.Row(y)) pixels.push_back(pixel & 0xFFFFFF);
  }
  return pixels;
}

TEST_CASE("An episode's animation shows each frame as the frame alone, pixel by pixel") {
  const Game game = SmallGame();
  FramePainter painter(&game, {});
  ApngEncoder encoder(painter.Draw({SmallStart(game), {}}).width(),
                      painter.Draw({SmallStart(game), {}}).height());
  std::vector<std::vector<uint32_t>> expected;
  for (const Moment& moment : RandomMoments(game)) {
    const Canvas& frame = painter.Draw(moment);
    encoder.Add(frame, 100);
    expected.push_back(Pixels(frame));
  }
  const DecodedApng apng = DecodeApng(std::move(encoder).Finish());
  CHECK(apng.plays == 0);
  REQUIRE(apng.frames.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    INFO("frame " << i);
    CHECK(apng.frames[i].pixels == expected[i]);
    CHECK(apng.frames[i].delay_numerator == 100);
    CHECK(apng.frames[i].delay_denominator == 1000);
  }
}

TEST_CASE("A frame is stored as the rectangle that changed") {
  Canvas canvas(40, 30);
  ApngEncoder encoder(40, 30);
  encoder.Add(canvas, 10);
  canvas.Polygon({{10, 5}, {20, 5}, {20, 12}, {10, 12}}, {1, 0, 0});
  encoder.Add(canvas, 65535);
  encoder.Add(canvas, 0);  // Nothing changed.
  const DecodedApng apng = DecodeApng(std::move(encoder).Finish());
  REQUIRE(apng.frames.size() == 3);
  const auto& [left, top, width, height, numerator, denominator, pixels] = apng.frames[1];
  CHECK(std::vector<int>{left, top, width, height} == std::vector<int>{10, 5, 10, 7});
  CHECK(numerator == 65535);
  CHECK(pixels[5 * 40 + 10] == 0xFF0000);
  CHECK(apng.frames[2].width * apng.frames[2].height == 1);
  CHECK(apng.frames[2].pixels == pixels);
}

}  // namespace
}  // namespace hod::env
