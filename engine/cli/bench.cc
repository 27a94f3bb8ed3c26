// hod bench.
#include <memory>

#include "benchmarks/suites.h"
#include "engine/cli/command.h"

namespace hod::engine {

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
}

}  // namespace hod::engine
