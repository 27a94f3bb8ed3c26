// Networks that are part of the program, trained as docs/shipped.md says.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace hod::models {

struct ShippedNetwork {
  absl::string_view name;   // That of the world it was trained in: "11x10x10".
  absl::string_view bytes;  // A whole .safetensors file.
};

absl::Span<const ShippedNetwork> ShippedNetworks();

}  // namespace hod::models
