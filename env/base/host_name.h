// The name of this machine.
#pragma once

#include <string>

namespace hod {

std::string HostName();  // "" if it has none.

}  // namespace hod
