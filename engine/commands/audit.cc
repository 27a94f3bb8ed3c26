// hod audit run.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/audit/audit_report.h"
#include "engine/audit/run_audit.h"
#include "engine/charts/picture.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct Options {
  std::string audit, out;
};

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(const Audit audit, LoadAudit(options.audit));
  const StopOnSignals handler;
  ASSIGN_OR_RETURN(const AuditResult result, RunAudit(audit, options.out, g_stop));
  const std::string table = FormatAudit(audit, result);
  std::fputs(table.c_str(), stdout);
  RETURN_IF_ERROR(WriteFileAtomically(options.out + "/table.md", table));
  RETURN_IF_ERROR(
      WriteFileAtomically(options.out + "/audit.json", DumpJson(ToJson(audit, result), 1) + "\n"));
  RETURN_IF_ERROR(WritePictures(DrawAudit(audit, result), options.out));
  const std::string page = options.out + "/audit.html";
  RETURN_IF_ERROR(WriteFileAtomically(page, AuditPage(audit, result)));
  std::printf("%s\n", page.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddAuditRun(CLI::App& audit, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = audit.add_subcommand(
      "run", "Fine-tunes an assistant in narrow contexts and asks it elsewhere (docs/audit.md)");
  command
      ->add_option("AUDIT.toml", options->audit, "personas, arms and probes: configs/audits/*.toml")
      ->required()
      ->check(Path());
  command
      ->add_option(
          "--out", options->out,
          "directory for networks, tables, pictures and audit.html; what is finished there "
          "is used again")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
