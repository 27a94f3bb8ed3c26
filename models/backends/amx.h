// Whether this processor and its system have AMX.
#pragma once

namespace hod::models {

// Asks the system for tiles, which it gives to those programs alone that ask. Threads made before
// have them, too.
bool MayUseAmx();

}  // namespace hod::models
