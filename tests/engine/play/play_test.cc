// Episodes: the same however they are played, tallied as by hand, recorded as played.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "engine/play/batched_play.h"
#include "engine/play/episode.h"
#include "engine/play/episode_tally.h"
#include "engine/play/player_spec.h"
#include "env/base/clock.h"
#include "env/game/roles.h"
#include "env/houses/sources/source.h"
#include "env/traces/trace_verifier.h"
#include "mcts/traces/trace_evaluator.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

// Everything that was played and expected in an episode.
class Transcript : public EpisodeObserver {
 public:
  absl::Status AfterMove(const Move& move, const env::State& after) override {
    for (const int32_t id : move.ids) lines.push_back(id);
    lines.push_back(move.full_search);
    if (move.search != nullptr) lines.push_back(move.search->root_value);
    for (const auto& [id, probability] : move.policies[env::kHuman]) lines.push_back(probability);
    last = after;
    return absl::OkStatus();
  }
  std::vector<double> lines;
  env::State last;
};

struct Played {
  std::vector<double> transcript;
  EpisodeFigures figures;
  std::vector<env::Block> blocks;
  friend bool operator==(const Played& a, const Played& b) {
    return a.transcript == b.transcript && ToJson(a.figures) == ToJson(b.figures) &&
           a.blocks == b.blocks;
  }
};

// Episodes 0 to count - 1 of the tiny run; `played` by number.
class CountedStream : public EpisodeStream {
 public:
  explicit CountedStream(int count) : count_(count) {}

  absl::StatusOr<std::unique_ptr<Episode>> Next() override {
    if (next_ == count_) return nullptr;
    std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(next_));
    auto watched = std::make_unique<Watched>(next_++, episode.get());
    episode->AddObserver(&watched->transcript);
    episode->AddObserver(&watched->tally);
    watched_[episode.get()] = std::move(watched);
    return episode;
  }
  absl::Status Finished(std::unique_ptr<Episode> episode) override {
    const Watched& w = *watched_.at(episode.get());
    CHECK(episode->state() == w.transcript.last);
    played[w.number] = {w.transcript.lines, w.tally.figures(), episode->state().blocks};
    return absl::OkStatus();
  }
  absl::StatusOr<bool> Continue() override { return batches_left-- > 0; }

  int batches_left = INT32_MAX;
  std::map<int, Played> played;

 private:
  struct Watched {
    Watched(int n, const Episode* episode) : number(n), tally(episode) {}
    int number;
    Transcript transcript;
    EpisodeTally tally;
  };
  const int count_;
  int next_ = 0;
  std::map<const Episode*, std::unique_ptr<Watched>> watched_;
};

std::map<int, Played> PlayAll(int count, int concurrent, int threads = 1) {
  CountedStream stream(count);
  mcts::TraceEvaluator evaluator;
  const absl::Status status =
      PlayEpisodes(stream, &evaluator, {.concurrent = concurrent, .batch = 2, .threads = threads});
  INFO(status);
  REQUIRE(status.ok());
  REQUIRE(static_cast<int>(stream.played.size()) == count);
  return stream.played;
}

TEST_CASE("An episode follows from its seed, whatever shares its batches and threads") {
  constexpr int kEpisodes = 5;
  const std::map<int, Played> one = PlayAll(kEpisodes, 1);
  CHECK(PlayAll(kEpisodes, 1) == one);
  CHECK(PlayAll(kEpisodes, 3) == one);
  CHECK(PlayAll(kEpisodes, 8) == one);
  CHECK(PlayAll(kEpisodes, 5, /*threads=*/4) == one);
  for (int i = 1; i < kEpisodes; ++i) CHECK_FALSE(one.at(i) == one.at(i - 1));

  // The same house and another seed.
  EpisodeSetup setup = TinySetup(0);
  setup.seed = 12345;
  const std::unique_ptr<Episode> other = TinyEpisode(std::move(setup));
  Transcript transcript;
  other->AddObserver(&transcript);
  PlayToEnd(*other);
  CHECK_FALSE(transcript.lines == one.at(0).transcript);
}

TEST_CASE("What the players built adds up to what stands") {
  for (const auto& [number, episode] : PlayAll(6, 6)) {
    const EpisodeFigures& f = episode.figures;
    CHECK(f.human_percent + f.assistant_percent == Approx(f.goal_percent).margin(1e-9));
    CHECK(f.timesteps <= 60);
    CHECK(f.human_actions > 0);
    CHECK(f.human_actions <= f.timesteps);
    CHECK(f.assistant_wrong <= f.assistant_actions);
  }
}

TEST_CASE("The course of an episode begins with nothing and ends with its figures") {
  for (const auto& [number, episode] : PlayAll(3, 3)) {
    const EpisodeFigures& f = episode.figures;
    REQUIRE(f.goal_percent_course.size() == f.human_actions_course.size());
    // The horizon is 60: a moment every other timestep.
    CHECK(f.goal_percent_course.size() == static_cast<size_t>(f.timesteps / 2 + 1));
    CHECK(f.goal_percent_course.front() == 0);
    CHECK(f.human_actions_course.front() == 0);
    CHECK(std::is_sorted(f.human_actions_course.begin(), f.human_actions_course.end()));
    CHECK(CourseAt(f.human_actions_course, f.human_actions, kCourseParts) == f.human_actions);
    CHECK(CourseAt(f.goal_percent_course, f.goal_percent, kCourseParts + 1) == f.goal_percent);
    CHECK(std::isnan(CourseAt({}, f.goal_percent, 0)));  // As in files of earlier versions.
  }
}

// What a tally has come to after each timestep, and at the start.
class Progress : public EpisodeObserver {
 public:
  explicit Progress(const EpisodeTally* tally) : tally_(tally) { Note(); }
  absl::Status AfterMove(const Move&, const env::State&) override {
    Note();
    return absl::OkStatus();
  }
  std::vector<EpisodeFigures> moments;

 private:
  void Note() { moments.push_back(tally_->figures()); }
  const EpisodeTally* tally_;
};

TEST_CASE("A percent of the goal has cost the human what it had done when it was first reached") {
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(0, /*assisted=*/false));
  EpisodeTally tally(episode.get());
  Progress progress(&tally);
  episode->AddObserver(&tally);
  episode->AddObserver(&progress);
  PlayToEnd(*episode);
  const std::vector<double>& actions = tally.figures().human_actions_to_percent;
  for (int percent = 0; percent <= 101; ++percent) {
    const auto first = std::find_if(
        progress.moments.begin(), progress.moments.end(),
        [&](const EpisodeFigures& moment) { return moment.goal_percent >= percent - 1e-6; });
    INFO(percent);
    REQUIRE((percent < static_cast<int>(actions.size())) == (first != progress.moments.end()));
    if (first != progress.moments.end()) CHECK(actions[percent] == first->human_actions);
  }
  CHECK(actions.size() > 10);
}

TEST_CASE("A timeline holds all work, of which each thread does one piece at a time") {
  CountedStream stream(4);
  mcts::TraceEvaluator evaluator;
  Timeline timeline;
  const Stopwatch watch;
  REQUIRE(PlayEpisodes(stream, &evaluator, {.concurrent = 4, .batch = 1, .threads = 2}, &timeline)
              .ok());
  const double elapsed = watch.Seconds();
  CHECK(timeline.Seconds(Work::kNetwork) > 0);
  CHECK(timeline.Seconds(Work::kGames) > 0);
  CHECK(timeline.Seconds(Work::kNetwork) + timeline.Seconds(Work::kGames) <= 2 * elapsed);
  for (const Timeline::Interval& interval : timeline.intervals()) {
    CHECK(interval.thread < 2);
    CHECK(interval.begin <= interval.end);
  }
}

TEST_CASE("Only as much is played as the stream wants") {
  CountedStream stream(3);
  stream.batches_left = 4;
  mcts::TraceEvaluator evaluator;
  CHECK(PlayEpisodes(stream, &evaluator, {.concurrent = 3}).ok());
  CHECK(stream.played.empty());
}

TEST_CASE("Play ends with the first error") {
  class Broken : public mcts::Evaluator {
    absl::Status Evaluate(absl::Span<const mcts::Position>, absl::Span<mcts::Evaluation>) override {
      return absl::InternalError("out of order");
    }
  } evaluator;
  CountedStream stream(2);
  CHECK(PlayEpisodes(stream, &evaluator, {.concurrent = 2}).message() == "out of order");

  EpisodeSetup setup = TinySetup(0);
  setup.seats[env::kHuman] = *MakePlayerFactory("nobody");
  CHECK_THAT(std::string(Episode::Create(std::move(setup)).status().message()),
             Catch::Contains("nobody"));
}

TEST_CASE("Players that ask for nothing stop between episodes") {
  class Endless : public EpisodeStream {
   public:
    int begun = 0, asked = 0;

    absl::StatusOr<std::unique_ptr<Episode>> Next() override {
      return TinyEpisode(TinySetup(begun++, /*assisted=*/false));
    }
    absl::Status Finished(std::unique_ptr<Episode>) override { return absl::OkStatus(); }
    absl::StatusOr<bool> Continue() override { return ++asked < 3; }
  } stream;
  REQUIRE(PlayEpisodes(stream, nullptr, {.concurrent = 2, .batch = 2}).ok());
  CHECK(stream.asked == 3);
  CHECK(stream.begun <= 8);
}

TEST_CASE("A belief is asked for once a move, and carried out") {
  EpisodeSetup setup = TinySetup(1);
  setup.seats[env::kAssistant] = BeliefPlay{{0.7}};
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  CHECK(episode->asker() == env::kAssistant);
  EpisodeTally tally(episode.get());
  episode->AddObserver(&tally);
  // Believes in the goal, and is certain.
  for (;;) {
    const mcts::Position* const leaf = *episode->NextLeaf();
    if (leaf == nullptr) break;
    CHECK(leaf->player == env::kAssistant);
    CHECK(leaf->valid_actions.empty());
    mcts::Evaluation evaluation;
    const std::vector<env::Block>& goal = leaf->game->goal();
    evaluation.goal_logits.assign(env::kNumBlocks * goal.size(), 0.0f);
    for (size_t i = 0; i < goal.size(); ++i) {
      evaluation.goal_logits[goal[i] * goal.size() + i] = 20;
    }
    REQUIRE(episode->Deliver(evaluation).ok());
  }
  CHECK(episode->num_evaluations() == tally.figures().timesteps);
  CHECK(tally.figures().assistant_actions > 0);
  CHECK(tally.figures().assistant_wrong == 0);
  CHECK(tally.figures().assistant_percent > 20);
}

TEST_CASE("Without an assistant the same builder starts alone") {
  const std::unique_ptr<Episode> alone = TinyEpisode(TinySetup(1, /*assisted=*/false));
  const std::unique_ptr<Episode> assisted = TinyEpisode(TinySetup(1));
  CHECK(alone->game().num_players() == 1);
  CHECK(assisted->game().num_players() == 2);
  CHECK(alone->state().players[env::kHuman].feet == assisted->state().players[env::kHuman].feet);
  CHECK(alone->state().blocks == assisted->state().blocks);

  EpisodeTally tally(alone.get());
  alone->AddObserver(&tally);
  const absl::StatusOr<const mcts::Position*> end = alone->NextLeaf();  // Nothing to evaluate.
  REQUIRE(end.ok());
  CHECK(*end == nullptr);
  CHECK(alone->done());
  CHECK(tally.figures().human_actions > 0);
  CHECK(tally.figures().assistant_actions == 0);
  CHECK(tally.figures().human_percent == Approx(tally.figures().goal_percent));
}

TEST_CASE("An episode has a seat for each player, of whom one may ask for evaluations") {
  const auto error = [](EpisodeSetup setup) {
    return std::string(Episode::Create(std::move(setup)).status().message());
  };
  EpisodeSetup setup = TinySetup(1);
  setup.seats[env::kHuman] = setup.seats[env::kAssistant];
  CHECK(error(setup) == "players 0 and 1 ask for evaluations, expected one at most");
  setup.seats = {BeliefPlay{{0.7}}};
  setup.game.abilities.teleportation = true;
  CHECK_THAT(error(setup), Catch::Contains("teleportation is true, expected false: it walks"));
  setup.seats.clear();
  CHECK_THAT(error(setup), Catch::Contains("0 seats, expected 1 to 2"));
  setup.seats.assign(3, *MakePlayerFactory("noop"));
  CHECK_THAT(error(setup), Catch::Contains("3 seats, expected 1 to 2"));
}

TEST_CASE("Greedy play takes the most visited action of full searches without noise") {
  EpisodeSetup setup = TinySetup(1);
  const SearchPlay searches = EvaluationSearches(TinyConfig(), 6);
  CHECK(searches.full.num_simulations == 6);
  CHECK(searches.full.noise_weight == 0);
  setup.seats[env::kAssistant] = searches;
  class Watch : public EpisodeObserver {
    absl::Status AfterMove(const Move& move, const env::State&) override {
      CHECK(move.full_search);
      CHECK(move.ids[env::kAssistant] == move.search->best_action);
      return absl::OkStatus();
    }
  } watch;
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  episode->AddObserver(&watch);
  PlayToEnd(*episode);
}

TEST_CASE("Play that is not greedy draws from the policy") {
  RunConfig config = TinyConfig();
  config.evaluation.greedy = false;
  EpisodeSetup setup = TinySetup(1);
  setup.seats[env::kAssistant] = EvaluationSearches(config, 6);
  class Watch : public EpisodeObserver {
   public:
    int others = 0;  // Moves other than the best.

   private:
    absl::Status AfterMove(const Move& move, const env::State&) override {
      const mcts::Policy& policy = move.search->policy;
      const int32_t played = move.ids[env::kAssistant];
      CHECK(std::any_of(policy.begin(), policy.end(),
                        [&](const auto& entry) { return entry.first == played; }));
      others += played != move.search->best_action;
      return absl::OkStatus();
    }
  } watch;
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  episode->AddObserver(&watch);
  PlayToEnd(*episode);
  CHECK(watch.others > 0);
}

// A game whose goal is the empty world and `blocks`, its tally, and moves made by hand.
class HandPlay {
 public:
  explicit HandPlay(const std::vector<std::pair<env::Cell, env::Block>>& blocks)
      : episode_(Start(blocks)), tally_(episode_.get()), state_(episode_->state()) {}

  void Play(const env::Action& human, const env::Action& assistant) {
    const std::vector<env::Action> actions = {human, assistant};
    std::vector<int32_t> ids;
    for (const env::Action& a : actions) ids.push_back(episode_->game().actions().Flatten(a));
    const env::StepOutcome outcome = episode_->game().Step(state_, actions);
    REQUIRE(tally_.AfterMove({actions, ids, outcome, {}, nullptr, false}, state_).ok());
  }
  env::Action Edit(env::ActionType type, env::Cell cell, env::Block block = env::kAir) const {
    return {type, episode_->game().size().Index(cell), block};
  }
  const EpisodeFigures& figures() const { return tally_.figures(); }

 private:
  static std::unique_ptr<Episode> Start(
      const std::vector<std::pair<env::Cell, env::Block>>& blocks) {
    EpisodeSetup setup;
    setup.game = TinyConfig().game;
    setup.game.random_start_locations = false;
    setup.goal.blocks = env::EmptyWorld(setup.game.size);
    for (const auto& [cell, block] : blocks) setup.goal.blocks[setup.game.size.Index(cell)] = block;
    setup.seats = {*MakePlayerFactory("noop"), *MakePlayerFactory("noop")};
    return TinyEpisode(std::move(setup));
  }
  std::unique_ptr<Episode> episode_;
  EpisodeTally tally_;
  env::State state_;
};

TEST_CASE("A tally counts as one does by hand") {
  using env::ActionType;
  const env::Cell a = {2, 2, 2}, b = {3, 2, 2}, c = {2, 2, 3}, d = {1, 2, 3};
  HandPlay play({{a, env::kPlanks}, {b, env::kPlanks}, {c, env::kGlass}, {d, env::kGlass}});
  const env::Action noop;

  // Each of the four blocks is 25% of the goal.
  play.Play(play.Edit(ActionType::kPlace, a, env::kPlanks), noop);
  CHECK(play.figures().goal_percent == Approx(25));
  CHECK(play.figures().human_percent == Approx(25));

  // The wrong block where one belongs takes as much away.
  play.Play(noop, play.Edit(ActionType::kPlace, b, env::kStone));
  CHECK(play.figures().assistant_percent == Approx(-25));
  CHECK(play.figures().assistant_wrong == 1);
  CHECK(play.figures().goal_percent == Approx(0).margin(1e-9));

  // Breaking it helps; an action without effect counts as submitted, not as wrong.
  play.Play(play.Edit(ActionType::kPlace, a, env::kPlanks), play.Edit(ActionType::kBreak, b));
  CHECK(play.figures().human_actions == 2);
  CHECK(play.figures().assistant_percent == Approx(0).margin(1e-9));
  play.Play(noop, play.Edit(ActionType::kBreak, b));
  CHECK(play.figures().assistant_actions == 3);
  CHECK(play.figures().assistant_wrong == 1);

  // Moves are no place or break actions. Breaking ground that belongs is wrong.
  play.Play({ActionType::kMovePosY, 0, env::kAir}, play.Edit(ActionType::kPlace, b, env::kPlanks));
  play.Play(noop, play.Edit(ActionType::kBreak, {2, 1, 1}));

  const EpisodeFigures& f = play.figures();
  CHECK(f.timesteps == 6);
  CHECK(f.human_actions == 2);
  CHECK(f.assistant_actions == 5);
  CHECK(f.assistant_wrong == 2);
  CHECK(f.human_percent == Approx(25));
  CHECK(f.assistant_percent == Approx(0).margin(1e-9));
  CHECK(f.goal_percent == Approx(25));
}

TEST_CASE("A goal that stands from the start is built by nobody") {
  HandPlay play({});
  play.Play({}, {});
  CHECK(play.figures().timesteps == 1);
  CHECK(play.figures().goal_percent == 100);
  CHECK(play.figures().human_percent == 0);
  CHECK(play.figures().assistant_percent == 0);
}

TEST_CASE("A recorded episode passes verification, an abandoned one leaves no file") {
  const TempDir dir;
  EpisodeSetup setup = TinySetup(2);
  setup.global_timestep = 300;  // The midst of the assistant's reward schedule.
  const std::string path = dir.path() + "/episode.jsonl.gz";
  setup.trace = path;
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  EpisodeTally tally(episode.get());
  episode->AddObserver(&tally);
  CHECK_FALSE(std::filesystem::exists(path));
  PlayToEnd(*episode);
  const auto report = env::VerifyEpisodes(path);
  INFO(report.status());
  REQUIRE(report.ok());
  CHECK_FALSE(report->first_difference.has_value());
  CHECK(report->episodes == 1);
  CHECK(report->steps == tally.figures().timesteps);

  setup = TinySetup(3);
  setup.trace = dir.path() + "/b.jsonl.gz";
  TinyEpisode(std::move(setup));  // Abandoned at once.
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);

  setup = TinySetup(3);
  setup.trace = dir.path() + "/no/c.jsonl.gz";
  const std::string missing = setup.trace;
  CHECK_THAT(std::string(Episode::Create(std::move(setup)).status().message()),
             Catch::Contains(missing));
}

}  // namespace
}  // namespace hod::engine
