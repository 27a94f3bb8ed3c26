// hod bench.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/many_games.h"
#include "benchmarks/network_check.h"
#include "benchmarks/networks.h"
#include "benchmarks/parallel_strength.h"
#include "benchmarks/suites.h"
#include "benchmarks/timeline_picture.h"
#include "engine/cli/command.h"
#include "engine/io/files.h"
#include "engine/training/run_directory.h"
#include "models/checkpoint.h"

namespace hod::engine {
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
  models::Network network = benchmarks::RandomNetwork({}, /*seed=*/1);
  if (!options.checkpoint.empty()) {
    absl::StatusOr<models::NetworkFile> file = models::LoadNetwork(options.checkpoint);
    if (!file.ok()) return file.status();
    network = std::move(file->network);
  }
  const absl::StatusOr<std::vector<benchmarks::Comparison>> comparisons =
      benchmarks::CheckNetwork(network, options.positions);
  if (!comparisons.ok()) return comparisons.status();
  const std::string report =
      json ? benchmarks::ToJson(*comparisons) : benchmarks::ToText(*comparisons);
  std::fputs(report.c_str(), stdout);
  for (const benchmarks::Comparison& c : *comparisons) {
    if (c.Passes()) continue;
    return absl::InternalError(
        absl::StrCat(c.subject, " differs from ", c.reference, " by more than its limits"));
  }
  return absl::OkStatus();
}

absl::Status RunTimeline(const TimelineOptions& options) {
  constexpr double kShown = 0.25;  // Seconds.
  Timeline timeline;
  const std::unique_ptr<mcts::Evaluator> network = benchmarks::UntrainedNetwork({});
  absl::StatusOr<benchmarks::ManyGames> played = benchmarks::PlayManyGames(
      *network, options.games, options.threads, /*leaves_per_game=*/24, &timeline);
  if (!played.ok()) return played.status();
  const double begin = timeline.Now() - played->seconds + played->seconds / 3;
  return WriteFileAtomically(options.out,
                             benchmarks::DrawTimeline(timeline, begin, begin + kShown).PngBytes());
}

absl::Status RunStrength(benchmarks::StrengthSetup setup,
                         const std::vector<std::string>& overrides) {
  absl::StatusOr<models::NetworkFile> file = models::LoadNetwork(setup.checkpoint);
  if (!file.ok()) return file.status();
  absl::StatusOr<RunConfig> config = ConfigOfCheckpoint(setup.checkpoint, file->run);
  if (!config.ok()) return config.status();
  for (const std::string& assignment : overrides) {
    if (absl::Status status = Override(*config, assignment); !status.ok()) return status;
  }
  setup.config = *std::move(config);
  const absl::StatusOr<std::vector<benchmarks::Strength>> strengths =
      benchmarks::MeasureStrength(setup);
  if (!strengths.ok()) return strengths.status();
  std::fputs(benchmarks::FormatStrength(*strengths).c_str(), stdout);
  return absl::OkStatus();
}

void AddStrength(CLI::App& bench, absl::Status& result) {
  auto setup = std::make_shared<benchmarks::StrengthSetup>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  CLI::App* command = bench.add_subcommand(
      "strength", "What searching several leaves at once costs: against a deep search");
  command->add_option("--checkpoint", setup->checkpoint, "whose games and network")->required();
  command->add_option("--positions", setup->positions, "of its games")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command->add_option("--simulations", setup->simulations, "of the searches compared")
      ->capture_default_str()
      ->check(CLI::Range(2, 100000));
  command->add_option("--deep", setup->deep, "times as many has the deep search")
      ->capture_default_str()
      ->check(CLI::Range(2, 1000));
  command->add_option("--seed", setup->seed, "of houses, builders and searches")
      ->capture_default_str();
  command->add_option("--set", *overrides, "settings over the checkpoint's, KEY=VALUE");
  command->callback([=, &result] { result = RunStrength(*setup, *overrides); });
}

}  // namespace

void AddBench(CLI::App& app, absl::Status& result) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed on this machine");
  bench->require_subcommand(1);
  for (const benchmarks::Suite& suite : benchmarks::Suites()) {
    auto options = std::make_shared<benchmarks::RunOptions>();
    CLI::App* command = bench->add_subcommand(suite.name, suite.description);
    command->add_flag("--json", options->json, "print Google Benchmark's JSON, not a table");
    command->add_option("--filter", options->filter, "only benchmarks whose name matches");
    command->add_option("--repetitions", options->repetitions, "of each, for median and spread")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    if (suite.add != benchmarks::AddNetworkSuite) {
      command->callback([options, &suite, &result] { result = Run(suite, *options); });
      continue;
    }
    auto check = std::make_shared<CheckOptions>();
    CLI::Option* flag = command->add_flag("--check", check->check,
                                          "measure no speed, but how far backends, precisions and "
                                          "batches differ; fails beyond limits");
    command->add_option("--checkpoint", check->checkpoint, "network to check (default: random)")
        ->needs(flag);
    command->add_option("--positions", check->positions, "of play, to check on")
        ->capture_default_str()
        ->check(CLI::Range(2, 4096))
        ->needs(flag);
    command->callback([options, check, &suite, &result] {
      result = check->check ? RunCheck(*check, options->json) : Run(suite, *options);
    });
  }
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* command = bench->add_subcommand(
      "timeline", "Draw what the threads do while many games are played with a network");
  command->add_option("--out", options->out, "PNG file")->required();
  command->add_option("--games", options->games, "at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command->add_option("--threads", options->threads, "that play and evaluate")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command->callback([options, &result] { result = RunTimeline(*options); });
  AddStrength(*bench, result);
}

}  // namespace hod::engine
