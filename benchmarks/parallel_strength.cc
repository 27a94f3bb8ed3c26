#include "benchmarks/parallel_strength.h"

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/str_format.h"
#include "engine/play/batched_play.h"
#include "engine/play/player_spec.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/game/roles.h"
#include "env/houses/sources/source.h"
#include "mcts/run_search.h"

namespace hod::benchmarks {
namespace {

// A position before a move, and the game as a tree plays it.
struct Root {
  std::shared_ptr<const env::Game> game;
  env::State state;
};

// Plays houses and keeps every 20th position.
class PositionStream : public engine::EpisodeStream {
 public:
  PositionStream(const StrengthSetup& setup, const env::GoalSource& goals,
                 engine::PlayerFactory human)
      : setup_(setup), goals_(goals), human_(std::move(human)) {}

  absl::StatusOr<std::unique_ptr<engine::Episode>> Next() override {
    engine::EpisodeSetup episode;
    episode.game = setup_.config.game;
    episode.goal = goals_.Get(next_);
    episode.seats = {human_, engine::EvaluationSearches(setup_.config, kSimulations)};
    episode.seed = Rng(setup_.seed).Fork(next_++)();
    ASSIGN_OR_RETURN(auto created, engine::Episode::Create(std::move(episode)));
    auto game = std::make_shared<const env::Game>(
        mcts::PlanningGame(created->game(), setup_.config.search));
    keepers_.push_back(std::make_unique<Keeper>(std::move(game)));
    created->AddObserver(keepers_.back().get());
    return created;
  }
  absl::Status Finished(std::unique_ptr<engine::Episode>) override { return absl::OkStatus(); }
  absl::StatusOr<bool> Continue() override {
    size_t kept = 0;
    for (const auto& keeper : keepers_) kept += keeper->roots.size();
    return static_cast<int>(kept) < setup_.positions;
  }

  std::vector<Root> TakeRoots() {
    std::vector<Root> roots;
    for (const auto& keeper : keepers_) {
      std::move(keeper->roots.begin(), keeper->roots.end(), std::back_inserter(roots));
    }
    roots.resize(std::min<size_t>(roots.size(), setup_.positions));
    return roots;
  }

 private:
  static constexpr int kSimulations = 16, kInterval = 20;

  struct Keeper : public engine::EpisodeObserver {
    explicit Keeper(std::shared_ptr<const env::Game> game) : game(std::move(game)) {}
    absl::Status BeforeMove(const env::State& state) override {
      if (state.timestep % kInterval == kInterval - 1) roots.push_back({game, state});
      return absl::OkStatus();
    }
    absl::Status AfterMove(const engine::Move&, const env::State&) override {
      return absl::OkStatus();
    }
    std::shared_ptr<const env::Game> game;
    std::vector<Root> roots;
  };

  const StrengthSetup& setup_;
  const env::GoalSource& goals_;
  const engine::PlayerFactory human_;
  std::vector<std::unique_ptr<Keeper>> keepers_;
  int next_ = 0;
};

// The search of the assistant's move.
absl::Status SearchRoot(const StrengthSetup& setup, const Root& root, int simulations,
                        int in_flight, uint64_t seed, mcts::Evaluator& evaluator,
                        mcts::Search& search) {
  mcts::SearchOptions options = engine::EvaluationSearches(setup.config, simulations).full;
  options.max_in_flight = in_flight;
  search.Start(options, root.game.get(), root.state, env::kAssistant, Rng(seed));
  return mcts::RunSearch(search, evaluator, {});
}

// Visits of the root's actions by flat id.
std::map<int32_t, int32_t> VisitsOf(const mcts::Search& search) {
  std::map<int32_t, int32_t> visits;
  for (const mcts::TypeStats& type : search.root().types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const mcts::ActionView action = search.action(type, a);
      visits[action.id] = action.visits;
    }
  }
  return visits;
}

}  // namespace

absl::StatusOr<std::vector<Strength>> MeasureStrength(const StrengthSetup& setup,
                                                      mcts::Evaluator& evaluator) {
  ASSIGN_OR_RETURN(auto goals, env::MakeGoalSource(setup.config.evaluation.goals, setup.config.game,
                                                   setup.seed));
  ASSIGN_OR_RETURN(engine::PlayerFactory human, engine::MakePlayerFactory(setup.config.human));
  PositionStream stream(setup, *goals, std::move(human));
  RETURN_IF_ERROR(engine::PlayEpisodes(stream, &evaluator, {.concurrent = 16}));
  const std::vector<Root> roots = stream.TakeRoots();

  std::vector<Strength> strengths;
  for (const int part : {4, 2, 1}) {
    strengths.push_back({std::max(2, setup.simulations / part), 1, {}, {}});
  }
  for (const int in_flight : {2, 4, 8, 16}) {
    strengths.push_back({setup.simulations, in_flight, {}, {}});
  }
  std::vector<std::vector<double>> agreements(strengths.size()), shares(strengths.size());
  ProgressLine progress("searching");
  mcts::Search search;
  for (size_t i = 0; i < roots.size(); ++i) {
    const auto run = [&](int simulations, int in_flight, uint64_t stream_number) {
      const uint64_t seed = Rng(setup.seed + i).Fork(stream_number)();
      return SearchRoot(setup, roots[i], simulations, in_flight, seed, evaluator, search);
    };
    RETURN_IF_ERROR(run(setup.simulations * setup.deep, 1, 0));
    const int32_t best = search.result().best_action;
    std::map<int32_t, int32_t> visits = VisitsOf(search);
    for (size_t k = 0; k < strengths.size(); ++k) {
      const Strength& kind = strengths[k];
      RETURN_IF_ERROR(run(kind.simulations, kind.in_flight, k + 1));
      const int32_t action = search.result().best_action;
      agreements[k].push_back(action == best ? 100 : 0);
      shares[k].push_back(100.0 * visits[action] / visits[best]);
    }
    progress.Update(static_cast<double>(i + 1) / static_cast<double>(roots.size()),
                    absl::StrFormat("%d of %d positions", i + 1, roots.size()));
  }
  for (size_t k = 0; k < strengths.size(); ++k) {
    strengths[k].agreement = engine::BootstrapMean(agreements[k], setup.seed);
    strengths[k].share = engine::BootstrapMean(shares[k], setup.seed);
  }
  return strengths;
}

std::string FormatStrength(const std::vector<Strength>& strengths) {
  std::string text =
      "| simulations | in flight | plays what the deep search plays, % | "
      "deep visits of its action, % of the best's |\n|---|---|---|---|\n";
  for (const Strength& s : strengths) {
    absl::StrAppendFormat(&text, "| %d | %d | %s | %s |\n", s.simulations, s.in_flight,
                          engine::Format(s.agreement), engine::Format(s.share));
  }
  return text;
}

}  // namespace hod::benchmarks
