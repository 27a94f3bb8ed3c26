#include "env/humans/statistics.h"

#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "env/humans/make_human_model.h"
#include "tests/humans/episodes.h"

namespace hod::env {
namespace {

double FigureOf(const BehaviourRecorder& recorder, const std::string& name) {
  for (const BehaviourFigure& figure : recorder.Figures()) {
    if (figure.name == name) return figure.value;
  }
  FAIL("no figure \"" << name << "\"");
  return 0;
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
    state_ = game_.Begin(start);
  }

  void Play(BehaviourRecorder& recorder, const std::vector<Action>& actions) {
    recorder.BeginEpisode(game_, state_);
    for (const Action& action : actions) {
      const State before = state_;
      const StepOutcome outcome = game_.Step(state_, {&action, 1});
      recorder.Record(before, action, outcome.players[0].effective_action);
    }
    recorder.EndEpisode(state_);
  }
  int At(Cell c) const { return game_.size().Index(c); }

 private:
  static Game MakeGame() {
    const GameConfig config = ConfigOf({6, 6, 6}, 1);
    std::vector<Block> goal = EmptyWorld(config.size);
    for (int z = 2; z <= 4; ++z) goal[config.size.Index({2, 2, z})] = kStone;
    goal[config.size.Index({2, 3, 2})] = kGlass;
    return Game(config, goal);
  }

  Game game_;
  State state_;
};

TEST_CASE("Figures of a known episode") {
  TinyEpisode episode;
  const auto place = [&](Cell c, Block b) -> Action {
    return {ActionType::kPlace, episode.At(c), b};
  };
  const auto remove = [&](Cell c) -> Action { return {ActionType::kBreak, episode.At(c), kAir}; };
  const Action noop = {}, walk = {ActionType::kMovePosZ};

  BehaviourRecorder recorder(0);
  episode.Play(recorder, {noop, noop, place({2, 2, 2}, kStone), walk, noop,
                          place({2, 2, 3}, kStone), place({1, 2, 3}, kStone), walk, walk, noop,
                          remove({1, 2, 3}), place({2, 3, 2}, kGlass), place({2, 2, 4}, kStone)});
  const auto figure = [&](const std::string& name) { return FigureOf(recorder, name); };
  CHECK(figure("episodes") == 1);
  CHECK(figure("episodes completed, share") == 1);
  CHECK(figure("noop, share of rows") == Approx(4.0 / 13));
  CHECK(figure("place") == Approx(5.0 / 13));
  CHECK(figure("noops before the first action, median") == 2);
  CHECK(figure("actions after no noop, share") == Approx(6.0 / 8));
  CHECK(figure("rows per needed edit") == Approx(13.0 / 4));
  CHECK(figure("own edits per needed edit") == Approx(6.0 / 4));
  CHECK(figure("share of rows to 50% done") == Approx(6.0 / 13));
  CHECK(figure("place errors, share of places") == Approx(1.0 / 5));
  CHECK(figure("own actions to repair, median") == 3);
  CHECK(figure("places in the lowest unfinished layer") == Approx(3.0 / 4));
  CHECK(figure("1 above") == Approx(1.0 / 4));
  CHECK(figure("edits at distance 1 from the last") == Approx(2.0 / 5));
  CHECK(figure("consecutive places of one type") == Approx(2.0 / 3));
  CHECK(figure("run of one type, mean") == Approx(5.0 / 3));
  CHECK(figure("moves between edits, mean") == Approx(3.0 / 5));
  CHECK(figure("2 moves") == Approx(1.0 / 5));
  CHECK(figure("after an adjacent edit: same direction") == 0);
}

TEST_CASE("Without episodes there are no figures, and the table says so") {
  const BehaviourRecorder recorder(0);
  CHECK(std::isnan(FigureOf(recorder, "rows per needed edit")));
  const std::string table = BehaviourTable(recorder.Figures());
  CHECK(absl::StrContains(table, "rows per needed edit"));
  CHECK(absl::StrContains(table, "4.630"));
}

TEST_CASE("Heuristic builders behave like recorded people") {
  BehaviourRecorder recorder(0);
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    auto builder = MakeHumanModel("heuristic", game, 0, seed);
    REQUIRE(builder.ok());
    recorder.BeginEpisode(game, state);
    Play(game, {builder->get()}, state, rng, 20000, [&](const StepRecord& record) {
      recorder.Record(record.before, record.actions[0], record.outcome.players[0].effective_action);
    });
    recorder.EndEpisode(state);
  }
  const auto figure = [&](const std::string& name) { return FigureOf(recorder, name); };
  CHECK(figure("episodes completed, share") == 1);
  CHECK(figure("dug before building, share") == 1);
  // Bands about the figures of people alone; houses differ from theirs.
  CHECK(figure("noop, share of rows") == Approx(0.25).margin(0.08));
  CHECK(figure("rows per needed edit") == Approx(4.2).margin(0.9));
  CHECK(figure("own edits per needed edit") == Approx(1.06).margin(0.05));
  CHECK(figure("place errors, share of places") == Approx(0.03).margin(0.015));
  CHECK(figure("own actions to repair, median") == Approx(2.5).margin(2));
  CHECK(figure("rank correlation of order and y") == Approx(0.84).margin(0.12));
  CHECK(figure("edits at distance 1 from the last") == Approx(0.70).margin(0.1));
  CHECK(figure("consecutive places of one type") == Approx(0.965).margin(0.03));
  CHECK(figure("no move between edits, share") == Approx(0.30).margin(0.1));
  CHECK(figure("moves between edits, mean") == Approx(2.05).margin(0.6));
  CHECK(figure("eye to cell, mean") == Approx(2.37).margin(0.2));
  CHECK(figure("share of rows to 50% done") == Approx(0.49).margin(0.06));
}

}  // namespace
}  // namespace hod::env
