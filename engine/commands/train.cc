// hod train, and its halves hod selfplay and hod learn.
#include "engine/training/train.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "engine/training/learner.h"
#include "engine/training/learner_with_worker.h"
#include "engine/training/ppo.h"
#include "engine/training/selfplay.h"
#include "env/base/status.h"
#include "models/training/collective.h"

namespace hod::engine {
namespace {

// Which of several learners a process is: --rank and --meet.
struct RankOptions {
  std::optional<int> rank;
  std::string meet;

  void AddTo(CLI::App& command) {
    CLI::Option* const rank_option =
        command.add_option("--rank", rank, "which of the run's learners runs here, from 0")
            ->check(WholeNumber(0, 63));
    CLI::Option* const meet_option = command.add_option(
        "--meet", meet, "HOST:PORT where all learners reach that of rank 0, which listens there");
    rank_option->needs(meet_option);
    meet_option->needs(rank_option);
  }
};

// In place of what was not given: the names that schedulers set for such processes.
absl::Status TakeFromEnvironment(const LearnerConfig& config, RankOptions& options) {
  const char* const rank = std::getenv("RANK");
  if (options.rank || config.learners == 1 || rank == nullptr) return absl::OkStatus();
  const auto text = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  int number = -1;
  if (!absl::SimpleAtoi(rank, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("RANK: \"", rank, "\", expected a number"));
  }
  const std::string size = text("WORLD_SIZE");
  if (size != absl::StrCat(config.learners)) {
    return absl::InvalidArgumentError(
        absl::StrCat("WORLD_SIZE: \"", size, "\", expected learner.learners, ", config.learners));
  }
  options.rank = number;
  options.meet = absl::StrCat(text("MASTER_ADDR"), ":", text("MASTER_PORT"));
  return absl::OkStatus();
}

// Nothing if no rank was given.
absl::StatusOr<std::optional<OneOfLearners>> LearnerOf(const LearnerConfig& config,
                                                       const RankOptions& options) {
  if (!options.rank) return std::nullopt;
  if (config.learners == 1) {
    return absl::InvalidArgumentError("--rank: learner.learners is 1, expected more");
  }
  if (*options.rank < 0 || *options.rank >= config.learners) {
    return absl::InvalidArgumentError(absl::StrCat("--rank: ", *options.rank, ", expected 0 to ",
                                                   config.learners - 1,
                                                   ", below learner.learners"));
  }
  OneOfLearners one = {.rank = *options.rank, .host = "", .port = 0};
  const size_t colon = options.meet.rfind(':');
  if (colon != std::string::npos) one.host = options.meet.substr(0, colon);
  if (one.host.empty() || !absl::SimpleAtoi(options.meet.substr(colon + 1), &one.port) ||
      one.port < 1 || one.port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("--meet: \"", options.meet, "\", expected HOST:PORT"));
  }
  return one;
}

absl::Status RunTrain(const std::string& config_path, const std::vector<std::string>& overrides,
                      const std::string& out, const std::string& record, RankOptions rank) {
  ASSIGN_OR_RETURN(RunConfig config, LoadRunConfig(config_path, overrides));
  RETURN_IF_ERROR(TakeFromEnvironment(config.learner, rank));
  ASSIGN_OR_RETURN(const auto one, LearnerOf(config.learner, rank));
  const StopOnSignals handler;  // Set before there is a run to be seen.
  ASSIGN_OR_RETURN(RunDirectory run,
                   RunDirectory::CreateOrResume(out, config, PartOf(config, one)));
  return Train(run, record, g_stop, one);
}

absl::Status RunLearn(const RunDirectory& run, const RankOptions& options) {
  const LearnerConfig& config = run.config().learner;
  ASSIGN_OR_RETURN(const auto one, LearnerOf(config, options));
  if (!one) return RunLearner(run, g_stop);
  ASSIGN_OR_RETURN(const std::unique_ptr<models::Collective> peers,
                   models::JoinCollective({.rank = one->rank,
                                           .size = config.learners,
                                           .host = one->host,
                                           .port = one->port,
                                           .patience = absl::Seconds(config.peer_seconds)}));
  return RunLearner(run, g_stop, peers.get());
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
    RankOptions rank;
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
  options->rank.AddTo(*command);
  command->callback([options, &result] {
    result =
        RunTrain(options->config, options->overrides, options->out, options->record, options->rank);
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
    RankOptions rank;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("learn", "The learner of a run directory");
  command->add_option("--run", options->run, "run directory")->required()->check(Path());
  CLI::Option* const play =
      command->add_flag("--play", options->play, "with self-play worker 0 in the same process");
  command->add_option("--record", options->record, "record every episode of that worker here")
      ->check(OutputFolder())
      ->needs(play);
  options->rank.AddTo(*command);
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
      result = RunLearn(*run, options->rank);
    }
  });
}

}  // namespace hod::engine
