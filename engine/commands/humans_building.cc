// hod humans stats | compare: how human models build, beside people.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/behaviour/building_comparison.h"
#include "engine/behaviour/building_report.h"
#include "engine/behaviour/watched_building.h"
#include "engine/commands/command.h"
#include "engine/commands/figures.h"
#include "engine/config/run_config.h"
#include "engine/play/player_spec.h"
#include "engine/program/checks.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/parallel.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct StatsOptions {
  std::string human = "heuristic", goals = "generated", name, json, record;
  std::vector<std::string> recordings;
  int episodes = 60, horizon = RunConfig().game.horizon, threads = AvailableThreads();
  int64_t seed = 1;
};

absl::StatusOr<BuildingReport> WatchModel(const StatsOptions& options) {
  BuildingSetup setup;
  setup.game = RunConfig().game;
  setup.game.horizon = options.horizon;
  setup.episodes = options.episodes;
  setup.seed = static_cast<uint64_t>(options.seed);
  setup.threads = options.threads;
  setup.record_directory = options.record;
  ASSIGN_OR_RETURN(auto goals, env::MakeGoalSource(options.goals, setup.game, setup.seed));
  setup.goals = std::move(goals);
  ASSIGN_OR_RETURN(PlayerFactory human, MakePlayerFactory(options.human));
  setup.human = std::move(human);
  ASSIGN_OR_RETURN(const WatchedHouses watched, PlayHouses(setup));
  ASSIGN_OR_RETURN(BuildingReport report, ReportBuilding(watched.houses, options.horizon));
  report.human = options.human;
  report.goals = options.goals;
  report.seed = options.seed;
  report.seconds = watched.seconds;
  report.milliseconds_per_row = watched.milliseconds_per_row;
  return report;
}

absl::StatusOr<BuildingReport> WatchPeople(const StatsOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<ObservedHouse> houses, ReadHouses(options.recordings));
  ASSIGN_OR_RETURN(BuildingReport report, ReportBuilding(houses, options.horizon));
  report.recordings = options.recordings;
  return report;
}

absl::Status RunStats(const StatsOptions& options) {
  const bool people = !options.recordings.empty();
  ASSIGN_OR_RETURN(BuildingReport report, people ? WatchPeople(options) : WatchModel(options));
  report.name = !options.name.empty() ? options.name : people ? "people" : options.human;
  return GiveFigures(options.json, ToJson(report), FormatBuilding(report));
}

void AddStats(CLI::App& humans, absl::Status& result) {
  auto options = std::make_shared<StatsOptions>();
  CLI::App* command = humans.add_subcommand(
      "stats", "Figures of a human model that builds alone, or of recorded people");
  CLI::Option* recordings = command
                                ->add_option("--recordings", options->recordings,
                                             "recordings of people instead of a model")
                                ->check(Path());
  for (CLI::Option* option :
       {command->add_option("--human", options->human, PlayerSpecs()),
        command->add_option("--goals", options->goals, env::kGoalSpecs),
        command->add_option("--episodes", options->episodes, "houses")
            ->check(WholeNumber(1, 100000)),
        command->add_option("--seed", options->seed, "of houses and builders")
            ->check(WholeNumber()),
        command->add_option("--threads", options->threads, "threads that play")
            ->check(WholeNumber(1, 1024)),
        command->add_option("--record", options->record, "record every episode here")
            ->check(OutputFolder())}) {
    option->excludes(recordings);
  }
  command->add_option("--horizon", options->horizon, "timesteps of an episode and of the curve")
      ->check(WholeNumber(100, 100000))
      ->capture_default_str();
  command->add_option("--name", options->name, "in tables and plots, instead of the model's");
  command->add_option("--json", options->json, "write the figures here")->check(OutputFile());
  command->callback([options, &result] { result = RunStats(*options); });
}

struct CompareOptions {
  std::vector<std::string> results, scores;
  std::string out;
};

// What the JSON of every file holds.
template <typename T>
absl::StatusOr<std::vector<T>> ReadAll(const std::vector<std::string>& paths,
                                       absl::StatusOr<T> (*from_json)(const nlohmann::json&)) {
  std::vector<T> all;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const nlohmann::json json, ReadJsonFile(path));
    absl::StatusOr<T> read = from_json(json);
    RETURN_IF_ERROR(Annotate(read.status(), path));
    all.push_back(*std::move(read));
  }
  return all;
}

absl::Status RunCompare(const CompareOptions& options) {
  ASSIGN_OR_RETURN(const auto reports, ReadAll(options.results, BuildingFromJson));
  ASSIGN_OR_RETURN(const auto scores, ReadAll(options.scores, ScoreFromJson));
  RETURN_IF_ERROR(CheckComparable(reports));
  const std::string table = FormatComparison(reports, scores);
  RETURN_IF_ERROR(MakeDirectories(options.out));
  RETURN_IF_ERROR(WriteFileAtomically(options.out + "/building.md", table));
  RETURN_IF_ERROR(DrawBuilding(reports).WritePng(options.out + "/building.png"));
  std::fputs(table.c_str(), stdout);
  return absl::OkStatus();
}

void AddCompareHumans(CLI::App& humans, absl::Status& result) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command =
      humans.add_subcommand("compare", "Human models and people side by side: table and plot");
  command->add_option("RESULT.json", options->results, "files of hod humans stats --json")
      ->required()
      ->check(Path());
  command->add_option("--scores", options->scores, "files of hod humans evaluate --json")
      ->check(Path());
  command->add_option("--out", options->out, "directory for building.md and building.png")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = RunCompare(*options); });
}

}  // namespace

void AddHumansBuilding(CLI::App& humans, absl::Status& result) {
  AddStats(humans, result);
  AddCompareHumans(humans, result);
}

}  // namespace hod::engine
