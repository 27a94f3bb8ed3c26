// Which kernels are the fastest is measured on the machine at hand, not guessed from its
// instruction sets: bfloat16 is half as fast as float32 on one processor and twice as fast on
// another.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "models/backends/kernels.h"
#include "models/network/network.h"

namespace hod::models {

struct KernelRate {
  const Kernels* kernels;
  double positions_per_second;  // Of forward passes on one thread, in a world of 11x10x10.
};

// Times forward passes of such a network by all `candidates` in turns, for some milliseconds; the
// fastest comes first.
std::vector<KernelRate> MeasureKernels(const NetworkConfig& config,
                                       absl::Span<const Kernels* const> candidates);

// What may be chosen among for such precisions: not what is there to be compared with only.
std::vector<const Kernels*> Candidates(absl::Span<const Precision> precisions);

// The fastest of `candidates` for such a network. The file `memory` keeps what was measured, by
// processor, version and network; "" keeps nothing. What it says is tried before it is believed: if
// another is faster by more than a sixth, or the file is damaged, all are measured again.
const Kernels& ChooseKernels(const NetworkConfig& config,
                             absl::Span<const Kernels* const> candidates,
                             const std::string& memory);

// The same among the candidates for `precisions`, by the file kernels.json in the user's cache
// folder ($XDG_CACHE_HOME/hod or ~/.cache/hod). Within a process it is always the same.
const Kernels& MeasuredFastest(const NetworkConfig& config, absl::Span<const Precision> precisions);

}  // namespace hod::models
