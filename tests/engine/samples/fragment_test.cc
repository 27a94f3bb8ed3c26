#include "engine/samples/fragment.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

using Catch::Contains;

void RequireClose(const env::ActionDistribution& got, const env::ActionDistribution& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (size_t i = 0; i < got.size(); ++i) {
    REQUIRE(got[i].first == wanted[i].first);
    REQUIRE(std::abs(got[i].second - wanted[i].second) < 1.01 / 65535);
  }
}

std::string ErrorOf(const absl::Status& status) {
  REQUIRE_FALSE(status.ok());
  return std::string(status.message());
}

TEST_CASE("A fragment comes back from its bytes, probabilities within 1/65535") {
  for (const env::GameConfig& config :
       {env::GameConfig{}, SmallConfig(), FiniteBlocksConfig(), TeleportConfig()}) {
    for (const Fragment& fragment : PlayRandomly(config, 1, 100).fragments) {
      const auto bytes = SerializeFragment(config, fragment);
      REQUIRE(bytes.ok());
      const auto parsed = ParseFragment(config, *bytes);
      REQUIRE(parsed.ok());
      REQUIRE(parsed->episode == fragment.episode);
      REQUIRE(parsed->checkpoint_step == fragment.checkpoint_step);
      REQUIRE(parsed->global_timestep == fragment.global_timestep);
      REQUIRE(parsed->assistant == fragment.assistant);
      REQUIRE(parsed->human == fragment.human);
      REQUIRE(parsed->goal == fragment.goal);
      REQUIRE(parsed->start == fragment.start);
      REQUIRE(parsed->ended == fragment.ended);
      REQUIRE(parsed->bootstrap_value == fragment.bootstrap_value);
      REQUIRE(parsed->steps.size() == fragment.steps.size());
      for (size_t t = 0; t < fragment.steps.size(); ++t) {
        REQUIRE(parsed->steps[t].actions == fragment.steps[t].actions);
        REQUIRE(parsed->steps[t].reward == fragment.steps[t].reward);
        REQUIRE(parsed->steps[t].root_value == fragment.steps[t].root_value);
        RequireClose(parsed->steps[t].search_policy, fragment.steps[t].search_policy);
        RequireClose(parsed->steps[t].human_policy, fragment.steps[t].human_policy);
      }
      REQUIRE(SerializeFragment(config, *parsed).value() == *bytes);
    }
  }
}

TEST_CASE("Replaying a fragment gives the states that were played") {
  for (const env::GameConfig& config : {SmallConfig(), FiniteBlocksConfig(), TeleportConfig()}) {
    const Play play = PlayRandomly(config, 2, 80, 32);
    size_t t = 0;
    for (const Fragment& fragment : play.fragments) {
      const auto parsed = ParseFragment(config, SerializeFragment(config, fragment).value());
      REQUIRE(parsed.ok());
      const env::Game game = GameOf(config, *parsed);
      for (size_t i = 0; i < parsed->steps.size(); ++i) {
        REQUIRE(StateAt(game, *parsed, static_cast<int>(i)) == play.states[t++]);
      }
      REQUIRE(StateAt(game, *parsed, static_cast<int>(parsed->steps.size())) == play.states[t]);
    }
  }
}

TEST_CASE("A fragment truncated anywhere is refused") {
  const env::GameConfig config = FiniteBlocksConfig();
  const std::string bytes =
      SerializeFragment(config, PlayRandomly(config, 3, 12).fragments[0]).value();
  for (size_t length = 0; length < bytes.size(); ++length) {
    REQUIRE_THAT(ErrorOf(ParseFragment(config, bytes.substr(0, length)).status()),
                 Contains("at offset "));
  }
  REQUIRE_THAT(ErrorOf(ParseFragment(config, bytes + '\0').status()), Contains("too many"));
}

TEST_CASE("A damaged fragment is refused, or is another fragment with one serialisation") {
  const env::GameConfig config = SmallConfig();
  const std::string bytes =
      SerializeFragment(config, PlayRandomly(config, 4, 12).fragments[0]).value();
  Rng rng(5);
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = bytes;
    for (int flips = rng.Between(1, 3); flips > 0; --flips) {
      damaged[rng.Below(static_cast<int>(bytes.size()))] ^=
          static_cast<char>(rng.Chance(0.5) ? 1 << rng.Below(8) : rng.Between(1, 255));
    }
    const auto parsed = ParseFragment(config, damaged);
    if (!parsed.ok()) {
      ++refused;
      continue;
    }
    REQUIRE(SerializeFragment(config, *parsed).value() == damaged);
    const env::Game game = GameOf(config, *parsed);
    StateAt(game, *parsed, static_cast<int>(parsed->steps.size()));
  }
  REQUIRE(refused > 10000);
}

TEST_CASE("Random bytes are no fragment") {
  Rng rng(6);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(rng.Below(3000), '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.Below(i % 2 ? 256 : 4));
    if (!bytes.empty()) bytes[0] = 1;
    REQUIRE_FALSE(ParseFragment(SmallConfig(), bytes).ok());
  }
}

TEST_CASE("A fragment that could not be read back is not written") {
  const env::GameConfig config = SmallConfig();
  const Fragment good = PlayRandomly(config, 7, 5).fragments[0];
  const auto error = [&](auto change) {
    Fragment bad = good;
    change(bad);
    return ErrorOf(SerializeFragment(config, bad).status());
  };
  CHECK_THAT(error([](Fragment& f) { f.goal.pop_back(); }), Contains("goal has length"));
  CHECK_THAT(error([](Fragment& f) { f.steps[1].actions.pop_back(); }), Contains("steps.actions"));
  CHECK_THAT(error([](Fragment& f) { f.steps[1].actions[0] = 1 << 20; }), Contains("action is"));
  CHECK_THAT(error([](Fragment& f) { f.steps[1].actions[0] = -1; }), Contains("action is"));
  CHECK_THAT(error([](Fragment& f) { f.steps.clear(); }), Contains("number of steps"));
  CHECK_THAT(error([](Fragment& f) { f.assistant = 2; }), Contains("assistant is 2"));
  CHECK_THAT(error([](Fragment& f) { f.goal[3] = 10; }), Contains("goal holds block 10"));
  CHECK_THAT(error([](Fragment& f) { f.start.timestep = 1499; }), Contains("number of steps"));
  CHECK_THAT(error([](Fragment& f) { f.start.players[0].feet.x = 7; }), Contains("feet x is 7"));
  CHECK_THAT(error([](Fragment& f) { f.start.interacted_at[0] = 2; }), Contains("interacted_at"));
  CHECK_THAT(error([](Fragment& f) { f.bootstrap_value = 1; }), Contains("bootstrap_value"));
  CHECK_THAT(error([](Fragment& f) { f.steps[0].reward = NAN; }), Contains("reward"));
  CHECK_THAT(error([](Fragment& f) {
               f.steps[0].human_policy = {{3, 0.5f}};
             }),
             Contains("human_policy sums to 0.5"));
  CHECK_THAT(error([](Fragment& f) {
               f.steps[0].human_policy = {{3, NAN}};
             }),
             Contains("human_policy sums to"));
  CHECK_THAT(error([](Fragment& f) {
               f.steps[0].human_policy = {{3, 0.5f}, {2, 0.5f}};
             }),
             Contains("human policy"));
  CHECK_THAT(error([](Fragment& f) {
               f.steps[0].search_policy = {{1, 1.5f}, {2, -0.5f}};
             }),
             Contains("search policy"));
}

TEST_CASE("Distributions stay normalised however many entries they have") {
  const env::GameConfig config;
  const int num_actions = env::ActionSpace(config).num_actions();
  Fragment fragment = PlayRandomly(config, 8, 2).fragments[0];
  env::ActionDistribution& uniform = fragment.steps[0].human_policy;
  uniform.clear();
  for (int id = 0; id < num_actions; ++id) uniform.emplace_back(id, 1.0f / num_actions);
  fragment.steps[1].human_policy = {{0, 1e-7f}, {5, 1.0f - 1e-7f}};
  const auto bytes = SerializeFragment(config, fragment);
  REQUIRE(bytes.ok());
  const auto parsed = ParseFragment(config, *bytes);
  REQUIRE(parsed.ok());
  RequireClose(parsed->steps[0].human_policy, uniform);
  double total = 0;
  for (const auto& [id, probability] : parsed->steps[0].human_policy) total += probability;
  REQUIRE(total == Approx(1.0).epsilon(1e-6));
  REQUIRE(parsed->steps[1].human_policy == env::ActionDistribution{{5, 1.0f}});
}

}  // namespace
}  // namespace hod::engine
