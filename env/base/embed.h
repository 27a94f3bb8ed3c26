// Files as part of the program.
#pragma once

#include "absl/strings/string_view.h"

// Puts the file at `path` (a string literal) between two labels and declares `label()`, its bytes.
// Numbers as text would take the compiler minutes.
#define HOD_EMBED(label, path)                                                \
  asm(".pushsection .rodata\n"                                                \
      ".balign 16\n" #label                                                   \
      "_begin:\n"                                                             \
      ".incbin \"" path "\"\n" #label                                         \
      "_end:\n"                                                               \
      ".popsection\n");                                                       \
  extern const char label##_begin[] asm(#label "_begin");                     \
  extern const char label##_end[] asm(#label "_end");                         \
  static absl::string_view label() {                                          \
    return {label##_begin, static_cast<size_t>(label##_end - label##_begin)}; \
  }                                                                           \
  static_assert(true)
