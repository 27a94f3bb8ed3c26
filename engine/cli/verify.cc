// hod verify.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/cli/command.h"
#include "env/traces/gzip_lines.h"
#include "env/traces/trace_verifier.h"
#include "mcts/search_trace.h"

namespace hod::engine {
namespace {

// Whether a file holds searches, by its first line.
absl::StatusOr<bool> HoldsSearches(const std::string& path) {
  absl::StatusOr<env::GzipLineReader> reader = env::GzipLineReader::Open(path);
  if (!reader.ok()) return reader.status();
  std::string line;
  absl::StatusOr<bool> any = reader->Next(line);
  if (!any.ok()) return any.status();
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.value("type", nlohmann::json()) == "mcts";
}

// Prints what was checked; returns the first difference, if any.
absl::StatusOr<std::optional<std::string>> VerifyFile(const std::string& path) {
  absl::StatusOr<bool> searches = HoldsSearches(path);
  if (!searches.ok()) return searches.status();
  if (*searches) {
    auto report = mcts::VerifySearches(path);
    if (!report.ok()) return report.status();
    std::printf("%s: %lld roots, %lld searches: %s\n", path.c_str(),
                static_cast<long long>(report->roots), static_cast<long long>(report->searches),
                report->first_difference ? "DIFFERENT" : "equal");
    return report->first_difference;
  }
  auto report = env::VerifyEpisodes(path);
  if (!report.ok()) return report.status();
  std::printf("%s: %lld episodes, %lld steps: %s\n", path.c_str(),
              static_cast<long long>(report->episodes), static_cast<long long>(report->steps),
              report->first_difference ? "DIFFERENT" : "equal");
  return report->first_difference;
}

absl::Status Run(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    auto difference = VerifyFile(path);
    if (!difference.ok()) return difference.status();
    std::fflush(stdout);
    if (*difference) return absl::FailedPreconditionError(**difference);
  }
  return absl::OkStatus();
}

}  // namespace

void AddVerify(CLI::App& app, absl::Status& result) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "verify", "Replay recorded episodes and searches, and compare everything they hold");
  command->add_option("traces", *paths, "files (.jsonl.gz), see docs/traces.md")->required();
  command->callback([paths, &result] { result = Run(*paths); });
}

}  // namespace hod::engine
