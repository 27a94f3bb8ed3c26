// hod study beliefs.
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/commands/command.h"
#include "engine/commands/figures.h"
#include "engine/play/player_spec.h"
#include "engine/program/checks.h"
#include "engine/samples/mirrored_beliefs.h"
#include "engine/studies/belief_study.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

struct Options {
  std::vector<std::string> networks;
  BeliefStudy study;
  int threads = 0;
  bool mirror_images = false;
  std::string json, picture;
};

absl::Status Run(const Options& options) {
  BeliefStudy study = options.study;
  study.threads = NumThreads(options.threads);
  std::vector<BelievingCheckpoint> believers;
  std::vector<BelievingNetwork> networks;
  for (const std::string& path : options.networks) {
    ASSIGN_OR_RETURN(believers.emplace_back(), OpenBelievingCheckpoint(path));
    networks.push_back({path, believers.back().network.evaluator.get()});
  }
  study.game = believers.front().config.game;
  study.game.randomize_first_episode_length = false;
  std::deque<MirroredBeliefs> mirrored;
  if (options.mirror_images) {
    for (BelievingNetwork& network : networks) {
      mirrored.emplace_back(network.evaluator, study.game);
      network.evaluator = &mirrored.back();
    }
  }
  ASSIGN_OR_RETURN(const std::vector<BeliefFigures> results, RunBeliefStudy(study, networks));
  absl::Status drawn;
  if (!options.picture.empty()) drawn = DrawReliability(results).WritePng(options.picture);
  nlohmann::json figures = nlohmann::json::array();
  for (const BeliefFigures& result : results) figures.push_back(ToJson(result));
  const nlohmann::json json = {{"goals", study.goals},       {"human", study.human},
                               {"episodes", study.episodes}, {"every", study.every},
                               {"seed", study.seed},         {"git_revision", kGitRevision},
                               {"networks", figures}};
  RETURN_IF_ERROR(GiveFigures(options.json, json, FormatBeliefs(results)));
  return drawn;
}

}  // namespace

void AddStudyBeliefs(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = study.add_subcommand(
      "beliefs",
      "What networks believe of goals: how much they know, and whether they are as sure "
      "as they are right");
  command->add_option("NETWORK", options->networks, "checkpoints of one world")
      ->required()
      ->check(Path());
  command->add_option("--goals", options->study.goals, env::kGoalSpecs)->capture_default_str();
  command->add_option("--human", options->study.human, PlayerSpecs())->capture_default_str();
  command->add_option("--episodes", options->study.episodes, "number of houses")
      ->check(WholeNumber(1, 1000000))
      ->capture_default_str();
  command->add_option("--every", options->study.every, "timesteps from position to position")
      ->check(WholeNumber(1, 100000))
      ->capture_default_str();
  command->add_option("--seed", options->study.seed, "of houses, builders and start locations")
      ->check(WholeNumber())
      ->capture_default_str();
  command->add_flag("--mirror-images", options->mirror_images,
                    "judge the average over the world and its mirror images");
  command->add_option("--threads", options->threads, "threads; 0: as many as there are processors")
      ->check(WholeNumber(0, 1024));
  command->add_option("--json", options->json, "write the figures here")->check(OutputFile());
  command->add_option("--picture", options->picture, "draw the reliability here (.png)")
      ->check(OutputPicture());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
