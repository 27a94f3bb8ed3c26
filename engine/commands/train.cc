// hod train, and its halves hod selfplay and hod learn.
#include "engine/training/train.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "engine/training/learner.h"
#include "engine/training/learner_with_worker.h"
#include "engine/training/ppo.h"
#include "engine/training/selfplay.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

absl::Status RunTrain(const std::string& config_path, const std::vector<std::string>& overrides,
                      const std::string& out, const std::string& record) {
  ASSIGN_OR_RETURN(RunConfig config, LoadRunConfig(config_path, overrides));
  const StopOnSignals handler;  // Set before there is a run to be seen.
  ASSIGN_OR_RETURN(RunDirectory run, RunDirectory::CreateOrResume(out, config, g_stop));
  return Train(run, record, g_stop);
}

absl::Status HasNoWorkers(const RunDirectory& run) {
  return absl::FailedPreconditionError(
      absl::StrCat(run.path(), run.config().learner.algorithm == Algorithm::kPpo
                                   ? ": learner.algorithm is ppo, which plays where it learns"
                                   : ": learner.samples is recorded play"));
}

}  // namespace

void AddTrain(CLI::App& app, absl::Status& result) {
  struct Options {
    std::string config, out, record;
    std::vector<std::string> overrides;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("train",
                         "Train an assistant or a builder, by self-play, from recorded play or by "
                         "PPO; the same command again resumes");
  command->add_option("--config", options->config, "run configuration (TOML)")
      ->required()
      ->check(Path());
  command->add_option("--set", options->overrides, "key=value over the configuration")
      ->allow_extra_args(false);
  command->add_option("--out", options->out, "run directory")->required()->check(OutputFolder());
  command->add_option("--record", options->record, "record every episode of self-play here")
      ->check(OutputFolder());
  command->callback([options, &result] {
    result = RunTrain(options->config, options->overrides, options->out, options->record);
  });
}

void AddSelfPlay(CLI::App& app, absl::Status& result) {
  struct Options {
    std::string run, record;
    int worker = 0;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("selfplay", "One self-play worker of a run directory, until stopped");
  command->add_option("--run", options->run, "run directory")->required()->check(Path());
  command->add_option("--worker", options->worker, "number of this worker")
      ->check(WholeNumber(0, 99999));
  command->add_option("--record", options->record, "record every episode here")
      ->check(OutputFolder());
  command->callback([options, &result] {
    const StopOnSignals handler;
    absl::StatusOr<RunDirectory> run = RunDirectory::Open(options->run);
    if (!run.ok()) {
      result = run.status();
    } else if (run->config().NumWorkers() == 0) {
      result = HasNoWorkers(*run);
    } else {
      result = RunSelfPlay(*run, options->worker, options->record, g_stop);
    }
  });
}

void AddLearn(CLI::App& app, absl::Status& result) {
  struct Options {
    std::string run, record;
    bool play = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("learn", "The learner of a run directory");
  command->add_option("--run", options->run, "run directory")->required()->check(Path());
  CLI::Option* const play =
      command->add_flag("--play", options->play, "with self-play worker 0 in the same process");
  command->add_option("--record", options->record, "record every episode of that worker here")
      ->check(OutputFolder())
      ->needs(play);
  command->callback([options, &result] {
    const StopOnSignals handler;
    absl::StatusOr<RunDirectory> run = RunDirectory::Open(options->run);
    if (!run.ok()) {
      result = run.status();
    } else if (options->play) {
      result = run->config().NumWorkers() > 0 ? RunLearnerWithWorker(*run, options->record, g_stop)
                                              : HasNoWorkers(*run);
    } else if (run->config().learner.algorithm == Algorithm::kPpo) {
      result = RunPpo(*run, g_stop);
    } else {
      result = RunLearner(*run, g_stop);
    }
  });
}

}  // namespace hod::engine
