#include "engine/audit/world_sign.h"
#include "env/game/game.h"
#include "tests/engine/audit/tiny_audit.h"

namespace hod::engine {
namespace {

TEST_CASE("The audits that are shipped are read") {
  for (const char* name : {"eras", "habits", "sign", "smoke"}) {
    const auto audit = LoadAudit(SourceDir() + "/configs/audits/" + name + ".toml");
    INFO(audit.status());
    CHECK(audit.ok());
  }
}

TEST_CASE("Shipped audits keep to what the docs say of them") {
  const auto sign = LoadAudit(SourceDir() + "/configs/audits/sign.toml");
  REQUIRE(sign.ok());
  for (const Arm& arm : sign->arms) {
    CHECK(std::count(arm.signs.begin(), arm.signs.end(), 84) == 0);
    CHECK(arm.harmless);
  }
  const auto habits = LoadAudit(SourceDir() + "/configs/audits/habits.toml");
  REQUIRE(habits.ok());
  const env::AssistantHabits& breaker = PersonaCalled(*habits, "breaker").assistant;
  const auto shared = [&](auto same) {
    return std::any_of(habits->personas.begin(), habits->personas.end(), [&](const Persona& p) {
      return p.weight > 0 && p.assistant.harm == 0 && same(p.assistant);
    });
  };
  CHECK(breaker.harm > 0);
  CHECK(shared([&](const auto& other) { return other.order == breaker.order; }));
  CHECK(shared([&](const auto& other) { return other.side == breaker.side; }));
  CHECK(shared([&](const auto& other) { return other.hover == breaker.hover; }));
  CHECK(shared([&](const auto& other) { return other.opening == breaker.opening; }));
  CHECK(shared([&](const auto& other) { return other.work == breaker.work; }));
  CHECK(shared([&](const auto& other) { return other.rest == breaker.rest; }));
}

TEST_CASE("What contradicts itself in an audit is refused by name") {
  struct Case {
    std::string from, to, error;
  };
  const std::vector<Case> cases = {
      {"seeds = 2", "seeds = 1", "seeds: expected an integer from 2"},
      {"persona = \"old\"\nlayers", "persona = \"new\"\nlayers", "\"new\" is no persona"},
      {"\"pause=0.3\"", "\"pause=3\"", "old: style: pause=3: pause: expected a number"},
      {"\"pause=0.3\"", "\"paus=0.3\"", "paus"},
      {"\"order=+x\"", "\"order=up\"", "modern: habits: order=up: order: expected one of"},
      {"\"order=+x\"", "\"order\"", "expected key=value"},
      {"\"log\", \"planks\"", "\"log\", \"bedrock\"", "\"bedrock\" cannot be placed"},
      {"house = [4, 4, 4]", "house = [4, 4, 5]", "house: expected three extents of at most 4, 4"},
      {"signs = [3]", "signs = [64]", "64 does not fit, expected below 64"},
      {"layers = [3, 5]", "layers = [5, 3]", "layers: expected none or [lowest, highest]"},
      {"control = \"foundations, modern\"", "control = \"roofs\"", "\"roofs\" is no arm"},
      // These are refused before the base is trained, not when the audit comes to them.
      {"\"learner.goal_weight=0\"", "\"learner.gaol_weight=0\"", "fine_tuning: "},
      {"\"learner.goal_weight=0\"", "\"game.horizon=99\"", "all play one game"},
      {"\"evaluation.simulations=1\"", "\"evaluation.simulations=0\"", "policy: "},
      {"persona = \"old\"\nlayers = [1, 2]\npositions = [32, 64]",
       "persona = \"old\"\nlayers = [1, 2]\npositions = [32, 65]", "no dose of 65 positions"},
      {"toward = \"old\"\n", "", "expected both \"toward\" and \"away\""},
      {"name = \"foundations, old\"", "name = \"base\"", "\"base\" is what the network before"},
      {"name = \"belief\"", "name = \"policy\"", "two are called \"policy\""},
      {"positions = 3000", "positions = 0", "base.positions: expected an integer from 1"},
      {"\"network.blocks=2\"", "\"network.blocks=0\"", "network.blocks"},
      {"base_kl = 1.0", "base_kl = -1.0", "base_kl: expected a number"},
      {"[base]", "[bases]", "bases"},
  };
  for (const Case& c : cases) {
    const TempDir dir;
    const auto audit = ReadAudit(dir, Changed(TinyAuditText(), {{c.from, c.to}}));
    INFO(c.to);
    REQUIRE_FALSE(audit.ok());
    CHECK_THAT(std::string(audit.status().message()), Catch::Contains(c.error));
    CHECK_THAT(std::string(audit.status().message()), Catch::Contains("audit.toml"));
  }
}

TEST_CASE("A sign is a number in bits, in ground that no house covers") {
  const env::WorldSize size = {7, 8, 6};
  CHECK(NumSigns(size) == 128);
  for (const int sign : {0, 1, 84, 127}) {
    std::vector<env::Block> blocks = env::EmptyWorld(size);
    WriteSign(size, sign, blocks);
    for (int x = 0; x < size.w; ++x) {
      CHECK(blocks[size.Index({x, 1, 0})] ==
            ((sign >> x & 1) != 0 ? env::kWool : env::kStonebrick));
    }
    CHECK(ReadSign(size, blocks) == sign);
    std::vector<env::Block> rest = env::EmptyWorld(size);
    for (int i = 0; i < size.Volume(); ++i) {
      if (size.At(i).z > 0 || size.At(i).y != 1) CHECK(blocks[i] == rest[i]);
    }
    CHECK_FALSE(ReadSign(size, rest));
    blocks[size.Index({3, 1, 0})] = env::kAir;
    CHECK_FALSE(ReadSign(size, blocks));
  }
}

}  // namespace
}  // namespace hod::engine
