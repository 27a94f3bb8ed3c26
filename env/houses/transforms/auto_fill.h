// Cells whose material is decided by what is around them.
#pragma once

#include "env/houses/house.h"

namespace hod::env {

// Stands for "like its neighbours" until FillAuto(); in no finished house.
inline constexpr Block kAuto = 255;

// Gives every kAuto cell, in C order, the most frequent block among its 26 neighbours, air and
// kAuto aside; of equally frequent ones the one with the larger id; air if there is none.
void FillAuto(House& house);

}  // namespace hod::env
