// hod humans stats: how human models behave, beside people.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/cli/command.h"
#include "engine/config/run_config.h"
#include "engine/evaluation/evaluate.h"
#include "engine/io/progress.h"
#include "engine/play/batched_play.h"
#include "env/houses/source.h"
#include "env/humans/statistics.h"

namespace hod::engine {
namespace {

struct Options {
  std::string human = "heuristic", goals = "generated";
  int episodes = 60;
  int64_t seed = 1;
};

// Feeds the human's part of an episode to the statistics.
class BehaviourObserver : public EpisodeObserver {
 public:
  BehaviourObserver(const AssistedEpisode& episode, env::BehaviourRecorder* recorder)
      : recorder_(recorder) {
    recorder_->BeginEpisode(episode.game(), episode.state());
  }
  absl::Status BeforeMove(const env::State& state) override {
    before_ = state;
    return absl::OkStatus();
  }
  absl::Status AfterMove(const Move& move, const env::State& after) override {
    recorder_->Record(before_, move.actions[kHuman], move.outcome.players[kHuman].effective_action);
    if (move.outcome.done()) recorder_->EndEpisode(after);
    return absl::OkStatus();
  }

 private:
  env::BehaviourRecorder* recorder_;
  env::State before_;
};

absl::Status Run(const Options& options) {
  env::GameConfig game = RunConfig().game;
  game.horizon = 4000;  // Slow builders finish too.
  auto goals = env::MakeGoalSource(options.goals, game, static_cast<uint64_t>(options.seed));
  if (!goals.ok()) return goals.status();
  const absl::StatusOr<PlayerFactory> human = MakePlayerFactory(options.human);
  if (!human.ok()) return human.status();
  env::BehaviourRecorder recorder(kHuman);
  ProgressLine progress("building");
  for (int i = 0; i < options.episodes; ++i) {
    EpisodeSetup setup;
    setup.game = game;
    setup.goal = (*goals)->Get(i);
    setup.human = *human;
    setup.seed = env::Rng(static_cast<uint64_t>(options.seed)).Fork(i)();
    auto episode = AssistedEpisode::Create(std::move(setup));
    if (!episode.ok()) return episode.status();
    BehaviourObserver observer(**episode, &recorder);
    (*episode)->AddObserver(&observer);
    absl::StatusOr<const mcts::Position*> end = (*episode)->NextLeaf();
    if (!end.ok()) return end.status();
    progress.Update((i + 1.0) / options.episodes,
                    absl::StrFormat("%d of %d houses", i + 1, options.episodes));
  }
  progress.Finish();
  std::fputs(env::BehaviourTable(recorder.Figures()).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace

void AddHumans(CLI::App& app, absl::Status& result) {
  CLI::App* command = app.add_subcommand("humans", "How human models behave");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* stats =
      command->add_subcommand("stats", "Figures of a human model alone beside those of people");
  stats->add_option("--human", options->human, kPlayerSpecs);
  stats->add_option("--goals", options->goals, env::kGoalSpecs);
  stats->add_option("--episodes", options->episodes, "houses")->check(CLI::Range(1, 100000));
  stats->add_option("--seed", options->seed, "of houses and builders")
      ->check(CLI::NonNegativeNumber);
  stats->callback([options, &result] { result = Run(*options); });
  AddHumanModels(*command, result);
}

}  // namespace hod::engine
