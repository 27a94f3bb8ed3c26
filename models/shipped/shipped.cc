#include "models/shipped/shipped.h"

#include "env/base/embed.h"

HOD_EMBED(hod_shipped_11x10x10, HOD_SHIPPED_FOLDER "/11x10x10.safetensors");
HOD_EMBED(hod_shipped_7x7x7, HOD_SHIPPED_FOLDER "/7x7x7.safetensors");

namespace hod::models {

absl::Span<const ShippedNetwork> ShippedNetworks() {
  static const ShippedNetwork kNetworks[] = {{"11x10x10", hod_shipped_11x10x10()},
                                             {"7x7x7", hod_shipped_7x7x7()}};
  return kNetworks;
}

}  // namespace hod::models
