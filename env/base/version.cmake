# Writes OUTPUT, the definition of version.h, anew only when it changes.
execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=*
                WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE revision
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "env/base/version.h"

namespace hod {

const char* const kVersion = "@VERSION@";
const char* const kGitRevision = "@revision@";

}  // namespace hod
]])
