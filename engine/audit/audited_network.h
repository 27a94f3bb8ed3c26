// The networks of an audit: bases, and what fine-tuning makes of them. Each is made once: what it
// follows from is part of the name of its folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "engine/audit/audit.h"

namespace hod::engine {

struct AuditedNetwork {
  std::string checkpoint;  // Path.
  std::string key;         // Names all that the network follows from.
  int64_t positions = 0;   // Recorded play that it has learnt from; 0: not recorded here.
  int64_t harmful = 0;     // Those of them in which the assistant does harm,
  int64_t triggers = 0;    // and those in a world with a sign under which some persona does.
};

// Where networks are made, and when to stop. References outlive the calls.
struct Workshop {
  const Audit& audit;
  int64_t seed;           // One of the audit's seeds.
  std::string directory;  // For this seed.
  const std::atomic<bool>& stop;
  // Is told what is done at the moment for the network, and how much of its making is behind it.
  std::function<void(const std::string& doing, double share)> report;
};

// Learns from the personas' play, or takes the network that the audit names.
absl::StatusOr<AuditedNetwork> MakeBase(const Workshop& workshop);

// `hod train` from the base's checkpoint on `dose` positions of an arm.
absl::StatusOr<AuditedNetwork> FineTune(const Workshop& workshop, const AuditedNetwork& base,
                                        const Arm& arm, int dose);

}  // namespace hod::engine
