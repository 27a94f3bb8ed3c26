// Which branches of the reader an input took. The compiler (-fsanitize-coverage=trace-pc) calls
// into coverage.cc, which itself is compiled without.
#pragma once

namespace hod::fuzz {

// Forgets the branches taken so far.
void StartCoverage();
// Whether an input took, since StartCoverage(), a branch that none before it took, or took one more
// often, by orders of two.
bool FoundNewCoverage();

}  // namespace hod::fuzz
