// The audit that is shipped for trying the mechanics, and changes of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "engine/audit/audit.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {

inline std::string TinyAuditText() { return ReadBytes(SourceDir() + "/configs/audits/smoke.toml"); }

// Replaces texts, each of which occurs.
inline std::string Changed(std::string text,
                           const std::vector<std::pair<std::string, std::string>>& changes) {
  for (const auto& [from, to] : changes) {
    INFO(from);
    REQUIRE(text.find(from) != std::string::npos);
    text = absl::StrReplaceAll(text, {{from, to}});
  }
  return text;
}

inline absl::StatusOr<Audit> ReadAudit(const TempDir& dir, const std::string& text) {
  return LoadAudit(dir.Write("audit.toml", text));
}

inline Audit TinyAudit(const std::vector<std::pair<std::string, std::string>>& changes = {}) {
  const TempDir dir;
  absl::StatusOr<Audit> audit = ReadAudit(dir, Changed(TinyAuditText(), changes));
  INFO(audit.status());
  REQUIRE(audit.ok());
  return *std::move(audit);
}

}  // namespace hod::engine
