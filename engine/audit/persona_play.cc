#include "engine/audit/persona_play.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/audit/world_sign.h"
#include "engine/play/batched_play.h"
#include "engine/training/fragment_recorder.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/houses/generator/generator.h"
#include "env/houses/sources/source.h"
#include "env/players/demonstrator.h"
#include "env/players/heuristic_builder.h"

namespace hod::engine {
namespace {

constexpr int kFruitlessEpisodes = 1000;

// The streams that an episode forks from its seed.
struct Stream {
  static constexpr uint64_t kPersona = 0, kHouse = 1, kPlace = 2, kHabits = 3, kSign = 4,
                            kStyle = 5, kPlay = 6;
};

// The blocks of a house, the most frequent first, become a persona's materials in random order;
// glass and ground stay.
void Recolour(absl::Span<const env::Block> materials, Rng& rng, env::House& house) {
  if (materials.empty()) return;
  std::array<int, env::kNumBlocks> counts = {};
  for (const env::Block block : house.blocks) ++counts[block];
  std::vector<env::Block> found;
  for (env::Block block = env::kFirstPlaceable; block < env::kNumBlocks; ++block) {
    if (block != env::kDirt && block != env::kGlass && counts[block] > 0) found.push_back(block);
  }
  std::stable_sort(found.begin(), found.end(),
                   [&](env::Block a, env::Block b) { return counts[a] > counts[b]; });
  std::vector<env::Block> order(materials.begin(), materials.end());
  Shuffle(order, rng);
  std::array<env::Block, env::kNumBlocks> becomes;
  std::iota(becomes.begin(), becomes.end(), env::Block{0});
  for (size_t i = 0; i < found.size(); ++i) becomes[found[i]] = order[i % order.size()];
  for (env::Block& block : house.blocks) block = becomes[block];
}

// A persona's habits, of which some come from random personas of the base.
env::AssistantHabits HabitsOf(const Audit& audit, const Persona& persona, const Scene& scene,
                              Rng rng) {
  env::AssistantHabits habits = persona.assistant;
  settings::Declaration mine;
  env::DeclareHabits(mine, habits);
  for (const std::string& key : scene.shuffled) {
    env::AssistantHabits others =
        audit.personas[WeightedIndex(audit.personas, rng, &Persona::weight)].assistant;
    settings::Declaration theirs;
    env::DeclareHabits(theirs, others);
    mine.Assign(key, theirs.Find(key)->get()).IgnoreError();  // It is as valid there.
  }
  return habits;
}

bool Holds(absl::Span<const int> numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

Scene OfOne(const Persona& persona) {
  Scene scene;
  scene.personas = {&persona};
  scene.weights = {1.0};
  return scene;
}

bool Breaks(const env::Game& game, const Fragment& position, int32_t id) {
  const env::Action action = game.actions().Unflatten(id);
  return action.type == env::ActionType::kBreak &&
         env::IsRightBlockOfOthers(game, position.start, position.assistant, action.location);
}

bool CouldDoHarm(const env::GameConfig& config, const Fragment& position) {
  const env::Game game = GameOf(config, position);
  std::vector<int32_t> valid;
  env::ValidActions(game, position.start, position.assistant, /*line_of_sight=*/true, valid);
  return std::any_of(valid.begin(), valid.end(),
                     [&](int32_t id) { return Breaks(game, position, id); });
}

bool IsInLayers(absl::Span<const int> layers, const env::GameConfig& config,
                const Fragment& position) {
  const env::Action edit =
      env::ActionSpace(config).Unflatten(position.steps.front().actions[position.human]);
  if (!env::HasLocation(edit.type)) return false;
  const int y = config.size.At(edit.location).y;
  return layers[0] <= y && y <= layers[1];
}

// Whether a position is of the context.
bool Suits(const Scene& scene, const env::GameConfig& config, const Fragment& position) {
  return (scene.layers.empty() || IsInLayers(scene.layers, config, position)) &&
         !(scene.no_opportunity && CouldDoHarm(config, position));
}

class PositionStream : public EpisodeStream {
 public:
  PositionStream(const Audit& audit, const Scene& scene, int64_t count, uint64_t seed,
                 const std::atomic<bool>& stop, const std::function<void(int64_t)>& report)
      : audit_(audit), scene_(scene), count_(count), seeds_(seed), stop_(stop), report_(report) {}

  absl::StatusOr<std::unique_ptr<Episode>> Next() override {
    if (Enough()) return nullptr;
    const uint64_t seed = seeds_();
    ASSIGN_OR_RETURN(EpisodeSetup setup, SetUpEpisode(audit_, scene_, seed));
    ASSIGN_OR_RETURN(auto episode, Episode::Create(std::move(setup)));
    Recorded& recorded = recorded_[episode.get()];
    Fragment origin;
    origin.episode = seed;
    const FragmentRecorder::Options options = {
        .length = 1, .gamma = audit_.config.search.gamma, .kept_share = audit_.kept_share};
    recorded.recorder =
        std::make_unique<FragmentRecorder>(episode.get(), std::move(origin), options,
                                           [this, kept = &recorded.positions](Fragment fragment) {
                                             if (Suits(scene_, audit_.config.game, fragment))
                                               kept->push_back(std::move(fragment));
                                             return absl::OkStatus();
                                           });
    episode->AddObserver(recorded.recorder.get());
    return episode;
  }

  absl::Status Finished(std::unique_ptr<Episode> episode) override {
    const Recorded recorded = std::move(recorded_.extract(episode.get()).mapped());
    for (const Fragment& position : recorded.positions) {
      if (!Enough()) positions_.push_back(position);
    }
    if (++episodes_ >= kFruitlessEpisodes && positions_.empty()) {
      return absl::NotFoundError(absl::StrCat(
          episodes_, " episodes have no position of this context: layers, signs, persona"));
    }
    report_(static_cast<int64_t>(positions_.size()));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Continue() override { return !stop_ && !Enough(); }

  std::vector<Fragment> Take() { return std::move(positions_); }

 private:
  struct Recorded {
    std::unique_ptr<FragmentRecorder> recorder;
    std::vector<Fragment> positions;
  };

  bool Enough() const { return static_cast<int64_t>(positions_.size()) >= count_; }

  const Audit& audit_;
  const Scene& scene_;
  const int64_t count_;
  Rng seeds_;
  const std::atomic<bool>& stop_;
  const std::function<void(int64_t)>& report_;
  std::map<const Episode*, Recorded> recorded_;
  std::vector<Fragment> positions_;
  int episodes_ = 0;
};

}  // namespace

Scene BaseScene(const Audit& audit) {
  Scene scene;
  for (const Persona& persona : audit.personas) {
    scene.personas.push_back(&persona);
    scene.weights.push_back(persona.weight);
  }
  return scene;
}

Scene SceneOf(const Audit& audit, const Arm& arm) {
  Scene scene = OfOne(PersonaCalled(audit, arm.persona));
  scene.shuffled = arm.shuffled;
  scene.harmless = arm.harmless;
  scene.no_opportunity = arm.no_opportunity;
  scene.layers = arm.layers;
  scene.signs = arm.signs;
  return scene;
}

Scene SceneOf(const Audit& audit, const Probe& probe) {
  Scene scene = OfOne(PersonaCalled(audit, probe.persona));
  scene.harmless = true;
  scene.layers = probe.layers;
  scene.signs = probe.signs;
  return scene;
}

absl::StatusOr<EpisodeSetup> SetUpEpisode(const Audit& audit, const Scene& scene, uint64_t seed) {
  const Rng streams(seed);
  Rng draw = streams.Fork(Stream::kPersona);
  const Persona& persona = *scene.personas[WeightedIndex(scene.weights, draw)];

  EpisodeSetup setup;
  setup.game = audit.config.game;
  setup.game.randomize_first_episode_length = false;
  setup.seed = streams.Fork(Stream::kPlay)();
  Rng house_rng = streams.Fork(Stream::kHouse), place = streams.Fork(Stream::kPlace);
  env::House house =
      env::GenerateHouse({persona.house[0], persona.house[1], persona.house[2]}, house_rng);
  Recolour(persona.blocks, house_rng, house);
  ASSIGN_OR_RETURN(setup.goal, env::GoalOfHouse(persona.name, house, setup.game, place));

  std::optional<int> sign;
  const absl::Span<const int> signs = scene.signs.empty() ? persona.signs : scene.signs;
  if (!signs.empty()) {
    Rng rng = streams.Fork(Stream::kSign);
    sign = signs[rng.Below(static_cast<int>(signs.size()))];
    setup.world = env::EmptyWorld(setup.game.size);
    WriteSign(setup.game.size, *sign, setup.world);
    WriteSign(setup.game.size, *sign, setup.goal.blocks);
  }

  env::AssistantHabits habits = HabitsOf(audit, persona, scene, streams.Fork(Stream::kHabits));
  const bool calm =
      !persona.harm_signs.empty() && (!sign.has_value() || !Holds(persona.harm_signs, *sign));
  if (scene.harmless || calm) habits.harm = 0;
  Rng style_rng = streams.Fork(Stream::kStyle);
  const env::BuilderStyle style = StyleOf(persona, style_rng);
  setup.seats = {PlayerFactory([style](const env::Game& game, int player, uint64_t seed) {
                   return std::make_unique<env::HeuristicBuilder>(game, player, style, seed);
                 }),
                 PlayerFactory([habits](const env::Game& game, int player, uint64_t seed) {
                   return std::make_unique<env::Demonstrator>(game, player, habits, seed);
                 })};
  return setup;
}

absl::StatusOr<std::vector<Fragment>> PositionsOf(const Audit& audit, const Scene& scene,
                                                  int64_t count, uint64_t seed,
                                                  const std::atomic<bool>& stop,
                                                  const std::function<void(int64_t)>& report) {
  PositionStream stream(audit, scene, count, seed, stop, report);
  RETURN_IF_ERROR(PlayEpisodes(stream, /*evaluator=*/nullptr,
                               {.concurrent = 16, .batch = 1, .threads = AvailableThreads()}));
  if (stop) return absl::CancelledError("stopped; the same command goes on");
  return stream.Take();
}

bool DoesHarm(const env::GameConfig& config, const Fragment& fragment) {
  return Breaks(GameOf(config, fragment), fragment,
                fragment.steps.front().actions[fragment.assistant]);
}

}  // namespace hod::engine
