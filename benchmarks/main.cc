// The program hod-bench, which `hod bench` runs.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/cluster_load.h"
#include "benchmarks/many_games.h"
#include "benchmarks/network_check.h"
#include "benchmarks/networks.h"
#include "benchmarks/parallel_strength.h"
#include "benchmarks/suites.h"
#include "benchmarks/timeline_picture.h"
#include "engine/config/trained_config.h"
#include "engine/program/checks.h"
#include "engine/program/run_program.h"
#include "env/base/entropy.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "models/checkpoints/network_file.h"

namespace hod::benchmarks {
namespace {

struct TimelineOptions {
  std::string out;
  int games = 64, threads = 2;
};

struct CheckOptions {
  bool check = false;
  std::string checkpoint;
  int positions = 64;
};

absl::Status RunCheck(const CheckOptions& options, bool json) {
  models::Network network = models::RandomNetwork({}, Rng(1));
  if (!options.checkpoint.empty()) {
    ASSIGN_OR_RETURN(models::LoadedNetwork file, models::OpenHodNetwork(options.checkpoint));
    network = std::get<models::Network>(std::move(file.network));
  }
  ASSIGN_OR_RETURN(const std::vector<WaysCompared> comparisons,
                   CheckNetwork(network, options.positions));
  const std::string report = json ? ToJson(comparisons) : ToText(comparisons);
  std::fputs(report.c_str(), stdout);
  for (const WaysCompared& c : comparisons) {
    if (c.Passes()) continue;
    return absl::InternalError(
        absl::StrCat(c.subject, " differs from ", c.reference, " by more than its limits"));
  }
  return absl::OkStatus();
}

absl::Status RunTimeline(const TimelineOptions& options) {
  constexpr double kShown = 0.25;  // Seconds.
  engine::Timeline timeline;
  const std::unique_ptr<mcts::Evaluator> network = UntrainedNetwork({});
  ASSIGN_OR_RETURN(ManyGames played, PlayManyGames(*network, options.games, options.threads,
                                                   /*leaves_per_game=*/24, &timeline));
  const double begin = timeline.Now() - played.seconds + played.seconds / 3;
  return DrawTimeline(timeline, begin, begin + kShown).WritePng(options.out);
}

absl::Status RunStrength(const std::string& checkpoint, StrengthSetup setup,
                         const std::vector<std::string>& overrides) {
  ASSIGN_OR_RETURN(const models::LoadedNetwork network, models::OpenHodNetwork(checkpoint));
  ASSIGN_OR_RETURN(setup.config, engine::TrainedConfig(network));
  for (const std::string& assignment : overrides) {
    RETURN_IF_ERROR(engine::Override(setup.config, assignment));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<mcts::Evaluator> evaluator, models::MakeEvaluator(network, {}));
  ASSIGN_OR_RETURN(const std::vector<Strength> strengths, MeasureStrength(setup, *evaluator));
  std::fputs(FormatStrength(strengths).c_str(), stdout);
  return absl::OkStatus();
}

void AddStrength(CLI::App& bench, absl::Status& result) {
  auto setup = std::make_shared<StrengthSetup>();
  auto checkpoint = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  CLI::App* command = bench.add_subcommand(
      "strength", "What searching several leaves at once costs: against a deep search");
  command->add_option("--checkpoint", *checkpoint, "whose games and network")
      ->required()
      ->check(engine::Path());
  command->add_option("--positions", setup->positions, "of its games")
      ->capture_default_str()
      ->check(engine::WholeNumber(1, 100000));
  command->add_option("--simulations", setup->simulations, "of the searches compared")
      ->capture_default_str()
      ->check(engine::WholeNumber(2, 100000));
  command->add_option("--deep", setup->deep, "times as many has the deep search")
      ->capture_default_str()
      ->check(engine::WholeNumber(2, 1000));
  command->add_option("--seed", setup->seed, "of houses, builders and searches")
      ->capture_default_str()
      ->check(engine::WholeNumber());
  command->add_option("--set", *overrides, "settings over the checkpoint's, KEY=VALUE");
  command->callback([=, &result] { result = RunStrength(*checkpoint, *setup, *overrides); });
}

absl::Status RunCluster(ClusterLoadSetup setup, const std::string& out) {
  const bool own_folder = setup.folder.empty();
  if (own_folder) {
    setup.folder = std::filesystem::temp_directory_path() / ("hod-bench-" + RandomName());
  }
  const auto measured = MeasureClusterLoad(
      setup, absl::StrCat("build/hod bench cluster --run ", setup.run, " --out ", out));
  if (own_folder) std::filesystem::remove_all(setup.folder);
  RETURN_IF_ERROR(measured.status());
  return WriteFileAtomically(out, DumpJson(*measured, 1) + "\n");
}

void AddCluster(CLI::App& bench, absl::Status& result) {
  auto setup = std::make_shared<ClusterLoadSetup>();
  auto out = std::make_shared<std::string>();
  CLI::App* command = bench.add_subcommand(
      "cluster", "What Redis and hod link carry: recorded shards replayed as many workers");
  command->add_option("--run", setup->run, "whose shards are replayed")
      ->required()
      ->check(engine::Path());
  command->add_option("--out", *out, "JSON file of the results")
      ->required()
      ->check(engine::OutputFile());
  command
      ->add_option("--folder", setup->folder, "for the learner's folder (default: a temporary one)")
      ->check(engine::OutputFolder());
  command->add_option("--workers", setup->workers, "how many, one number or more")
      ->capture_default_str()
      ->check(engine::WholeNumber(1, 10000));
  command->add_option("--seconds", setup->seconds, "of each number of workers")
      ->capture_default_str()
      ->check(engine::AboveZero());
  command->callback([=, &result] { result = RunCluster(*setup, *out); });
}

void AddSuites(CLI::App& bench, absl::Status& result) {
  for (const Suite& suite : Suites()) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = bench.add_subcommand(suite.name, suite.description);
    command->add_flag("--json", options->json, "print Google Benchmark's JSON, not a table");
    command->add_option("--filter", options->filter, "only benchmarks whose name matches");
    command->add_option("--repetitions", options->repetitions, "of each, for median and spread")
        ->capture_default_str()
        ->check(engine::WholeNumber(1, 1000));
    if (suite.add != AddNetworkSuite) {
      command->callback([options, &suite, &result] { result = Run(suite, *options); });
      continue;
    }
    auto check = std::make_shared<CheckOptions>();
    CLI::Option* flag = command->add_flag("--check", check->check,
                                          "measure no speed, but how far backends, precisions and "
                                          "batches differ; fails beyond limits");
    command->add_option("--checkpoint", check->checkpoint, "network to check (default: random)")
        ->check(engine::Path())
        ->needs(flag);
    command->add_option("--positions", check->positions, "of play, to check on")
        ->capture_default_str()
        ->check(engine::WholeNumber(2, 4096))
        ->needs(flag);
    command->callback([options, check, &suite, &result] {
      result = check->check ? RunCheck(*check, options->json) : Run(suite, *options);
      if (!result.ok() || check->check || options->json) return;
      for (const models::NetworkConfig& config : {models::NetworkConfig{}, kDemoNetwork}) {
        std::fputs(DescribeChoice(config).c_str(), stdout);
      }
    });
  }
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* command = bench.add_subcommand(
      "timeline", "Draw what the threads do while many games are played with a network");
  command->add_option("--out", options->out, "PNG file")
      ->required()
      ->check(engine::OutputPicture());
  command->add_option("--games", options->games, "at once")
      ->capture_default_str()
      ->check(engine::WholeNumber(1, 4096));
  command->add_option("--threads", options->threads, "that play and evaluate")
      ->capture_default_str()
      ->check(engine::WholeNumber(1, 1024));
  command->callback([options, &result] { result = RunTimeline(*options); });
}

}  // namespace
}  // namespace hod::benchmarks

int main(int argc, char** argv) {
  CLI::App bench("Measure speed on this machine", "hod bench");
  bench.require_subcommand(1);
  absl::Status result;
  hod::benchmarks::AddSuites(bench, result);
  hod::benchmarks::AddStrength(bench, result);
  hod::benchmarks::AddCluster(bench, result);
  return hod::engine::RunProgram(bench, result, argc, argv);
}
