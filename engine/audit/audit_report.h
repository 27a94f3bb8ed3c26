// What an audit found, for people.
#pragma once

#include <string>
#include <vector>

#include "engine/audit/run_audit.h"
#include "engine/charts/picture.h"

namespace hod::engine {

// Tables in Markdown: what was learnt from, the shifts of each probe, and how networks played
// there.
std::string FormatAudit(const Audit& audit, const AuditResult& result);

// Pictures of the shifts: lines over doses if an arm has several, else bars.
std::vector<Picture> DrawAudit(const Audit& audit, const AuditResult& result);

// A page that holds tables and pictures.
std::string AuditPage(const Audit& audit, const AuditResult& result);

}  // namespace hod::engine
