// Declared settings as files in TOML.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "env/settings/declaration.h"
#include "env/settings/value.h"

namespace hod::settings {

// What a text says in TOML's syntax for values; a bare word is a string.
Value ValueFrom(const std::string& text);

// Gives one declared setting the value that a text "key=value" has for it. Errors name the key.
absl::Status AssignText(Declaration& declaration, const std::string& assignment);
// The same of several, in their order; errors also name the text.
absl::Status AssignTexts(Declaration& declaration, const std::vector<std::string>& assignments);

// Gives declared settings the values that a text in TOML has for them, fills lists of tables, and
// checks the whole. Errors name `source`, the line where there is one, the key, and what was
// expected.
absl::Status ReadToml(const std::string& text, const std::string& source, Declaration& declaration);

// The same of a file.
absl::Status ReadTomlFile(const std::string& path, Declaration& declaration);

// Every setting, as ReadToml() reads it back. Requires that there are no lists of tables.
std::string ToToml(const Declaration& declaration);

}  // namespace hod::settings
