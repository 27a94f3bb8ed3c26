// Which Hod this is. The revision is asked of git at every build.
#pragma once

namespace hod {

extern const char* const kVersion;
extern const char* const
    kGitRevision;  // "unknown" outside a checkout; "-dirty" with local changes.

}  // namespace hod
