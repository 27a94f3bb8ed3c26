// The kernels for AMX on any processor: its tiles, one number after the other.
#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 16;
#include "models/backends/kernels.inc"
#include "models/backends/tiles.inc"

// Intel's description of each instruction; shapes that it refuses end the program.
class EmulatedTiles {
 public:
  void Shape(const TileConfig& config) { config_ = config; }
  template <int kTile>
  void Clear() {
    tiles_[kTile] = {};
  }
  template <int kTile>
  void Load(const void* at, ptrdiff_t row_bytes) {
    tiles_[kTile] = {};
    for (int row = 0; row < Rows(kTile); ++row) {
      __builtin_memcpy(tiles_[kTile].units[row], static_cast<const char*>(at) + row * row_bytes,
                       4 * Units(kTile));
    }
  }
  template <int kTile>
  void Store(void* at, ptrdiff_t row_bytes) {
    for (int row = 0; row < Rows(kTile); ++row) {
      __builtin_memcpy(static_cast<char*>(at) + row * row_bytes, tiles_[kTile].units[row],
                       4 * Units(kTile));
    }
  }
  template <typename In, int kSum, int kInput, int kWeight>
  void AddProducts() {
    if (Rows(kSum) != Rows(kInput) || Units(kSum) != Units(kWeight) ||
        Units(kInput) != Rows(kWeight) || Rows(kSum) == 0 || Units(kInput) == 0) {
      __builtin_trap();
    }
    for (int row = 0; row < Rows(kSum); ++row) {
      AddRow(In{}, tiles_[kSum].units[row], tiles_[kInput].units[row], tiles_[kWeight],
             Units(kInput));
    }
  }

 private:
  struct Tile {
    uint32_t units[kTileRows][kTileUnits];
  };

  int Rows(int tile) const { return config_.rows[tile]; }
  int Units(int tile) const { return config_.row_bytes[tile] / 4; }

  // The two channels of a unit have sums of their own, which are added last.
  static void AddRow(Bfloat16, uint32_t* sums, const uint32_t* input, const Tile& weights,
                     int units) {
    const auto channel = [](uint32_t unit, int k) {
      return __builtin_bit_cast(float, uint32_t{k == 0 ? unit << 16 : unit & 0xffff0000u});
    };
    for (int output = 0; output < kBlock; ++output) {
      float parts[2] = {};
      for (int u = 0; u < units; ++u) {
        const uint32_t weight = weights.units[u][output];
        for (int k = 0; k < 2; ++k) parts[k] += channel(input[u], k) * channel(weight, k);
      }
      const float sum = __builtin_bit_cast(float, sums[output]) + (parts[0] + parts[1]);
      sums[output] = __builtin_bit_cast(uint32_t, sum);
    }
  }
  static void AddRow(Int8, uint32_t* sums, const uint32_t* input, const Tile& weights, int units) {
    for (int output = 0; output < kBlock; ++output) {
      for (int u = 0; u < units; ++u) {
        for (int k = 0; k < 4; ++k) {
          const auto weight = static_cast<int8_t>(weights.units[u][output] >> (8 * k) & 0xff);
          sums[output] += weight * static_cast<int32_t>(input[u] >> (8 * k) & 0xff);
        }
      }
    }
  }

  TileConfig config_;
  Tile tiles_[8] = {};
};

}  // namespace

const Kernels kEmulatedTilesBfloat16 =
    TileKernelsOf<EmulatedTiles, Bfloat16>("tiles, emulated", /*for_comparisons=*/true);
const Kernels kEmulatedTilesInt8 =
    TileKernelsOf<EmulatedTiles, Int8, Float>("tiles, emulated", /*for_comparisons=*/true);

}  // namespace hod::models
