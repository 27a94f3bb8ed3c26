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
HOD_EMBED(hod_shipped_7x7x7, "7x7x7.safetensors");

namespace hod::models {

absl::Span<const ShippedNetwork> ShippedNetworks() {
  const auto bytes = [](const char* begin, const char* end) {
    return absl::string_view(begin, static_cast<size_t>(end - begin));
  };
  static const ShippedNetwork kNetworks[] = {
      {"11x10x10", bytes(hod_shipped_11x10x10_begin, hod_shipped_11x10x10_end)},
      {"7x7x7", bytes(hod_shipped_7x7x7_begin, hod_shipped_7x7x7_end)}};
  return kNetworks;
}

}  // namespace hod::models
