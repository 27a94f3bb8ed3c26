#include "engine/behaviour/episode_behaviour.h"

#include <algorithm>
#include <cmath>

#include "env/players/make_player.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::engine {
namespace {

using namespace env;

double FigureOf(const std::vector<EpisodeBehaviour>& episodes, absl::string_view key) {
  const std::optional<size_t> index = FindFigure(episodes.front(), key);
  INFO(key);
  REQUIRE(index.has_value());
  return PooledFigure(episodes, *index).Value();
}

// Plays `actions` in a 6 x 6 x 6 world in which the goal is a row of stones on the ground with a
// glass block on top of the first.
class TinyEpisode {
 public:
  TinyEpisode() : game_(MakeGame()) {
    State start;
    start.blocks = EmptyWorld(game_.size());
    start.players.resize(1);
    start.players[0].feet = {1, 2, 1};
    start_ = game_.Begin(start);
  }

  EpisodeBehaviour Play(const std::vector<Action>& actions) const {
    State state = start_;
    BehaviourRecorder recorder(0, &game_, state);
    for (const Action& action : actions) {
      const State before = state;
      const StepOutcome outcome = game_.Step(state, {&action, 1});
      recorder.Record(before, action, outcome.players[0].effective_action);
    }
    return recorder.Finish(state);
  }
  Action Place(Cell c, Block b) const { return {ActionType::kPlace, At(c), b}; }
  Action Break(Cell c) const { return {ActionType::kBreak, At(c), kAir}; }
  int At(Cell c) const { return game_.size().Index(c); }
  const Game& game() const { return game_; }
  const State& start() const { return start_; }

 private:
  static Game MakeGame() {
    const GameConfig config = ConfigOf({6, 6, 6}, 1);
    std::vector<Block> goal = EmptyWorld(config.size);
    for (int z = 2; z <= 4; ++z) goal[config.size.Index({2, 2, z})] = kStone;
    goal[config.size.Index({2, 3, 2})] = kGlass;
    return Game(config, goal);
  }

  Game game_;
  State start_;
};

// Everything at once: errors, pauses, moves, the whole house.
std::vector<Action> WholeHouse(const TinyEpisode& episode) {
  const Action noop = {}, walk = {ActionType::kMovePosZ};
  return {noop,
          noop,
          episode.Place({2, 2, 2}, kStone),
          walk,
          noop,
          episode.Place({2, 2, 3}, kStone),
          episode.Place({1, 2, 3}, kStone),
          walk,
          walk,
          noop,
          episode.Break({1, 2, 3}),
          episode.Place({2, 3, 2}, kGlass),
          episode.Place({2, 2, 4}, kStone)};
}

TEST_CASE("Figures of a known episode") {
  const TinyEpisode episode;
  const EpisodeBehaviour built = episode.Play(WholeHouse(episode));
  CHECK(built.rows == 13);
  CHECK(built.needed_edits == 4);
  CHECK(built.completed);
  CHECK(built.progress ==
        std::vector<double>{0, 0, 0, 0.25, 0.25, 0.25, 0.5, 0.25, 0.25, 0.25, 0.25, 0.5, 0.75, 1});
  const auto figure = [&](const char* key) { return FigureOf({built}, key); };
  CHECK(figure("goal_percent") == 100);
  CHECK(figure("completed") == 1);
  CHECK(figure("noop_rows") == Approx(4.0 / 13));
  CHECK(figure("place_rows") == Approx(5.0 / 13));
  CHECK(figure("first_noops_median") == 2);
  CHECK(figure("after_0_noops") == Approx(6.0 / 8));
  CHECK(figure("rows_per_needed_edit") == Approx(13.0 / 4));
  CHECK(figure("edits_per_needed_edit") == Approx(6.0 / 4));
  CHECK(figure("rows_to_50_percent") == Approx(6.0 / 13));
  CHECK(figure("place_errors") == Approx(1.0 / 5));
  CHECK(figure("repair_median") == 3);
  CHECK(figure("layers_above_0") == Approx(3.0 / 4));
  CHECK(figure("layers_above_1") == Approx(1.0 / 4));
  CHECK(figure("edit_distance_1") == Approx(2.0 / 5));
  CHECK(figure("same_type") == Approx(2.0 / 3));
  CHECK(figure("adjacent") == Approx(2.0 / 3));
  CHECK(figure("onward_adjacent") == 0.5);
  CHECK(figure("onward_jump") == 0.5);
  CHECK(figure("type_run_mean") == Approx(5.0 / 3));
  CHECK(figure("moves_between_mean") == Approx(3.0 / 5));
  CHECK(figure("moves_between_2") == Approx(1.0 / 5));
}

TEST_CASE("Figures over episodes pool their samples, each episode as often as asked") {
  const TinyEpisode episode;
  const EpisodeBehaviour whole = episode.Play(WholeHouse(episode));
  // Half of the house, after a longer wait.
  const EpisodeBehaviour half = episode.Play(
      {{}, {}, {}, {}, episode.Place({2, 2, 2}, kStone), episode.Place({2, 2, 3}, kStone)});
  const std::vector<EpisodeBehaviour> both = {whole, half};
  const auto value = [&](const char* key, std::vector<int> times) {
    return PooledFigure(both, *FindFigure(whole, key)).Value(times);
  };
  CHECK(FigureOf(both, "goal_percent") == 75);
  CHECK(FigureOf(both, "completed") == 0.5);
  CHECK(FigureOf(both, "noop_rows") == Approx(8.0 / 19));
  CHECK(FigureOf(both, "edits_per_needed_edit") == Approx(8.0 / 8));
  CHECK(FigureOf(both, "first_noops_median") == 3);
  CHECK(value("noop_rows", {2, 1}) == Approx(12.0 / 32));
  CHECK(value("noop_rows", {0, 1}) == Approx(4.0 / 6));
  CHECK(value("first_noops_median", {2, 1}) == 2);
  CHECK(value("first_noops_median", {0, 3}) == 4);
  CHECK(std::isnan(value("noop_rows", {0, 0})));
  CHECK(std::isnan(value("first_noops_median", {0, 0})));
  // Only the whole house has a repair: it alone is measured, unless it is left out.
  CHECK(FigureOf(both, "repair_median") == 3);
  CHECK(std::isnan(value("repair_median", {0, 2})));
}

TEST_CASE("Quantiles of pooled samples are those of all samples sorted") {
  Rng rng(1);
  for (int round = 0; round < 200; ++round) {
    const double q = rng.Uniform();
    std::vector<EpisodeBehaviour> episodes(1 + rng.Below(4));
    std::vector<int> times;
    std::vector<double> all;
    for (EpisodeBehaviour& episode : episodes) {
      times.push_back(rng.Below(4));
      FigurePart part = {.quantile = q};
      for (int i = rng.Below(6); i > 0; --i) part.samples.push_back(rng.Below(10));
      for (int i = 0; i < times.back(); ++i) {
        all.insert(all.end(), part.samples.begin(), part.samples.end());
      }
      episode.figures.push_back({"key", "title", std::move(part), {}, {}});
    }
    const double value = PooledFigure(episodes, 0).Value(times);
    if (all.empty()) {
      CHECK(std::isnan(value));
      continue;
    }
    std::sort(all.begin(), all.end());
    const double at = q * static_cast<double>(all.size() - 1);
    const size_t below = static_cast<size_t>(at), above = std::min(below + 1, all.size() - 1);
    CHECK(value ==
          Approx(all[below] + (at - static_cast<double>(below)) * (all[above] - all[below])));
  }
}

TEST_CASE("Edits that the world shows before their row are neither right nor wrong") {
  const TinyEpisode episode;
  State seen = episode.start();
  const Action place = episode.Place({2, 2, 2}, kStone), wrong = episode.Place({4, 2, 4}, kLog);
  const Action remove = episode.Break({4, 2, 4});
  BehaviourRecorder recorder(0, &episode.game(), seen);
  seen.blocks[place.location] = kStone;
  seen.blocks[wrong.location] = kLog;
  seen = episode.game().Begin(seen);
  recorder.Record(seen, place, place);
  recorder.Record(seen, wrong, wrong);
  seen.blocks[wrong.location] = kAir;
  seen = episode.game().Begin(seen);
  recorder.Record(seen, remove, remove);
  const EpisodeBehaviour built = recorder.Finish(seen);
  CHECK(FigureOf({built}, "edits_per_needed_edit") == Approx(3.0 / 4));
  CHECK(std::isnan(FigureOf({built}, "place_errors")));
  CHECK(std::isnan(FigureOf({built}, "right_block_breaks")));
  CHECK(FigureOf({built}, "goal_percent") == 25);
}

TEST_CASE("An episode without rows measures nothing, and one without need is complete") {
  const TinyEpisode episode;
  const EpisodeBehaviour none = episode.Play({});
  CHECK(none.progress == std::vector<double>{0});
  CHECK(std::isnan(FigureOf({none}, "noop_rows")));
  CHECK(std::isnan(FigureOf({none}, "order_y_correlation")));
  CHECK(FigureOf({none}, "goal_percent") == 0);

  const GameConfig config = ConfigOf({6, 6, 6}, 1);
  const Game built(config, EmptyWorld(config.size));
  Rng rng(1);
  const State state = built.Reset(rng);
  BehaviourRecorder recorder(0, &built, state);
  const EpisodeBehaviour complete = recorder.Finish(state);
  CHECK(FigureOf({complete}, "goal_percent") == 100);
  CHECK(complete.completed);
}

TEST_CASE("Heuristic builders behave like recorded people") {
  std::vector<EpisodeBehaviour> episodes;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    auto builder = MakePlayer("heuristic", game, 0, seed);
    REQUIRE(builder.ok());
    BehaviourRecorder recorder(0, &game, state);
    Play(game, {builder->get()}, state, rng, 20000, [&](const StepRecord& record) {
      recorder.Record(record.before, record.actions[0], record.outcome.players[0].effective_action);
    });
    episodes.push_back(recorder.Finish(state));
  }
  const auto figure = [&](const char* key) { return FigureOf(episodes, key); };
  CHECK(figure("completed") == 1);
  CHECK(figure("dug_first") == 1);
  // Bands about the figures of people alone; houses differ from theirs.
  CHECK(figure("noop_rows") == Approx(0.25).margin(0.08));
  CHECK(figure("rows_per_needed_edit") == Approx(4.2).margin(0.9));
  CHECK(figure("edits_per_needed_edit") == Approx(1.06).margin(0.05));
  CHECK(figure("place_errors") == Approx(0.03).margin(0.015));
  CHECK(figure("repair_median") == Approx(2.5).margin(2));
  CHECK(figure("order_y_correlation") == Approx(0.84).margin(0.12));
  CHECK(figure("edit_distance_1") == Approx(0.70).margin(0.1));
  CHECK(figure("same_type") == Approx(0.965).margin(0.03));
  CHECK(figure("moves_between_0") == Approx(0.30).margin(0.1));
  CHECK(figure("moves_between_mean") == Approx(2.05).margin(0.6));
  CHECK(figure("eye_mean") == Approx(2.37).margin(0.2));
  CHECK(figure("rows_to_50_percent") == Approx(0.49).margin(0.06));
}

}  // namespace
}  // namespace hod::engine
