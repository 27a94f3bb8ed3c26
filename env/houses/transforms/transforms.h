// What turns structures into houses for a game: crops, filters, placement. Pure functions with the
// semantics of the reference's goal transforms; docs/houses.md lists them. area_sample.h and
// seam_carve.h hold the two that make large structures small.
#pragma once

#include <optional>

#include "env/base/random.h"
#include "env/houses/house.h"

namespace hod::env {

// The share of cells that are not air.
double Density(const House& house);

bool IsAllAir(const House& house);

// Everything but the largest component becomes air. All that touches the ground is one component;
// of equally large ones the first in C order stays.
House LargestComponent(const House& house, int connectivity);

// The bounding box of the solid cells; the house itself if it has none.
House CropAir(const House& house);

// Drops the lowest layers if each is less dense than `threshold` and the next one is not.
House CropLowDensityBottomLayers(const House& house, double threshold);

// Whether every solid cell hangs together with layer 0, so that it can be built without
// scaffolding.
bool IsGrounded(const House& house, int connectivity);

// The house at a uniformly random x and z of a box of extents `size`, with y = 0 on the ground.
// Requires that it fits.
House RandomlyPlaced(const House& house, const WorldSize& size, Rng& rng);

enum class GrassMode {
  kSurround,     // Air of layer 0 becomes dirt.
  kReplace,      // All of layer 0 becomes dirt.
  kConcatenate,  // A layer of dirt goes below, and the house grows by one.
};
House WithGrass(const House& house, GrassMode mode);

// A random window of at most `size`, one cell deep if `wall`, from layer 0 if `tethered`, whose
// density differs from that of the house by at most `threshold` of it; nullopt if none is found in
// 20 tries. Requires a solid cell.
std::optional<House> CroppedAtRandom(const House& house, const WorldSize& size, double threshold,
                                     bool tethered, bool wall, Rng& rng);

// The half at low x, mirrored onto the other.
House Mirrored(const House& house);

// Every solid cell becomes `block`.
House OfUniformType(const House& house, Block block);

// Solid cells of layer 0 under anything but air and glass become dirt.
House WithHiddenDirt(const House& house);

}  // namespace hod::env
