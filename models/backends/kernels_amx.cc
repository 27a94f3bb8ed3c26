// Kernels for AMX, whose tiles compute convolutions; AVX-512 does the rest.
#include <immintrin.h>

#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 64;
#include "models/backends/kernels.inc"
#include "models/backends/tiles.inc"

// GCC's intrinsics are macros that take no constants of templates for numbers of tiles.
struct AmxTiles {
  // A thread without tiles is switched to and from faster.
  ~AmxTiles() { asm volatile("tilerelease"); }
  void Shape(const TileConfig& config) { asm volatile("ldtilecfg %0" ::"m"(config)); }
  template <int kTile>
  HOD_INLINE void Clear() {
    asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
  }
  template <int kTile>
  HOD_INLINE void Load(const void* at, ptrdiff_t row_bytes) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(at), "r"(row_bytes), "i"(kTile) : "memory");
  }
  template <int kTile>
  HOD_INLINE void Store(void* at, ptrdiff_t row_bytes) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(at), "r"(row_bytes), "i"(kTile) : "memory");
  }
  template <typename In, int kSum, int kInput, int kWeight>
  HOD_INLINE void AddProducts() {
    if constexpr (In::kPrecision == Precision::kBfloat16) {
      asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kInput), "i"(kWeight));
    } else {
      asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kInput), "i"(kWeight));
    }
  }
};

}  // namespace

const Kernels kAmxBfloat16 = TileKernelsOf<AmxTiles, Bfloat16>("AMX BF16");
const Kernels kAmxInt8 = TileKernelsOf<AmxTiles, Int8, Float>("AMX INT8");

}  // namespace hod::models
