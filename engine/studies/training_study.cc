#include "engine/studies/training_study.h"

#include <cmath>
#include <cstdio>
#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/evaluation/stored_evaluation.h"
#include "engine/results/store.h"
#include "engine/studies/study_names.h"
#include "engine/training/run_directory.h"
#include "engine/training/train.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/settings/value.h"

namespace hod::engine {
namespace {

// A number as a setting's value: whole ones fit integers, too.
std::string ValueText(double value) {
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  return whole ? absl::StrCat(static_cast<int64_t>(value)) : ToToml(settings::Value{value});
}

// A training before it is made.
struct Plan {
  StudiedTraining training;
  RunConfig config;
  std::string name;  // Of files.
};

absl::StatusOr<Plan> MakePlan(const TrainingStudy& study, const StudiedCurve& curve,
                              std::optional<double> value, int seed) {
  std::vector<std::string> overrides = study.overrides;
  overrides.insert(overrides.end(), curve.overrides.begin(), curve.overrides.end());
  Plan plan;
  plan.name = curve.name;
  if (value) {
    const std::string text = ValueText(*value);
    overrides.push_back(absl::StrCat(curve.along, "=", text));
    absl::StrAppend(&plan.name, "--", curve.along, "-", text);
  }
  overrides.push_back(absl::StrCat("seed=", seed));
  plan.name = FileNameOf(absl::StrCat(plan.name, "--seed-", seed));
  plan.training.curve = curve.name;
  plan.training.value = value;
  plan.training.seed = seed;
  ASSIGN_OR_RETURN(plan.config, LoadRunConfig(study.config, overrides));
  return plan;
}

// All of them, so that what is refused is refused before the first training.
absl::StatusOr<std::vector<Plan>> MakePlans(const TrainingStudy& study) {
  std::vector<Plan> plans;
  const auto add = [&](const StudiedCurve& curve, std::optional<double> value) -> absl::Status {
    for (const int seed : study.seeds) {
      absl::StatusOr<Plan> plan = MakePlan(study, curve, value, seed);
      if (!plan.ok()) return Annotate(plan.status(), curve.name);
      plans.push_back(*std::move(plan));
    }
    return absl::OkStatus();
  };
  for (const StudiedCurve& curve : study.curves) {
    if (curve.values.empty()) RETURN_IF_ERROR(add(curve, std::nullopt));
    for (const double value : curve.values) RETURN_IF_ERROR(add(curve, value));
  }
  const env::WorldSize& size = plans.front().config.game.size;
  for (const Plan& plan : plans) {  // All are judged in one world.
    if (plan.config.game.size == size) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        plan.training.curve, ": game.world_size: expected that of ", plans.front().training.curve));
  }
  return plans;
}

// The path of the checkpoint that the training ends with.
absl::StatusOr<std::string> TrainOnce(Plan& plan, const std::string& directory,
                                      const std::atomic<bool>& stop) {
  std::fprintf(stderr, "%s\n", plan.name.c_str());
  ASSIGN_OR_RETURN(
      const RunDirectory run,
      RunDirectory::CreateOrResume(directory + "/runs/" + plan.name, plan.config, stop));
  RETURN_IF_ERROR(Train(run, "", stop));
  ASSIGN_OR_RETURN(const auto latest, run.LatestCheckpoint());
  if (!latest) return absl::NotFoundError(absl::StrCat(run.path(), ": no checkpoint to judge"));
  plan.training.steps = latest->first;
  plan.training.positions = latest->first * plan.config.learner.StepSize();
  return latest->second;
}

absl::Status JudgePlay(const TrainingStudy& study, const JudgingHouses& houses, const Plan& plan,
                       const std::string& checkpoint, const ResultStore& store,
                       const std::atomic<bool>& stop, StudiedTraining::Judged& judged) {
  RunConfig config = plan.config;
  config.evaluation.goals = houses.goals;
  config.evaluation.episodes = houses.episodes;
  config.evaluation.seed = study.judging_seed;
  ASSIGN_OR_RETURN(Assistant assistant, OpenAssistant(TrainedAssistant(config, checkpoint)));
  std::fprintf(stderr, "%s on %s\n", plan.name.c_str(), houses.name.c_str());
  const EvaluationSetup setup = {.config = std::move(config),
                                 .assistant = std::move(assistant),
                                 .human = study.human,
                                 .record_directory = "",
                                 .stop = &stop};
  ASSIGN_OR_RETURN(
      judged.play,
      EvaluateOnce(setup, store, FileNameOf(absl::StrCat(plan.name, "--", houses.name))));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<StudiedTraining>> RunTrainingStudy(const TrainingStudy& study,
                                                              const std::string& directory,
                                                              const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(std::vector<Plan> plans, MakePlans(study));
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(directory + "/figures"));
  std::vector<std::string> checkpoints;
  std::deque<BelievingCheckpoint> believers;
  std::vector<BelievingNetwork> networks;
  for (Plan& plan : plans) {
    ASSIGN_OR_RETURN(checkpoints.emplace_back(), TrainOnce(plan, directory, stop));
    ASSIGN_OR_RETURN(believers.emplace_back(), OpenBelievingCheckpoint(checkpoints.back()));
    ASSIGN_OR_RETURN(const RunProgress progress,
                     RunProgress::FromJson(believers.back().loaded.run));
    plan.training.seconds = progress.seconds;
    networks.push_back({plan.name, believers.back().network.evaluator.get()});
  }
  BeliefStudy beliefs;
  beliefs.game = plans.front().config.game;
  beliefs.game.randomize_first_episode_length = false;
  beliefs.human = study.human;
  beliefs.every = study.every;
  beliefs.seed = study.judging_seed;
  beliefs.threads = NumThreads(0);
  for (const JudgingHouses& houses : study.houses) {
    if (stop) return absl::CancelledError("stopped; the same command goes on");
    beliefs.goals = houses.goals;
    beliefs.episodes = houses.episodes;
    ASSIGN_OR_RETURN(const std::vector<BeliefFigures> figures, RunBeliefStudy(beliefs, networks));
    for (size_t i = 0; i < plans.size(); ++i) {
      StudiedTraining::Judged& judged = plans[i].training.judged.emplace_back();
      judged.belief = figures[i];
      if (!houses.play) continue;
      RETURN_IF_ERROR(JudgePlay(study, houses, plans[i], checkpoints[i], store, stop, judged));
    }
  }
  std::vector<StudiedTraining> trainings;
  for (Plan& plan : plans) trainings.push_back(std::move(plan.training));
  return trainings;
}

}  // namespace hod::engine
