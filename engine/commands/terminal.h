// What standard output can show.
#pragma once

#include "env/draw/text.h"

namespace hod::engine {

// The width of the terminal, and colours unless the environment asks for none
// (https://no-color.org); plain text where standard output is no terminal.
env::TerminalStyle StandardOutput();

}  // namespace hod::engine
