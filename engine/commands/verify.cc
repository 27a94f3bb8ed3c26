// hod verify.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/gzip_lines.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/recordings/human_recording.h"
#include "env/recordings/human_verifier.h"
#include "env/traces/trace_verifier.h"
#include "mcts/traces/search_trace.h"

namespace hod::engine {
namespace {

std::string Verdict(const std::optional<std::string>& difference) {
  return difference ? "DIFFERENT" : "equal";
}

void Print(const env::HumanVerifyReport& report) {
  const auto line = [](int64_t count, const std::string& what) {
    absl::PrintF("  %8d  %s\n", count, what);
  };
  line(report.transitions, absl::StrFormat("transitions, %d reproduced, %d not", report.reproduced,
                                           report.transitions - report.reproduced));
  for (const auto& [cause, count] : report.changes) {
    line(count, absl::StrCat(count == 1 ? "block" : "blocks", " changed ", cause));
  }
  line(report.waits, "noops, all reproduced");
  line(report.exact_episodes, "episodes reproduced from the first row to the last");
  line(report.rewards, absl::StrFormat("rewards, %d of breaks of blocks the recorder had not seen",
                                       report.unknown_rewards));
  line(report.masks,
       absl::StrFormat("masks equal, %d of players whose feet were hidden", report.hidden_feet));
}

// Prints what was checked; returns the first difference, if any.
absl::StatusOr<std::optional<std::string>> VerifyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, FirstLine(path));
  // By the first line the kinds of files are told apart; one's own reader says what is wrong.
  const nlohmann::json first_line = ParseJson(text).value_or(nlohmann::json());
  if (env::IsHumanRecording(first_line)) {
    ASSIGN_OR_RETURN(auto report, env::VerifyHumanRecording(path));
    absl::PrintF("%s: %d episodes, %d rows: %s\n", path, report.episodes, report.rows,
                 Verdict(report.first_difference));
    Print(report);
    return report.first_difference;
  }
  if (first_line.is_object() && first_line.value("type", nlohmann::json()) == "mcts") {
    ASSIGN_OR_RETURN(auto report, mcts::VerifySearches(path));
    absl::PrintF("%s: %d roots, %d searches: %s\n", path, report.roots, report.searches,
                 Verdict(report.first_difference));
    return report.first_difference;
  }
  ASSIGN_OR_RETURN(auto report, env::VerifyEpisodes(path));
  absl::PrintF("%s: %d episodes, %d steps: %s\n", path, report.episodes, report.steps,
               Verdict(report.first_difference));
  return report.first_difference;
}

absl::Status Run(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(auto difference, VerifyFile(path));
    std::fflush(stdout);
    if (difference) return absl::FailedPreconditionError(*difference);
  }
  return absl::OkStatus();
}

}  // namespace

void AddVerify(CLI::App& app, absl::Status& result) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand(
      "verify", "Replay recorded episodes, searches and people, and compare everything they hold");
  command->add_option("traces", *paths, "files (.jsonl.gz), see docs/traces.md")
      ->required()
      ->check(Path());
  command->callback([paths, &result] { result = Run(*paths); });
}

}  // namespace hod::engine
