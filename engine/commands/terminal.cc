#include "engine/commands/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace hod::engine {

env::TerminalStyle StandardOutput() {
  env::TerminalStyle terminal;
  if (isatty(STDOUT_FILENO) == 0) return terminal;
  const char* no_color = std::getenv("NO_COLOR");
  terminal.color = no_color == nullptr || *no_color == '\0';
  winsize window;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
    terminal.columns = window.ws_col;
  }
  return terminal;
}

}  // namespace hod::engine
