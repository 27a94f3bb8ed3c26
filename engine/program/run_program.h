// How a program of ours runs its commands and ends.
#pragma once

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

namespace hod::engine {

// Parses the arguments and so runs the chosen command of `app`, which leaves its status in
// `result`. Returns the program's exit status: not 0 if an argument was wrong, the command failed,
// memory ran out, or what was printed has not all arrived (on a full disk, say); 130 if the command
// was stopped. Says why on standard error.
int RunProgram(CLI::App& app, absl::Status& result, int argc, char** argv);

}  // namespace hod::engine
