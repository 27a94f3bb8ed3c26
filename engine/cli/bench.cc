// hod bench.
#include <memory>
#include <string>

#include "benchmarks/many_games.h"
#include "benchmarks/suites.h"
#include "benchmarks/timeline_picture.h"
#include "engine/cli/command.h"
#include "engine/io/files.h"

namespace hod::engine {
namespace {

struct TimelineOptions {
  std::string out;
  int games = 64, threads = 2;
};

absl::Status RunTimeline(const TimelineOptions& options) {
  constexpr double kShown = 0.25;  // Seconds.
  Timeline timeline;
  const std::unique_ptr<mcts::Evaluator> network = benchmarks::DefaultNetwork();
  absl::StatusOr<benchmarks::ManyGames> played = benchmarks::PlayManyGames(
      *network, options.games, options.threads, /*leaves_per_game=*/24, &timeline);
  if (!played.ok()) return played.status();
  const double begin = timeline.Now() - played->seconds + played->seconds / 3;
  return WriteFileAtomically(options.out,
                             benchmarks::DrawTimeline(timeline, begin, begin + kShown).PngBytes());
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
    command->callback([options, &suite, &result] { result = Run(suite, *options); });
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
}

}  // namespace hod::engine
