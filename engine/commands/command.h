// The commands of the program `hod`, one a file, in the order of a user's way through them.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>

#include "absl/status/status.h"

namespace hod::engine {

extern std::atomic<bool> g_stop;

// While one lives, SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP set g_stop instead of
// ending the program: for commands that finish what they are writing and return.
class StopOnSignals {
 public:
  StopOnSignals();
  ~StopOnSignals();
};

// Each adds its command to `app`, or below a noun such as `hod humans`. When the user has chosen
// it, it runs and leaves its status in `result`.
void AddExperiment(CLI::App& app, absl::Status& result);
void AddTrain(CLI::App& app, absl::Status& result);
void AddSelfPlay(CLI::App& app, absl::Status& result);
void AddLearn(CLI::App& app, absl::Status& result);
void AddLink(CLI::App& app, absl::Status& result);
void AddWork(CLI::App& app, absl::Status& result);
void AddStatus(CLI::App& app, absl::Status& result);
void AddClusterLocal(CLI::App& cluster, absl::Status& result);
void AddEvaluate(CLI::App& app, absl::Status& result);
void AddExplain(CLI::App& app, absl::Status& result);
void AddPlay(CLI::App& app, absl::Status& result);
void AddWatch(CLI::App& app, absl::Status& result);
void AddReport(CLI::App& app, absl::Status& result);
void AddDraw(CLI::App& app, absl::Status& result);
void AddVerify(CLI::App& app, absl::Status& result);
void AddGoals(CLI::App& app, absl::Status& result);
void AddHumansImport(CLI::App& humans, absl::Status& result);
void AddHumansBuilding(CLI::App& humans, absl::Status& result);
void AddHumansPrediction(CLI::App& humans, absl::Status& result);
void AddWeightsImport(CLI::App& weights, absl::Status& result);
void AddWeightsExport(CLI::App& weights, absl::Status& result);
void AddStudySearch(CLI::App& study, absl::Status& result);
void AddStudyNetworks(CLI::App& study, absl::Status& result);
void AddStudyBeliefs(CLI::App& study, absl::Status& result);
void AddStudyCluster(CLI::App& study, absl::Status& result);
void AddStudyPlay(CLI::App& study, absl::Status& result);
void AddStudyAnalyse(CLI::App& study, absl::Status& result);
void AddStudyAssistants(CLI::App& study, absl::Status& result);
void AddStudyTraining(CLI::App& study, absl::Status& result);
void AddAuditRun(CLI::App& audit, absl::Status& result);
void AddBench(CLI::App& app, absl::Status& result);
void AddConfig(CLI::App& app, absl::Status& result);

}  // namespace hod::engine
