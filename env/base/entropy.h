// Random bits that nobody can foresee, for names and secrets. What is to be repeatable draws from
// random.h.
#pragma once

#include <cstdint>
#include <string>

namespace hod {

uint64_t RandomSeed();
// 128 random bits as 32 hexadecimal digits.
std::string RandomName();

}  // namespace hod
