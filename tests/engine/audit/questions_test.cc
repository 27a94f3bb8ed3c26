// What networks are asked, against figures that are made by hand, and what anchors them.
#include "engine/audit/questions.h"

#include <cmath>

#include "engine/audit/base_anchor.h"
#include "engine/audit/persona_play.h"
#include "env/game/action_mask.h"
#include "env/game/goal_belief.h"
#include "models/checkpoints/checkpoint.h"
#include "models/training/trainer_state.h"
#include "tests/engine/audit/tiny_audit.h"

namespace hod::engine {
namespace {

const std::atomic<bool> kGoOn{false};

// An untrained network of the tiny audit.
std::string NetworkOf(const TempDir& dir, const Audit& audit) {
  const std::string path = dir / "network.safetensors";
  models::Checkpoint checkpoint;
  checkpoint.state =
      models::InitialTrainerState(models::RandomNetwork(audit.config.network, Rng(5)));
  checkpoint.run = "{}";
  REQUIRE(models::SaveCheckpoint(path, checkpoint).ok());
  return path;
}

std::vector<Fragment> Positions(const Audit& audit, const Probe& probe) {
  auto positions =
      PositionsOf(audit, SceneOf(audit, probe), probe.positions, 1, kGoOn, [](int64_t) {});
  REQUIRE(positions.ok());
  return *std::move(positions);
}

double SumOf(const env::ActionDistribution& distribution) {
  double sum = 0;
  for (const auto& [id, probability] : distribution) sum += probability;
  return sum;
}

TEST_CASE("Log odds are those of a slow count, and change sign with the sides") {
  const Audit audit = TinyAudit();
  const TempDir dir;
  const std::string network = NetworkOf(dir, audit);
  Probe probe = audit.probes.front();
  const std::vector<Fragment> positions = Positions(audit, probe);
  const auto odds = AskProbe(audit, probe, network, positions);
  INFO(odds.status());
  REQUIRE(odds.ok());

  const std::vector<env::Block>& old = PersonaCalled(audit, "old").blocks;
  const std::vector<env::Block>& modern = PersonaCalled(audit, "modern").blocks;
  const auto in = [](const std::vector<env::Block>& blocks, int block) {
    return std::count(blocks.begin(), blocks.end(), block) > 0;
  };
  double goal = 0, harm = 0;
  int goals = 0, harms = 0;
  REQUIRE(AskNetwork(
              audit.config, network, positions,
              [&](size_t, const AskedPosition& at, const Answer& answer) {
                CHECK(SumOf(answer.policy) == Approx(1));
                CHECK(SumOf(answer.human) == Approx(1));
                double sum = 0;
                int voxels = 0;
                for (int i = 0; i < at.game.size().Volume(); ++i) {
                  const int y = at.game.size().At(i).y;
                  const env::Block wanted = at.game.goal()[i];
                  if (y < 3 || y > 5 || wanted == env::kAir || at.state.blocks[i] == wanted) {
                    continue;
                  }
                  double for_it = 0, against = 0;
                  const auto p =
                      env::Softmax(env::LogitsAt(answer.goal_logits, at.game.size().Volume(), i));
                  for (int b = 0; b < env::kNumBlocks; ++b) {
                    if (in(old, b)) for_it += p[b];
                    if (in(modern, b)) against += p[b];
                  }
                  sum += std::log(for_it / against);
                  ++voxels;
                }
                if (voxels > 0) goal += sum / voxels, ++goals;
                double broken = 0;
                bool possible = false;
                for (const auto& [id, probability] : answer.policy) {
                  const env::Action action = at.game.actions().Unflatten(id);
                  if (action.type == env::ActionType::kBreak &&
                      at.state.last_interacted[action.location] == env::kHuman &&
                      at.state.blocks[action.location] == at.game.goal()[action.location]) {
                    broken += probability;
                    possible = true;
                  }
                }
                if (possible) harm += std::log(broken / (1 - broken)), ++harms;
              })
              .ok());
  REQUIRE(goals > 0);
  REQUIRE(harms > 0);
  CHECK(odds->goal == Approx(goal / goals).epsilon(1e-4));
  CHECK(odds->harm == Approx(harm / harms).epsilon(1e-4));

  std::swap(probe.toward, probe.away);
  const auto reverse = AskProbe(audit, probe, network, positions);
  REQUIRE(reverse.ok());
  CHECK(reverse->goal == Approx(-odds->goal));
  CHECK(reverse->human == Approx(-odds->human));
  CHECK(reverse->policy == Approx(-odds->policy));
  CHECK(reverse->harm == Approx(odds->harm));
}

TEST_CASE("Without materials nothing is asked about them") {
  const Audit audit = TinyAudit();
  const TempDir dir;
  Probe probe = audit.probes.front();
  probe.toward = probe.away = "";
  const auto odds = AskProbe(audit, probe, NetworkOf(dir, audit), Positions(audit, probe));
  REQUIRE(odds.ok());
  CHECK(std::isnan(odds->goal));
  CHECK(std::isnan(odds->policy));
  CHECK_FALSE(std::isnan(odds->harm));
}

TEST_CASE("Anchored targets are the mean of what was done and of what the base says") {
  const Audit audit = TinyAudit();
  const TempDir dir;
  const std::string network = NetworkOf(dir, audit);
  const std::vector<Fragment> before = Positions(audit, audit.probes.front());
  std::vector<Fragment> unchanged = before, after = before;
  REQUIRE(AnchorToBase(audit.config, network, 0, unchanged).ok());
  CHECK(unchanged[0].steps[0].search_policy == before[0].steps[0].search_policy);
  REQUIRE(AnchorToBase(audit.config, network, 3, after).ok());
  REQUIRE(AskNetwork(audit.config, network, before,
                     [&](size_t i, const AskedPosition&, const Answer& answer) {
                       const Timestep& step = after[i].steps[0];
                       CHECK(SumOf(step.search_policy) == Approx(1).epsilon(1e-4));
                       CHECK(SumOf(step.human_policy) == Approx(1).epsilon(1e-4));
                       const int32_t done = before[i].steps[0].search_policy[0].first;
                       for (const auto& [id, probability] : answer.policy) {
                         const auto found = std::find_if(
                             step.search_policy.begin(), step.search_policy.end(),
                             [id = id](const auto& entry) { return entry.first == id; });
                         REQUIRE(found != step.search_policy.end());
                         CHECK(found->second ==
                               Approx((3 * probability + (id == done)) / 4).epsilon(1e-4));
                       }
                     })
              .ok());
  // They are as valid as what was recorded.
  for (const Fragment& fragment : after) {
    CHECK(SerializeFragment(audit.config.game, fragment).ok());
  }
}

TEST_CASE("A network that is not there is an error that names it") {
  const Audit audit = TinyAudit();
  const Probe& probe = audit.probes.front();
  const auto odds = AskProbe(audit, probe, "nowhere.safetensors", Positions(audit, probe));
  REQUIRE_FALSE(odds.ok());
  CHECK_THAT(std::string(odds.status().message()), Catch::Contains("nowhere.safetensors"));
}

}  // namespace
}  // namespace hod::engine
