// Judged beliefs: one that knows, one that has no idea, and one that is surer than it is right.
#include "engine/studies/belief_study.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

// Gives the block of the goal a probability, in a share of the voxels; elsewhere air.
class Believer : public mcts::Evaluator {
 public:
  Believer(double probability, int known_of_ten)
      : logit_(std::log(probability / (1 - probability) * (env::kNumBlocks - 1))),
        known_of_ten_(known_of_ten) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    for (size_t k = 0; k < positions.size(); ++k) {
      const std::vector<env::Block>& goal = positions[k].game->goal();
      std::vector<float>& logits = evaluations[k].goal_logits;
      logits.assign(env::kNumBlocks * goal.size(), 0.0f);
      for (size_t i = 0; i < goal.size(); ++i) {
        // A voxel of which it is wrong gets wool.
        const bool knows = static_cast<int>(i * 7 % 10) < known_of_ten_;
        const int block = knows ? goal[i] : (goal[i] == env::kWool ? env::kGlass : env::kWool);
        logits[block * goal.size() + i] = static_cast<float>(logit_);
      }
    }
    return absl::OkStatus();
  }

 private:
  const double logit_;
  const int known_of_ten_;
};

TEST_CASE("Beliefs are judged by what they know and how sure they are") {
  Believer knows(0.99, 10), has_no_idea(0.1, 10), is_overconfident(0.9, 5);
  BeliefStudy study;
  study.game = TinyConfig().game;
  study.episodes = 4;
  study.every = 5;
  const auto results = RunBeliefStudy(
      study,
      {{"knows", &knows}, {"has no idea", &has_no_idea}, {"is overconfident", &is_overconfident}});
  INFO(results.status());
  REQUIRE(results.ok());
  const BeliefFigures &sure = (*results)[0], &blank = (*results)[1], &wrong = (*results)[2];
  CHECK(sure.positions > 4);
  CHECK(sure.cross_entropy.mean == Approx(-std::log(0.99)).epsilon(1e-3));
  CHECK(blank.cross_entropy.mean == Approx(std::log(10)).epsilon(1e-3));
  CHECK(blank.cross_entropy_left.mean == Approx(std::log(10)).epsilon(1e-3));
  for (const Estimate& found : sure.found) CHECK(found.mean == Approx(1));
  CHECK(sure.bins[9].right > 0.99);
  CHECK(sure.brier.mean < 0.01);
  // Half of what it is 0.9 sure of is right.
  CHECK(wrong.brier.mean > 0.3);
  CHECK(wrong.found[2].mean == 0);
  CHECK(wrong.certainty[2] > 1);
  CHECK(wrong.bins[9].right < 0.7);

  const nlohmann::json json = ToJson(wrong);
  CHECK(json["found"][2]["precision"] == 0.9);
  CHECK(json["bins"].size() == 10);
  const std::string table = FormatBeliefs(*results);
  for (const char* name : {"knows", "has no idea", "is overconfident"}) {
    CHECK(Contains(table, name));
  }
  CHECK(DrawReliability(*results).PngBytes().size() > 1000);

  // Threads change nothing.
  study.threads = 2;
  const auto again = RunBeliefStudy(study, {{"is overconfident", &is_overconfident}});
  REQUIRE(again.ok());
  CHECK(ToJson(again->front()).dump() == json.dump());  // There are NaNs.
}

}  // namespace
}  // namespace hod::engine
