// Which processor this is.
#pragma once

#include <string>

namespace hod::models {

// What it calls itself; "unknown" where it does not.
std::string ProcessorName();

}  // namespace hod::models
