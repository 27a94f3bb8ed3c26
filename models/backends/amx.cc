#include "models/backends/amx.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace hod::models {

bool MayUseAmx() {
#if defined(__x86_64__) && defined(__linux__)
  constexpr unsigned int kBfloat16 = 1u << 22, kTiles = 1u << 24, kInt8 = 1u << 25;
  constexpr unsigned int kAll = kBfloat16 | kTiles | kInt8;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // See the kernel's x86/xstate.rst.
  unsigned int eax, ebx, ecx, edx;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || (edx & kAll) != kAll) return false;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

}  // namespace hod::models
