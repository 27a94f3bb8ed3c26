// Scores of human models: by hand, by a twin, and of the baselines.
#include "engine/imitation/human_score.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>

#include "engine/imitation/baselines.h"
#include "engine/play/player_spec.h"
#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/engine/small_people.h"

namespace hod::engine {
namespace {

const std::atomic<bool> kGoOn = false;
void Ignore(int) {}

TEST_CASE("A decision's score is the logarithm of what the model gave it, with a floor") {
  const std::vector<int32_t> valid = {0, 2, 5, 9};
  // A quarter lies on an action that is not valid.
  const env::ActionDistribution said = {{0, 0.5f}, {1, 0.25f}, {5, 0.25f}};
  const DecisionScore likely = ScoreDecision(said, valid, 0);
  CHECK(likely.hit == 1);
  CHECK(likely.unmixed == Approx(-std::log(2.0 / 3)));
  CHECK(likely.cross_entropy == Approx(-std::log(0.99 * 2 / 3 + 0.01 / 4)));
  const DecisionScore less = ScoreDecision(said, valid, 5);
  CHECK(less.hit == 0);
  CHECK(less.unmixed == Approx(-std::log(1.0 / 3)));
  const DecisionScore excluded = ScoreDecision(said, valid, 9);
  CHECK(excluded.hit == 0);
  CHECK(std::isinf(excluded.unmixed));
  CHECK(excluded.cross_entropy == Approx(-std::log(0.01 / 4)));

  const env::ActionDistribution tie = {{0, 0.4f}, {2, 0.4f}, {9, 0.2f}};
  CHECK(ScoreDecision(tie, valid, 2).hit == 0.5);
  CHECK(ScoreDecision(tie, valid, 9).hit == 0);
  // Nothing valid: uniform.
  const DecisionScore lost = ScoreDecision({{1, 1.0f}}, valid, 2);
  CHECK(lost.hit == 0.25);
  CHECK(lost.cross_entropy == Approx(std::log(4.0)));
}

// Half of what it did last, if it may do it again; the rest nothing. Counts what it is told.
class Repeater : public env::Player {
 public:
  explicit Repeater(int64_t* told) : told_(told) {}
  const env::ActionDistribution& NextAction(const env::State&) override {
    distribution_ = {{0, last_ == 0 ? 1.0f : 0.5f}};
    if (last_ != 0) distribution_.emplace_back(last_, 0.5f);
    return distribution_;
  }
  void Observe(const env::State&, int32_t action) override {
    last_ = action;
    ++*told_;
  }

 private:
  int64_t* told_;
  int32_t last_ = 0;
  env::ActionDistribution distribution_;
};

TEST_CASE("A model's score is that of a slow twin") {
  const std::vector<PersonEpisode> people = SmallPeople();
  for (const int every : {1, 3}) {
    int64_t told = 0;
    const auto scores = ScoreModel(
        EpisodesOf(people, Split::kCombined), {.protocol = Protocol::kPaper, .every = every},
        [&](int) -> absl::StatusOr<PlayerFactory> {
          return PlayerFactory(
              [&](const env::Game&, int, uint64_t) { return std::make_unique<Repeater>(&told); });
        },
        Ignore, kGoOn);
    REQUIRE(scores.ok());
    REQUIRE(scores->size() == people.size());
    int64_t decisions = 0, scored = 0;
    double total = 0, hits = 0;
    for (size_t e = 0; e < people.size(); ++e) {
      const PersonEpisode& episode = people[e];
      const HumanTimeline& timeline = episode.timeline;
      double sum = 0, hit = 0;
      int64_t count = 0;
      for (size_t i = 0; i < episode.decisions.size(); ++i) {
        ++decisions;
        const int32_t action = episode.decisions[i].action;
        if (i % every != 0 || !episode.decisions[i].valid) continue;
        const env::State state = episode.Observation(static_cast<int>(i), Protocol::kPaper);
        const auto mask = env::ActionMask(timeline.game, state, timeline.human, true);
        const int32_t last = i == 0 ? 0 : episode.decisions[i - 1].action;
        const bool can_repeat = last != 0 && mask[last] == 1;
        const double p = can_repeat ? (action == 0 || action == last ? 0.5 : 0) : action == 0;
        sum -= std::log(0.99 * p + 0.01 / std::count(mask.begin(), mask.end(), 1));
        hit += p;  // One likeliest, or two.
        ++count;
      }
      const EpisodeScore& score = (*scores)[e];
      CHECK(score.episode == timeline.name);
      CHECK(score.participant == timeline.participant);
      CHECK(score.scored == count);
      CHECK(score.sum.cross_entropy == Approx(sum));
      CHECK(score.sum.hit == Approx(hit));
      total += sum;
      hits += hit;
      scored += count;
    }
    CHECK(told == decisions);
    const ScoreSummary summary = Summarize(*scores);
    CHECK(summary.scored == scored);
    CHECK(summary.cross_entropy.mean == Approx(total / scored));
    CHECK(summary.accuracy.mean == Approx(hits / scored));
    CHECK(summary.cross_entropy.low <= summary.cross_entropy.mean);
    CHECK(summary.cross_entropy.high >= summary.cross_entropy.mean);
    CHECK(SummarizeByParticipant(*scores).size() == 3);
    // And what is written comes back.
    const std::vector<EpisodeScore> again = ScoresFromJson(ToJson(*scores));
    CHECK(ToJson(again) == ToJson(*scores));
  }
}

EpisodeScore ScoreOf(int participant, int64_t scored, double cross_entropy, double hits) {
  return {.episode = "e",
          .participant = participant,
          .scored = scored,
          .sum = {.cross_entropy = cross_entropy, .unmixed = cross_entropy, .hit = hits}};
}

TEST_CASE("Differences are of pairs: what episodes share widens no interval") {
  // Episodes differ much, the two models of each always by 0.1 nats and 5 points.
  std::vector<EpisodeScore> model, baseline;
  for (int i = 0; i < 8; ++i) {
    const double scored = 100 * (i + 1);
    model.push_back(ScoreOf(i / 4, 100 * (i + 1), scored * (i + 0.4), scored * (0.1 * i + 0.05)));
    baseline.push_back(ScoreOf(i / 4, 100 * (i + 1), scored * (i + 0.5), scored * 0.1 * i));
  }
  const ScoreSummary alone = Summarize(model);
  CHECK(alone.accuracy.high - alone.accuracy.low > 0.2);
  const ScoreDifference difference = Difference(model, baseline);
  for (const double figure : {difference.cross_entropy.low, difference.cross_entropy.mean,
                              difference.cross_entropy.high}) {
    CHECK(figure == Approx(-0.1));
  }
  for (const double figure :
       {difference.accuracy.low, difference.accuracy.mean, difference.accuracy.high}) {
    CHECK(figure == Approx(0.05));
  }
  CHECK(FormatDifferences(model, baseline) ==
        "| participant | cross entropy, nats | accuracy, points |\n|---|---|---|\n"
        "| 0 | -0.100 [-0.100, -0.100] | +5.0 [+5.0, +5.0] |\n"
        "| 1 | -0.100 [-0.100, -0.100] | +5.0 [+5.0, +5.0] |\n"
        "| all | -0.100 [-0.100, -0.100] | +5.0 [+5.0, +5.0] |\n");
  CHECK(DifferencesJson(model, baseline)["participants"].size() == 2);
  // Where one episode is worse and the others better, the interval says so.
  model[7].sum.hit -= 300;
  CHECK(Difference(model, baseline).accuracy.low < 0);
  CHECK(Difference(model, baseline).accuracy.high == Approx(0.05));
}

TEST_CASE("Scores do not depend on the number of threads") {
  const std::vector<PersonEpisode> people = SmallPeople();
  nlohmann::json reports[2];
  for (const int threads : {1, 3}) {
    const auto scores = ScoreModel(
        EpisodesOf(people, Split::kCombined), {.threads = threads},
        [](int) { return MakePlayerFactory("heuristic"); }, Ignore, kGoOn);
    REQUIRE(scores.ok());
    reports[threads == 3] = ToJson(*scores);
  }
  CHECK(reports[0] == reports[1]);
}

TEST_CASE("Uniform scores the logarithm of the number of valid actions") {
  const std::vector<PersonEpisode> people = SmallPeople();
  const auto scores = ScoreModel(
      EpisodesOf(people, Split::kAssisted), {.split = Split::kAssisted},
      [](int) { return MakePlayerFactory("random"); }, Ignore, kGoOn);
  REQUIRE(scores.ok());
  double sum = 0;
  for (const Decision& decision : people.back().decisions) {
    if (decision.valid) sum += std::log(static_cast<double>(decision.valid_actions.size()));
  }
  CHECK(scores->back().sum.cross_entropy == Approx(sum));
}

TEST_CASE("Without context there are shares of types, spread over what is valid") {
  const std::vector<PersonEpisode> people = SmallPeople();
  // Everybody does the same here, alone: wait 4, place 3, break 2, of 14 and so on; less what the
  // mask forbids, a block that had appeared before it was placed.
  std::map<env::ActionType, double> counts;
  double total = 0;
  for (const PersonEpisode& episode : people) {
    if (episode.timeline.assisted || episode.timeline.participant == 4) continue;
    for (const Decision& decision : episode.decisions) {
      if (!decision.valid) continue;
      ++counts[episode.timeline.game.actions().TypeOf(decision.action)];
      ++total;
    }
  }
  CHECK(counts[env::ActionType::kNoop] == 2 * 4);
  const TypeShares shares = TypeSharesOf(DecisionsWithout(people, Split::kAlone, 4));
  for (int type = 0; type < env::kNumActionTypes; ++type) {
    CHECK(shares[type] == Approx(counts[static_cast<env::ActionType>(type)] / total));
  }

  const PersonEpisode& episode = people.front();
  const HumanTimeline& timeline = episode.timeline;
  const env::State& state = timeline.steps[3].state;
  auto player = NoContextPlayer(shares)(timeline.game, timeline.human, 1);
  REQUIRE(player.ok());
  const env::ActionDistribution& said = (*player)->NextAction(state);
  std::map<env::ActionType, int> valid;
  const auto mask = env::ActionMask(timeline.game, state, timeline.human, true);
  double available = 0, sum = 0;
  for (int id = 0; id < static_cast<int>(mask.size()); ++id) {
    const env::ActionType type = timeline.game.actions().TypeOf(id);
    if (mask[id] && ++valid[type] == 1) available += counts[type];
  }
  for (const auto& [id, probability] : said) {
    const env::ActionType type = timeline.game.actions().TypeOf(id);
    CHECK(mask[id] == 1);
    CHECK(probability == Approx(counts[type] / available / valid[type]));
    sum += probability;
  }
  CHECK(sum == Approx(1));
}

TEST_CASE("Each participant is foretold by the player that stands for it") {
  const std::vector<PersonEpisode> people = SmallPeople();
  std::vector<int> asked;
  std::mutex mutex;
  const auto scores = ScoreModel(
      EpisodesOf(people, Split::kAlone), {.threads = 2},
      [&](int participant) {
        const std::lock_guard lock(mutex);
        asked.push_back(participant);
        return MakePlayerFactory("noop");
      },
      Ignore, kGoOn);
  REQUIRE(scores.ok());
  std::sort(asked.begin(), asked.end());
  CHECK(asked == kSmallParticipants);
  // An error of one ends all.
  const auto failed = ScoreModel(
      EpisodesOf(people, Split::kAlone), {}, [](int) { return MakePlayerFactory("nonesuch"); },
      Ignore, kGoOn);
  CHECK_THAT(std::string(failed.status().message()), Catch::Contains("nonesuch"));
}

}  // namespace
}  // namespace hod::engine
