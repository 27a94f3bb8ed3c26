// What an explanation says, against beliefs that are given.
#include "engine/explain/explanation.h"

#include <cmath>

#include "engine/explain/explanation_json.h"
#include "engine/explain/explanation_picture.h"
#include "engine/explain/explanation_text.h"
#include "mcts/run_search.h"
#include "tests/support/catch.h"
#include "tests/support/engine/explained_moments.h"
#include "tests/support/env/pixels.h"

namespace hod::engine {
namespace {

using env::ActionType;

constexpr float kSure = 40;

ExplainedMoment Moment(int step) {
  auto moment = MomentAt(SmallEpisode(), step);
  REQUIRE(moment.ok());
  return *std::move(moment);
}

Explanation ExplainWith(const ExplainedMoment& moment, BeliefEvaluator evaluator,
                        int num_simulations = 200) {
  mcts::SearchOptions options;
  options.num_simulations = num_simulations;
  options.noise_weight = 0;
  const env::Game planning = mcts::PlanningGame(moment.game, options);
  const mcts::Position position = {&planning, &moment.moment.state, moment.assistant};
  mcts::Evaluation root;
  REQUIRE(evaluator.Evaluate({&position, 1}, {&root, 1}).ok());
  mcts::Search search;
  search.Start(options, &planning, moment.moment.state, moment.assistant, Rng(1));
  REQUIRE(mcts::RunSearch(search, evaluator, {}).ok());
  return Explain(moment, search, root, absl::Milliseconds(5));
}

BeliefEvaluator Knowing(const ExplainedMoment& moment) { return {moment.game.goal(), kSure}; }
BeliefEvaluator Ignorant(const ExplainedMoment& moment) { return {moment.game.goal(), 0}; }

const ActionEstimate* Find(const Explanation& e, const env::Action& action) {
  for (const ActionEstimate& a : e.actions) {
    if (a.action == action) return &a;
  }
  return nullptr;
}

TEST_CASE("Moments: the players, what was played before and next, and what is refused") {
  const ExplainedMoment first = Moment(0);
  CHECK(first.human == 0);
  CHECK(first.assistant == 1);
  CHECK(first.moment.moves.empty());
  CHECK(first.played[0]->type == ActionType::kPlace);
  CHECK(first.played[1]->type == ActionType::kMovePosX);
  const ExplainedMoment last = Moment(2);
  CHECK(last.moment.state.timestep == 2);
  CHECK(last.moment.moves.size() == 2);
  CHECK_FALSE(last.played[0]);

  for (const int step : {-1, 3}) {
    CHECK(MomentAt(SmallEpisode(), step).status().message() ==
          "step: expected 0 to 2, got " + std::to_string(step));
  }
  env::RecordedEpisode seen_by_one = SmallEpisode();
  seen_by_one.viewer = 1;
  CHECK_FALSE(MomentAt(seen_by_one, 0)->played[0]);
  CHECK(MomentAt(seen_by_one, 0)->played[1]);

  env::GameConfig config = SmallAssistedGame().config();
  for (const bool both_see : {true, false}) {
    config.players[0].goal_visible = config.players[1].goal_visible = both_see;
    CHECK_FALSE(MomentAt(SmallEpisode(env::Game(config, SmallAssistedGame().goal())), 0).ok());
  }
}

TEST_CASE("Who knows the goal is certain, right, and knows what is missing") {
  const ExplainedMoment moment = Moment(1);  // Planks stand where none belong.
  const Explanation e = ExplainWith(moment, Knowing(moment));
  CHECK(e.goal.likely == moment.game.goal());
  CHECK(e.goal.total_entropy == Approx(0).margin(1e-6));
  CHECK(e.goal.num_uncertain == 5 * 6 * 6);
  CHECK(e.goal.likely_marks.missing == 2);
  CHECK(e.goal.likely_marks.wrong == 2);  // The planks, and dirt where stone belongs.
  CHECK(e.goal.expected_missing == Approx(2));
  CHECK(e.goal.expected_wrong == Approx(2));
  CHECK(e.goal.expected_share == Approx(moment.game.GoalPercentage(moment.moment.state, 0)));
  CHECK(e.accuracy.right == 1);
  CHECK(e.accuracy.recall == 1);
  CHECK(e.accuracy.precision == 1);
  CHECK(e.accuracy.surprise == Approx(0).margin(1e-6));
}

TEST_CASE("Who knows nothing has the most entropy wherever something may stand") {
  const ExplainedMoment moment = Moment(0);
  const Explanation e = ExplainWith(moment, Ignorant(moment));
  CHECK(e.goal.total_entropy == Approx(180 * std::log2(10)));
  CHECK(e.accuracy.surprise == Approx(std::log2(10)));
  const env::WorldSize& size = moment.game.size();
  CHECK(e.goal.entropy[size.Index({3, 0, 3})] == 0);
  CHECK(e.goal.posterior[size.Index({3, 0, 3})][env::kBedrock] == 1);
  CHECK(e.goal.posterior[size.Index({3, 1, 3})][env::kGlass] == Approx(0.1));
  for (const int location : e.goal.by_entropy) CHECK(size.At(location).y > 0);
}

TEST_CASE("A belief in another house is wrong about what differs") {
  const ExplainedMoment moment = Moment(0);
  std::vector<env::Block> house = moment.game.goal();
  house[moment.game.size().Index({2, 3, 2})] = env::kWool;  // Glass, truly.
  house[moment.game.size().Index({4, 4, 4})] = env::kWool;  // Nothing.
  const Explanation e = ExplainWith(moment, BeliefEvaluator(house, kSure));
  CHECK(e.accuracy.right == Approx(178.0 / 180));
  CHECK(e.accuracy.recall == Approx(2.0 / 3));
  CHECK(e.accuracy.precision == Approx(2.0 / 4));
}

TEST_CASE("In a finished world no change is to be found or proposed") {
  ExplainedMoment moment = Moment(0);
  moment.moment.state.blocks = moment.game.goal();
  const Explanation e = ExplainWith(moment, Knowing(moment));
  CHECK(std::isnan(e.accuracy.recall));
  CHECK(std::isnan(e.accuracy.precision));
  CHECK(e.goal.expected_share == Approx(1));
}

TEST_CASE("The human's next action has its rank, or was not expected") {
  const ExplainedMoment moment = Moment(1);
  const Explanation e = ExplainWith(moment, Knowing(moment));
  REQUIRE(e.human.actions.size() == 3);
  CHECK(e.human.actions[0].action.type == ActionType::kNoop);
  CHECK(e.human.actions[0].probability == 0.5);
  CHECK(e.human.types[static_cast<int>(ActionType::kPlace)] == 0.5);
  CHECK(e.human.entropy == Approx(0.5 + 0.375 * std::log2(8.0 / 3) + 0.125 * 3));
  CHECK(e.human.played_rank == 2);
  CHECK(e.human.played->probability == 0.375);

  const HumanExpectation unexpected = ExplainWith(Moment(0), Knowing(moment)).human;
  CHECK(unexpected.played->action.type == ActionType::kPlace);
  CHECK_FALSE(unexpected.played_rank);
  CHECK(unexpected.played->probability == 0);
  CHECK_FALSE(ExplainWith(Moment(2), Knowing(moment)).human.played);
}

TEST_CASE("Actions carry the search's statistics and what they promise") {
  const ExplainedMoment moment = Moment(0);
  const Explanation e = ExplainWith(moment, Knowing(moment));
  const env::WorldSize& size = moment.game.size();
  CHECK(e.simulations == 200);
  CHECK(e.network_value == 1);
  int visits = 0, chosen = 0;
  double prior = 0, policy = 0, values = e.network_value;
  for (const ActionEstimate& a : e.actions) {
    visits += a.visits;
    prior += a.prior;
    policy += a.policy;
    chosen += a.chosen;
    if (a.visits > 0) values += a.visits * a.value;
    CHECK(std::isnan(a.value) == (a.visits == 0));
    CHECK(std::isnan(a.mean_reward) == (a.visits == 0));
  }
  CHECK(visits == 199);
  CHECK(prior == Approx(1));
  CHECK(policy == Approx(1));
  CHECK(chosen == 1);
  CHECK(e.root_value == Approx(values / 200));
  for (size_t i = 1; i < e.actions.size(); ++i) {
    CHECK(e.actions[i - 1].visits >= e.actions[i].visits);
  }
  CHECK(Find(e, *moment.played[1])->played);
  const ActionEstimate* right = Find(e, {ActionType::kPlace, size.Index({2, 2, 2}), env::kPlanks});
  const ActionEstimate* wrong = Find(e, {ActionType::kPlace, size.Index({4, 2, 2}), env::kPlanks});
  REQUIRE(right != nullptr);
  REQUIRE(wrong != nullptr);
  CHECK(right->expected_reward == Approx(1));
  CHECK(wrong->expected_reward == Approx(-1));
}

TEST_CASE("The principal variation starts with the choice and follows the visits") {
  const ExplainedMoment moment = Moment(0);
  const Explanation e = ExplainWith(moment, Knowing(moment), 2000);
  REQUIRE(e.principal_variation.size() >= 2);
  const ExpectedTurn& first = e.principal_variation.front();
  const ActionEstimate* chosen = Find(e, first.assistant);
  CHECK(chosen->chosen);
  CHECK(chosen->visits == first.visits);
  CHECK(chosen->value == Approx(first.value));
  CHECK(first.human_probability == 0.5);
  for (size_t i = 1; i < e.principal_variation.size(); ++i) {
    CHECK(e.principal_variation[i].visits < e.principal_variation[i - 1].visits);
    CHECK(e.principal_variation[i].visits > 0);
  }
}

TEST_CASE("Without simulations below the root there is the prior alone") {
  const ExplainedMoment moment = Moment(0);
  const Explanation e = ExplainWith(moment, Knowing(moment), 1);
  CHECK(e.principal_variation.empty());
  CHECK(e.root_value == 1);
  CHECK(e.actions.front().visits == 0);
  const nlohmann::json json = ToJson(moment, e, 3);
  CHECK(json["actions"][0]["value"].is_null());
  CHECK(json["principal_variation"].empty());
}

TEST_CASE("Shown are the first, those that count, and what was chosen or played") {
  Explanation e;
  e.actions.resize(5);
  e.actions[0].visits = 3;
  e.actions[1].prior = 0.0001;
  e.actions[2].prior = 0.4;
  e.actions[3].prior = 0.3;
  e.actions[4].played = true;
  const std::vector<ActionEstimate> shown = ShownActions(e, 3);
  REQUIRE(shown.size() == 3);
  CHECK(shown[0].visits == 3);
  CHECK(shown[1].prior == 0.4);
  CHECK(shown[2].played);
}

TEST_CASE("The text names the belief, the human's choice, actions and plan") {
  const ExplainedMoment moment = Moment(1);
  const std::string text = ExplanationText(moment, ExplainWith(moment, Knowing(moment)), 1, {});
  CHECK_THAT(text, Catch::StartsWith("step 1, ") &&
                       Catch::Contains("likely house (above): missing 2, wrong 2\n") &&
                       Catch::Contains("right about 100.0% of the voxels") &&
                       Catch::Contains("50.0%  waits\n") &&
                       Catch::Contains("   2   37.5%  places planks at 2,2,2  <- played\n") &&
                       Catch::Contains("200 simulations in 5.0 ms") &&
                       Catch::Contains("principal variation:\n   1  assistant "));
  // The world is held against the likely house: planks at (2,2,2) small, those beside it wrong.
  CHECK_THAT(text, Catch::Contains(" p") && Catch::Contains("!P"));
  const ExplainedMoment first = Moment(0);
  CHECK_THAT(ExplanationText(first, ExplainWith(first, Knowing(first)), 1, {}),
             Catch::Contains("   -       -  places planks at 2,2,3  <- played\n"));
}

TEST_CASE("JSON holds every voxel, and lists as long as asked for") {
  const ExplainedMoment moment = Moment(1);
  const nlohmann::json json = ToJson(moment, ExplainWith(moment, Knowing(moment)), 2);
  CHECK(json["step"] == 1);
  CHECK(json["goal"]["likely"] == moment.game.goal());
  CHECK(json["goal"]["entropy"].size() == 216);
  CHECK(json["goal"]["most_uncertain"].size() == 2);
  CHECK(json["goal"]["accuracy"]["recall"] == 1.0);
  CHECK(json["human"]["actions"].size() == 2);
  CHECK(json["human"]["played"]["rank"] == 2);
  CHECK(json["human"]["played"]["cell"] == nlohmann::json({2, 2, 2}));
  CHECK(json["human"]["played"]["block"] == "planks");
  CHECK(json["simulations"] == 200);
  CHECK(json["milliseconds"] == 5.0);
  const nlohmann::json last = ToJson(Moment(2), ExplainWith(Moment(2), Knowing(moment)), 2);
  CHECK(last["human"]["played"].is_null());
}

TEST_CASE("The picture shows the belief: surer is more opaque and less violet") {
  const ExplainedMoment moment = Moment(0);
  const auto draw = [&](float sureness) {
    return DrawExplanation(moment,
                           ExplainWith(moment, BeliefEvaluator(moment.game.goal(), sureness)), 4);
  };
  const env::Canvas sure = draw(kSure), unsure = draw(0);
  const auto violet = [](const env::Canvas& canvas) {
    return env::CountPixels(canvas, [](int r, int g, int b) { return b > g + 40 && r > g + 30; });
  };
  CHECK(violet(unsure) > 20000);
  CHECK(violet(sure) < violet(unsure) / 10);
}

}  // namespace
}  // namespace hod::engine
