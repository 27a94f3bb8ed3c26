#include "engine/imitation/cloning.h"

#include <limits>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/session/session.h"
#include "engine/session/streams.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"
#include "models/checkpoints/network_file.h"
#include "models/training/trainer.h"

namespace hod::engine {
namespace {

settings::Declaration Declare(CloningConfig& config) {
  settings::Declaration d;
  d.Integer("seed", config.seed, 0, std::numeric_limits<int>::max(), "of all that is random");
  d.Integer("channels", config.channels, 1, models::kMaxChannels, "of the network");
  d.Integer("blocks", config.blocks, 0, models::kMaxBlocks, "of the network");
  d.Integer("epochs", config.epochs, 1, 10000, "passes over the decisions");
  d.Integer("batch", config.batch, 1, 4096, "decisions of a gradient step");
  d.Number("learning_rate", config.learning_rate, 1e-9, 1, "of the first gradient step");
  d.Number("final_learning_rate", config.final_learning_rate, 0, 1,
           "of the last, to which the rate falls linearly");
  d.Number("dropout", config.dropout, 0, 0.95,
           "share of the hidden layer's inputs and outputs that a step leaves out");
  d.Number("ema_decay", config.ema_decay, 0, 0.99999,
           "of the average of parameters that acts; 0: none");
  d.Flag("mirror", config.mirror, "mirror and swap every example at random");
  d.Flag("permute_blocks", config.permute_blocks,
         "rename the placeable types at random in every example");
  d.Text("initial", config.initial, "the path of a checkpoint",
         "the network that learning begins from; empty: a random one");
  return d;
}

}  // namespace

absl::StatusOr<CloningConfig> LoadCloningConfig(const std::string& path) {
  CloningConfig config;
  settings::Declaration declaration = Declare(config);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return config;
}

nlohmann::json ToJson(CloningConfig config) { return settings::ToJson(Declare(config)); }

std::string DescribeCloningConfig() {
  CloningConfig defaults;
  return settings::Describe(Declare(defaults));
}

absl::StatusOr<models::Network> InitialClone(const CloningConfig& config) {
  if (config.initial.empty()) {
    const Rng rng(static_cast<uint64_t>(config.seed));
    return models::InitialNetwork(config.network(), rng.Fork(CloningStream::kInitialNetwork));
  }
  ASSIGN_OR_RETURN(models::LoadedNetwork file, models::OpenHodNetwork(config.initial));
  models::Network& network = std::get<models::Network>(file.network);
  const models::NetworkConfig& found = network.config;
  if (found != config.network()) {
    return absl::InvalidArgumentError(
        absl::StrCat(config.initial, ": expected a network of ", models::ShapeOf(config.network()),
                     " blocks that sees the goal, got ", models::ShapeOf(found), " blocks",
                     found.goal_visible ? "" : " that does not see it"));
  }
  return std::move(network);
}

void AddExample(const DecisionRef& ref, Protocol protocol, const SymmetryParts& parts,
                Batch& batch) {
  const HumanTimeline& timeline = ref.episode->timeline;
  const env::Game& game = timeline.game;
  const Symmetry symmetry(game.config(), game.actions(), parts);
  const auto& scene = batch.scenes.emplace_back(std::make_unique<const Batch::Scene>(
      Batch::Scene{env::Game(game.config(), symmetry.Apply(game.goal())),
                   symmetry.Apply(ref.episode->Observation(ref.decision, protocol))}));
  models::Example& example = batch.examples.emplace_back();
  example.position = {&scene->game, &scene->state, timeline.human};
  example.valid_actions = symmetry.Actions(ref.episode->ValidActions(ref.decision, protocol));
  example.search_policy = {{symmetry.Action(ref.episode->decisions[ref.decision].action), 1.0f}};
  example.goal = scene->game.goal();
}

absl::StatusOr<Clone> TrainClone(const CloningConfig& config, models::Network initial,
                                 std::vector<DecisionRef> decisions, Protocol protocol,
                                 const std::function<void(int)>& report,
                                 const std::atomic<bool>& stop) {
  const Rng rng(static_cast<uint64_t>(config.seed));
  models::TrainerConfig how;
  how.weights = {.value = 0, .goal = 0, .human = 0};
  how.ema_decay = config.ema_decay;
  how.dropout = config.dropout;
  how.seed = rng.Fork(CloningStream::kDropout)();
  ASSIGN_OR_RETURN(const std::unique_ptr<models::Trainer> trainer,
                   models::MakeTrainer(models::InitialTrainerState(std::move(initial)), how));
  Rng order = rng.Fork(CloningStream::kOrder), symmetries = rng.Fork(CloningStream::kSymmetries);
  const auto size = static_cast<size_t>(config.batch);
  const size_t per_epoch = decisions.size() / size;
  Session session({.max_steps = static_cast<int64_t>(per_epoch) * config.epochs,
                   .learning_rate = config.learning_rate,
                   .final_learning_rate = config.final_learning_rate},
                  stop);
  Clone clone;
  double loss = 0;  // Sum over the epoch.
  RETURN_IF_ERROR(session.Run([&]() -> absl::Status {
    const size_t step = session.steps() % per_epoch;
    if (step == 0) Shuffle(decisions, order);
    Batch batch;
    for (size_t i = step * size; i < (step + 1) * size; ++i) {
      const env::GameConfig& game = decisions[i].episode->timeline.game.config();
      SymmetryParts parts = config.mirror ? RandomMirroring(game, symmetries) : SymmetryParts{};
      if (config.permute_blocks) parts.blocks = RandomBlockPermutation(symmetries);
      AddExample(decisions[i], protocol, parts, batch);
    }
    ASSIGN_OR_RETURN(const models::Losses losses,
                     trainer->Step(batch.examples, {.learning_rate = session.LearningRate()}));
    session.Made(1);
    loss += losses.policy;
    if (step + 1 == per_epoch) {
      clone.losses.push_back(std::exchange(loss, 0) / static_cast<double>(per_epoch));
    }
    report(config.batch);
    return absl::OkStatus();
  }));
  if (!session.complete()) return absl::CancelledError("stopped; the same command goes on");
  clone.network = trainer->state().Acting();
  return clone;
}

}  // namespace hod::engine
