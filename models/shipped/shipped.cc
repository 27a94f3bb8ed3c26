#include "models/shipped/shipped.h"

// Puts a file of this folder between two labels. Numbers as text would take the compiler minutes.
#define HOD_EMBED(label, file)                               \
  asm(".pushsection .rodata\n"                               \
      ".balign 16\n" #label                                  \
      "_begin:\n"                                            \
      ".incbin \"" HOD_SHIPPED_FOLDER "/" file "\"\n" #label \
      "_end:\n"                                              \
      ".popsection\n");                                      \
  extern const char label##_begin[] asm(#label "_begin");    \
  extern const char label##_end[] asm(#label "_end")

HOD_EMBED(hod_shipped_11x10x10, "11x10x10.safetensors");

namespace hod::models {

absl::Span<const ShippedNetwork> ShippedNetworks() {
  static const ShippedNetwork kNetworks[] = {
      {"11x10x10",
       {hod_shipped_11x10x10_begin,
        static_cast<size_t>(hod_shipped_11x10x10_end - hod_shipped_11x10x10_begin)}}};
  return kNetworks;
}

}  // namespace hod::models
