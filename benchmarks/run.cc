#include <benchmark/benchmark.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "benchmarks/suites.h"

namespace hod::benchmarks {
namespace {

using Run = benchmark::BenchmarkReporter::Run;

// Names without what is said of all benchmarks of a suite: which clock, how long.
std::vector<Run> ShortNames(std::vector<Run> runs) {
  for (Run& run : runs) {
    run.run_name.min_time.clear();
    run.run_name.time_type.clear();
    run.run_name.threads.clear();
  }
  return runs;
}

class TableReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(ShortNames(runs));
  }
};

// JSON goes to stdout when all is done; until then, lines on stderr say how far it is.
class QuietReporter : public benchmark::JSONReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    const std::vector<Run> named = ShortNames(runs);
    for (const Run& run : named) {
      if (run.aggregate_name != "median") continue;
      std::fprintf(stderr, "%s\n", run.benchmark_name().c_str());
    }
    JSONReporter::ReportRuns(named);
  }
};

}  // namespace

const std::vector<Suite>& Suites() {
  static const std::vector<Suite> suites = {
      {"env", "the rules: steps, undo, masks, observations, batches", AddEnvSuite},
      {"search", "the search: alone, many games with a network, one game", AddSearchSuite},
      {"network", "networks: predictions, and the network alone", AddNetworkSuite},
      {"learner", "learning: reading samples, steps of training", AddLearnerSuite},
      {"convolution", "convolutions alone, Hod's and oneDNN's", AddConvolutionSuite},
      {"draw", "pictures and animations", AddDrawSuite},
  };
  return suites;
}

absl::Status Run(const Suite& suite, const RunOptions& options) {
  suite.add();
  std::vector<std::string> flags = {
      "hod bench", absl::StrCat("--benchmark_repetitions=", options.repetitions),
      // Blocks of repetitions would each meet another load of a shared machine.
      "--benchmark_enable_random_interleaving=true",
      absl::StrCat("--benchmark_report_aggregates_only=", options.json ? "false" : "true")};
  std::vector<char*> argv;
  argv.reserve(flags.size());
  for (std::string& flag : flags) argv.push_back(flag.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
  const std::string filter = options.filter.empty() ? "." : options.filter;
  QuietReporter json;
  TableReporter table;
  benchmark::BenchmarkReporter* reporter = &table;
  if (options.json) reporter = &json;
  const size_t run = benchmark::RunSpecifiedBenchmarks(reporter, filter);
  if (run == 0) {
    return absl::NotFoundError(
        absl::StrCat("filter: no benchmark of ", suite.name, " matches ", filter));
  }
  return absl::OkStatus();
}

}  // namespace hod::benchmarks
