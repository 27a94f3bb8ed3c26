#include "models/backends/processor.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include <cstring>

#include "absl/strings/ascii.h"

namespace hod::models {

std::string ProcessorName() {
  std::string name;
#ifdef __x86_64__
  for (unsigned int leaf = 0x80000002; leaf <= 0x80000004; ++leaf) {
    unsigned int part[4];
    if (!__get_cpuid(leaf, &part[0], &part[1], &part[2], &part[3])) return "unknown";
    name.append(reinterpret_cast<const char*>(part), sizeof(part));
  }
  name.resize(std::strlen(name.c_str()));
  absl::StripAsciiWhitespace(&name);
#endif
  return name.empty() ? "unknown" : name;
}

}  // namespace hod::models
