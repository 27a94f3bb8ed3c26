// Fragments put together again give the episode they were cut from.
#include "engine/training/fragment_recorder.h"

#include <functional>
#include <utility>
#include <vector>

#include "engine/play/player_spec.h"
#include "env/game/roles.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

// What the fragments have to say, step by step.
class Witness : public EpisodeObserver {
 public:
  absl::Status BeforeMove(const env::State& state) override {
    states.push_back(state);
    return absl::OkStatus();
  }
  absl::Status AfterMove(const Move& move, const env::State& after) override {
    Timestep& step = steps.emplace_back();
    step.actions.assign(move.ids.begin(), move.ids.end());
    step.reward = static_cast<float>(move.outcome.players[env::kAssistant].reward);
    if (move.search != nullptr) {
      step.root_value = static_cast<float>(move.search->root_value);
      if (move.full_search) step.search_policy = move.search->policy;
    } else {
      step.search_policy = move.policies[env::kAssistant];
    }
    step.human_policy = move.policies[env::kHuman];
    if (move.outcome.done()) states.push_back(after);
    return absl::OkStatus();
  }
  std::vector<env::State> states;  // Before every step, and after the last.
  std::vector<Timestep> steps;
};

// Plays the episode to its end; gives the fragments that it was cut into. `emitted` is called with
// every one.
std::vector<Fragment> Recorded(
    Episode& episode, const Fragment& origin, const FragmentRecorder::Options& options,
    Witness& witness, const std::function<void()>& emitted = [] {}) {
  std::vector<Fragment> fragments;
  FragmentRecorder recorder(&episode, origin, options, [&](Fragment fragment) {
    emitted();
    fragments.push_back(std::move(fragment));
    return absl::OkStatus();
  });
  episode.AddObserver(&witness);
  episode.AddObserver(&recorder);
  PlayToEnd(episode);
  return fragments;
}

TEST_CASE("Fragments follow on from each other and hold every step") {
  const size_t length = GENERATE(1, 7, 20, 60, 64);  // An episode has 60 timesteps at most.
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(4));
  Fragment origin;
  origin.episode = 77;
  origin.checkpoint_step = 88;
  origin.global_timestep = 99;
  Witness witness;
  const std::vector<Fragment> fragments = Recorded(*episode, origin, {.length = length}, witness);

  const size_t total = witness.steps.size();
  REQUIRE(fragments.size() == (total + length - 1) / length);
  size_t t = 0;
  int searched = 0;
  for (const Fragment& fragment : fragments) {
    const bool last = &fragment == &fragments.back();
    CHECK(fragment.episode == 77);
    CHECK(fragment.checkpoint_step == 88);
    CHECK(fragment.global_timestep == 99);
    CHECK(fragment.assistant == env::kAssistant);
    CHECK(fragment.human == env::kHuman);
    CHECK(fragment.goal == episode->game().goal());
    CHECK(fragment.start == witness.states[t]);
    REQUIRE((last || fragment.steps.size() == length));
    for (const Timestep& step : fragment.steps) {
      const Timestep& expected = witness.steps[t++];
      CHECK(step.actions == expected.actions);
      CHECK(step.reward == expected.reward);
      CHECK(step.root_value == expected.root_value);
      CHECK(step.search_policy == expected.search_policy);
      CHECK(step.human_policy == expected.human_policy);
      searched += !step.search_policy.empty();
    }
    CHECK(fragment.ended == last);
    CHECK(fragment.bootstrap_value == (last ? 0 : witness.steps[t].root_value));
    // The learner plays the fragment again.
    const env::Game game = GameOf(episode->game().config(), fragment);
    const int end = static_cast<int>(fragment.steps.size());
    CHECK(StateAt(game, fragment, end).blocks == witness.states[t].blocks);
    CHECK(SerializeFragment(episode->game().config(), fragment).ok());
  }
  CHECK(t == total);
  CHECK(searched > 0);  // Half of the moves.
  CHECK(searched < static_cast<int>(total));
}

TEST_CASE("Without searches, values are the discounted rewards to the end of the episode") {
  const size_t length = GENERATE(7, 60);
  const Seat assistant = GENERATE(as<Seat>{}, BeliefPlay{{0.6}}, *MakePlayerFactory("noop"));
  EpisodeSetup setup = TinySetup(4);
  setup.seats[env::kAssistant] = assistant;
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  Witness witness;
  const std::vector<Fragment> fragments = Recorded(*episode, {}, {.length = length, .gamma = 0.9},
                                                   witness, [&] { CHECK(episode->done()); });

  std::vector<double> returns(witness.steps.size() + 1, 0.0);
  for (size_t t = witness.steps.size(); t-- > 0;) {
    returns[t] = witness.steps[t].reward + 0.9 * returns[t + 1];
  }
  size_t t = 0;
  for (const Fragment& fragment : fragments) {
    CHECK(fragment.assistant == env::kAssistant);
    CHECK(fragment.start == witness.states[t]);
    for (const Timestep& step : fragment.steps) {
      CHECK(step.actions == witness.steps[t].actions);
      CHECK(step.human_policy == witness.steps[t].human_policy);
      CHECK(step.search_policy == witness.steps[t].search_policy);
      CHECK_FALSE(step.search_policy.empty());
      CHECK(step.root_value == Approx(returns[t++]));
    }
    CHECK(fragment.bootstrap_value == Approx(returns[t]).margin(1e-6));
    CHECK(fragment.ended == (&fragment == &fragments.back()));
  }
  CHECK(t == witness.steps.size());
}

TEST_CASE("Of fragments, some are kept") {
  const bool searches = GENERATE(true, false);
  int all = 0, kept = 0;
  for (int seed = 0; seed < 20; ++seed) {
    EpisodeSetup setup = TinySetup(4);
    if (!searches) setup.seats[env::kAssistant] = *MakePlayerFactory("noop");
    const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
    Fragment origin;
    origin.episode = seed;
    FragmentRecorder everything(episode.get(), origin, {.length = 4}, [&](const Fragment&) {
      ++all;
      return absl::OkStatus();
    });
    FragmentRecorder some(episode.get(), origin, {.length = 4, .kept_share = 0.25},
                          [&](const Fragment&) {
                            ++kept;
                            return absl::OkStatus();
                          });
    episode->AddObserver(&everything);
    episode->AddObserver(&some);
    PlayToEnd(*episode);
  }
  CHECK(kept > 0.15 * all);
  CHECK(kept < 0.35 * all);
}

}  // namespace
}  // namespace hod::engine
