#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <climits>
#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "env/base/version.h"

namespace hod::engine {

std::atomic<bool> g_stop{false};

StopOnSignals::StopOnSignals() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { g_stop = true; });
}

StopOnSignals::~StopOnSignals() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
}

}  // namespace hod::engine

int main(int argc, char** argv) {
  using namespace hod::engine;
  using hod::kGitRevision;
  using hod::kVersion;
  // Tensors of some hundred kilobytes come and go with every batch. By default glibc returns them
  // to the kernel each time and takes page faults to get them back: a quarter of the time of
  // self-play.
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  spdlog::set_default_logger(spdlog::stderr_logger_mt("hod"));

  CLI::App app("Hod trains and runs assistants for the Minecraft Building Assistance Game.", "hod");
  app.set_version_flag("--version", absl::StrCat("hod ", kVersion, " (", kGitRevision, ")"));
  app.require_subcommand(1);
  absl::Status result;
  AddExperiment(app, result);
  AddTrain(app, result);
  AddSelfPlay(app, result);
  AddLearn(app, result);
  AddEvaluate(app, result);
  AddCompare(app, result);
  AddCompareNetworks(app, result);
  AddReport(app, result);
  AddVerify(app, result);
  AddDraw(app, result);
  AddExplain(app, result);
  AddGoals(app, result);
  AddHumans(app, result);
  AddImportHumans(app, result);
  AddImportWeights(app, result);
  AddBench(app, result);
  AddConfig(app, result);
  CLI11_PARSE(app, argc, argv);
  if (result.ok()) return 0;
  std::fprintf(stderr, "hod: %s\n", std::string(result.message()).c_str());
  return absl::IsCancelled(result) ? 130 : 1;
}
