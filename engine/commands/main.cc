#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <climits>
#include <csignal>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/program/run_program.h"
#include "env/base/version.h"

namespace hod::engine {

std::atomic<bool> g_stop{false};

StopOnSignals::StopOnSignals() {
  const auto stop = [](int) { g_stop = true; };
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, stop);
  if (std::signal(SIGHUP, stop) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

StopOnSignals::~StopOnSignals() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  if (std::signal(SIGHUP, SIG_DFL) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

}  // namespace hod::engine

namespace {

using namespace hod::engine;

// A command that only holds others: `hod humans import`.
CLI::App& AddNoun(CLI::App& app, const char* name, const char* help) {
  CLI::App* noun = app.add_subcommand(name, help);
  noun->require_subcommand(1);
  return *noun;
}

void AddCommands(CLI::App& app, absl::Status& result) {
  AddExperiment(app, result);
  AddTrain(app, result);
  AddSelfPlay(app, result);
  AddLearn(app, result);
  AddLink(app, result);
  AddWork(app, result);
  AddStatus(app, result);
  CLI::App& cluster = AddNoun(app, "cluster", "A run on many machines, tried on one");
  AddClusterLocal(cluster, result);
  AddEvaluate(app, result);
  AddExplain(app, result);
  AddPlay(app, result);
  AddWatch(app, result);
  AddReport(app, result);
  AddDraw(app, result);
  AddVerify(app, result);
  AddGoals(app, result);
  CLI::App& humans = AddNoun(app, "humans", "Models of people: import, build, predict, compare");
  AddHumansImport(humans, result);
  AddHumansBuilding(humans, result);
  AddHumansPrediction(humans, result);
  CLI::App& weights = AddNoun(app, "weights", "Files of networks: export, import");
  AddWeightsExport(weights, result);
  AddWeightsImport(weights, result);
  CLI::App& study = AddNoun(app, "study", "Many variants, side by side");
  AddStudySearch(study, result);
  AddStudyNetworks(study, result);
  AddStudyBeliefs(study, result);
  AddStudyAssistants(study, result);
  AddStudyTraining(study, result);
  AddStudyCluster(study, result);
  AddStudyPlay(study, result);
  AddStudyAnalyse(study, result);
  CLI::App& audit = AddNoun(app, "audit", "What narrow training does to an assistant");
  AddAuditRun(audit, result);
  AddBench(app, result);
  AddConfig(app, result);
}

}  // namespace

int main(int argc, char** argv) {
  // Tensors of some hundred kilobytes come and go with every batch. By default glibc returns them
  // to the kernel each time and takes page faults to get them back: a quarter of the time of
  // self-play.
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  spdlog::set_default_logger(spdlog::stderr_logger_mt("hod"));

  CLI::App app("Hod trains and runs assistants for the Minecraft Building Assistance Game.", "hod");
  app.set_version_flag("--version",
                       absl::StrCat("hod ", hod::kVersion, " (", hod::kGitRevision, ")"));
  app.require_subcommand(1);
  absl::Status result;
  AddCommands(app, result);
  return RunProgram(app, result, argc, argv);
}
