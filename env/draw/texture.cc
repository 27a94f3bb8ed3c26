#include "env/draw/texture.h"

#include <cmath>

#include "absl/strings/string_view.h"

namespace hod::env {
namespace {

constexpr int kTexels = 8;  // A face has 8x8 texels of one colour.

// Rows from the top; a digit is a brightness, see kBrightness.
using Pattern = std::array<absl::string_view, kTexels>;
constexpr std::array<double, 5> kBrightness = {0.62, 0.84, 1.0, 1.1, 1.2};

constexpr Pattern kBedrockPattern = {"02420142", "24103420", "10240241", "42014204",
                                     "04210421", "21402042", "40241204", "02104420"};
constexpr Pattern kDirtPattern = {"22321222", "12222232", "22022122", "23222222",
                                  "22212320", "32222222", "22132212", "22222022"};
constexpr Pattern kCobblestonePattern = {"13310444", "34420343", "33401110", "11104430",
                                         "04301334", "34410234", "13301111", "01110344"};
constexpr Pattern kLogSidePattern = {"13201321", "13101320", "12301221", "13201311",
                                     "03201321", "13211320", "13201221", "12301321"};
constexpr Pattern kLogTopPattern = {"00000000", "03333330", "03111130", "03133130",
                                    "03133130", "03111130", "03333330", "00000000"};
constexpr Pattern kPlanksPattern = {"33233323", "23322332", "22232222", "00000000",
                                    "32313233", "23313322", "22212232", "00000000"};
constexpr Pattern kStonePattern = {"22222222", "23332222", "22222122", "22222222",
                                   "12222332", "22222222", "22332221", "22222222"};
constexpr Pattern kStonebrickPattern = {"33333330", "32222320", "22232210", "00000000",
                                        "33303333", "22203222", "22102232", "00000000"};
constexpr Pattern kWoolPattern = {"22122222", "22222212", "21222222", "22221222",
                                  "22222221", "12222222", "22212222", "22222122"};

const Pattern& PatternOf(Block block, Face face) {
  switch (block) {
    case kBedrock:
      return kBedrockPattern;
    case kCobblestone:
      return kCobblestonePattern;
    case kLog:
      return face == Face::kTop ? kLogTopPattern : kLogSidePattern;
    case kPlanks:
      return kPlanksPattern;
    case kStone:
      return kStonePattern;
    case kStonebrick:
      return kStonebrickPattern;
    case kWool:
      return kWoolPattern;
    default:
      return kDirtPattern;
  }
}

// A frame around a clear pane with a reflection across it.
Color GlassTexture(double u, double v) {
  const double from_edge = std::min(std::min(u, 1 - u), std::min(v, 1 - v));
  if (from_edge < 1.0 / kTexels) return kBlockColors[kGlass].Shaded(0.85).WithAlpha(0.9);
  const double across = u + v;
  const bool shines = (across > 0.62 && across < 0.84) || (across > 0.94 && across < 1.02);
  return shines ? kWhite.WithAlpha(0.75) : kBlockColors[kGlass].WithAlpha(0.35);
}

}  // namespace

Color Texture(Block block, Face face, double u, double v) {
  if (block == kGlass) return GlassTexture(u, v);
  const Pattern& pattern = PatternOf(block, face);
  const char digit = pattern[static_cast<int>(v * kTexels)][static_cast<int>(u * kTexels)];
  // Cut wood is paler than bark.
  const Color base =
      block == kLog && face == Face::kTop ? Color{0.66, 0.50, 0.31} : kBlockColors[block];
  return base.Shaded(kBrightness[digit - '0']);
}

}  // namespace hod::env
