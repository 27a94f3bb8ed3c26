// Declared settings as Markdown for people.
#pragma once

#include <string>

#include "env/settings/declaration.h"

namespace hod::settings {

// A table of key, present value as the default, range and meaning; then one for each list of
// tables.
std::string Describe(const Declaration& declaration);

}  // namespace hod::settings
