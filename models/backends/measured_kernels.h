// Which kernels are the fastest is measured on the machine at hand, not guessed from its
// instruction sets: bfloat16 is slower than float32 on some processors and faster on others.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "models/backends/kernels.h"
#include "models/network/network.h"

namespace hod::models {

struct KernelRate {
  const Kernels* kernels;
  double positions_per_second;  // Forward passes on one thread, in a world of 11x10x10.
};

// Times forward passes of such a network by all `candidates` in turns, for some milliseconds; the
// fastest comes first.
std::vector<KernelRate> MeasureKernels(const NetworkConfig& config,
                                       absl::Span<const Kernels* const> candidates);

// The kernels of such precisions to choose among, without those that are only for comparisons.
std::vector<const Kernels*> Candidates(absl::Span<const Precision> precisions);

// The fastest of `candidates` for such a network, among those that compute what they should
// (kernel_check.h); baseline kernels of the first's precision if none does. The file `memory` keeps
// what was measured, by processor, version and network; "" keeps nothing. What it says is tried
// before it is believed: if another is faster by more than a sixth, or the file is damaged, all are
// measured again.
const Kernels& ChooseKernels(const NetworkConfig& config,
                             absl::Span<const Kernels* const> candidates,
                             const std::string& memory);

// Chooses among the candidates for `precisions`, with the file kernels.json in the user's cache
// folder ($XDG_CACHE_HOME/hod or ~/.cache/hod). Within a process it always gives the same.
const Kernels& MeasuredFastest(const NetworkConfig& config, absl::Span<const Precision> precisions);

}  // namespace hod::models
