// What the values of options have to be. A value that is not is refused before any work begins,
// with the option's name and what was expected.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace hod::engine {

// A whole number from `lo` to `hi`, also where more digits are given than any number has.
CLI::Validator WholeNumber(int64_t lo = 0, int64_t hi = INT64_MAX);

// A finite number above 0.
CLI::Validator AboveZero();

// A path: any text but an empty one.
CLI::Validator Path();

// The path of a file, pipe or device that can be written.
CLI::Validator OutputFile();

// The same for a picture: the name ends in `ending`.
CLI::Validator OutputPicture(const std::string& ending = ".png");

// The path of a folder that can be written to, or made.
CLI::Validator OutputFolder();

}  // namespace hod::engine
