// Evaluations that a search refuses.
#include <functional>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

TEST_CASE("bad evaluations are errors that say what is wrong") {
  const SearchOptions options;
  const env::Game game = TinyGame(options);
  const env::State state = Start(game);
  const auto error = [&](const std::function<void(Evaluation&)>& damage) {
    ConstantEvaluator evaluator([&](const Position&, Evaluation& e) { damage(e); });
    Search search;
    search.Start(options, &game, state, 0, Rng(1));
    return std::string(Run(search, evaluator).message());
  };
  const auto check = [&](const char* field, const std::function<void(Evaluation&)>& damage) {
    CHECK_THAT(error(damage), Catch::Contains(field));
  };
  CHECK(error([](Evaluation&) {}) == "");
  check("policy has", [](Evaluation& e) { e.policy.pop_back(); });
  check("policy has", [](Evaluation& e) { e.policy.clear(); });
  check("goal_logits has", [](Evaluation& e) { e.goal_logits.resize(64); });
  check("value", [](Evaluation& e) { e.value = kNan; });
  check("value", [](Evaluation& e) { e.value = kInf; });
  check("goal_logits", [](Evaluation& e) { e.goal_logits.assign(e.goal_logits.size(), kNan); });
  check("goal_logits", [](Evaluation& e) { e.goal_logits.assign(e.goal_logits.size(), -kInf); });
  check("human_policy sums", [](Evaluation& e) { e.human_policy.clear(); });
  check("human_policy sums", [](Evaluation& e) {
    for (LikelyAction& action : e.human_policy) action.probability = 0;
  });
  check("human_policy of", [](Evaluation& e) { e.human_policy[3].probability = kNan; });
  check("human_policy of", [](Evaluation& e) { e.human_policy[3].probability = -0.5f; });
  check("human_policy has", [](Evaluation& e) { e.human_policy[3].id = -1; });
  check("human_policy has", [](Evaluation& e) { e.human_policy[3].id = e.human_policy[2].id; });
  check("human_policy has", [&](Evaluation& e) {
    e.human_policy.push_back({game.actions().num_actions(), 0.1f});
  });
  check("policy has an entry", [](Evaluation& e) { e.policy.back() = kNan; });
  check("policy has an entry", [](Evaluation& e) { e.policy.back() = kInf; });
  check("policy has an entry", [](Evaluation& e) { e.policy.front() = -0.1f; });
  check("no mass", [](Evaluation& e) { e.policy.assign(e.policy.size(), 0.0f); });
}

}  // namespace
}  // namespace hod::mcts
