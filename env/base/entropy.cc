#include "env/base/entropy.h"

#include <sys/random.h>

#include <cstdlib>

#include "absl/strings/str_format.h"

namespace hod {

uint64_t RandomSeed() {
  uint64_t seed = 0;
  // Fails only where the kernel is older than this program.
  if (getentropy(&seed, sizeof(seed)) != 0) std::abort();
  return seed;
}

std::string RandomName() { return absl::StrFormat("%016x%016x", RandomSeed(), RandomSeed()); }

}  // namespace hod
