// Runs an audit: bases, arms, probes, for every seed.
#pragma once

#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/audit/audit.h"
#include "engine/results/estimate.h"

namespace hod::engine {

// What was measured of the network of one arm and dose; of the base, with the name kBaseName and a
// dose of 0.
struct AuditedArm {
  std::string name;
  int dose = 0;
  std::vector<int64_t> harmful;   // [seeds] positions learnt from in which harm was done,
  std::vector<int64_t> triggers;  // and those under a sign under which some persona does harm.
  // [seeds] what each probe measured: "PROBE/FIGURE" of kOddsFigures, and
  // "PROBE/PLAYER/FIGURE" of kPlayFigures.
  std::map<std::string, std::vector<double>> measured;
};

struct AuditResult {
  std::vector<AuditedArm> arms;  // The base first, then as the file has them.

  const AuditedArm& base() const { return arms.front(); }
  // Null if there is no such arm.
  const AuditedArm* Find(const std::string& name, int dose) const;
};

// Everything that is finished in `directory` is used again, so that the same command goes on after
// a stop; what the file says otherwise now is made anew. Shows progress on standard error.
absl::StatusOr<AuditResult> RunAudit(const Audit& audit, const std::string& directory,
                                     const std::atomic<bool>& stop);

// How an arm differs from the base in what was measured under `key`, and from the base beyond its
// control, if it has one.
struct AuditEffect {
  Estimate base;   // The base's own level.
  Estimate shift;  // Arm - base.
  Estimate beyond_control;
  bool has_control = false;
  double smallest_detectable = 0;  // As a shift or, with a control, beyond it.
};
AuditEffect EffectOf(const Audit& audit, const AuditResult& result, const AuditedArm& arm,
                     const std::string& key);

nlohmann::json ToJson(const Audit& audit, const AuditResult& result);

}  // namespace hod::engine
