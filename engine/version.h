// Which Hod this is. The revision is asked of git at every build.
#pragma once

namespace hod::engine {

extern const char kVersion[];
extern const char kGitRevision[];  // "unknown" outside a checkout; "-dirty" with local changes.

}  // namespace hod::engine
