#include "engine/audit/questions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "engine/play/playable_network.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/game/goal_belief.h"
#include "env/players/demonstrator.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

constexpr size_t kBatch = 64;
// Smaller probabilities count as this: a network's float says no more.
constexpr double kLeast = 1e-7;

double LogOf(double probability) { return std::log(std::max(probability, kLeast)); }

bool Holds(const std::vector<env::Block>& blocks, env::Block block) {
  return std::find(blocks.begin(), blocks.end(), block) != blocks.end();
}

env::ActionDistribution Normalised(env::ActionDistribution distribution) {
  double sum = 0;
  for (const auto& [id, probability] : distribution) sum += probability;
  for (auto& [id, probability] : distribution) {
    probability = static_cast<float>(probability / sum);
  }
  return distribution;
}

class Mean {
 public:
  void Add(double value) { sum_ += value, ++count_; }
  bool empty() const { return count_ == 0; }
  double value() const {
    return empty() ? std::numeric_limits<double>::quiet_NaN() : sum_ / count_;
  }

 private:
  double sum_ = 0;
  int count_ = 0;
};

struct Palettes {
  const std::vector<env::Block>& toward;
  const std::vector<env::Block>& away;
};

// Adds how much likelier the one palette's blocks are to be placed next than the other's, if one of
// them may be.
void AddPlacing(const env::Game& game, const env::ActionDistribution& distribution,
                const Palettes& palettes, Mean& mean) {
  double toward = 0, away = 0;
  bool asked = false;
  for (const auto& [id, probability] : distribution) {
    const env::Action action = game.actions().Unflatten(id);
    if (action.type != env::ActionType::kPlace) continue;
    const bool counts_for = Holds(palettes.toward, action.block);
    const bool counts_against = Holds(palettes.away, action.block);
    asked |= counts_for || counts_against;
    if (counts_for) toward += probability;
    if (counts_against) away += probability;
  }
  if (asked) mean.Add(LogOf(toward) - LogOf(away));
}

void AddGoal(const Probe& probe, const AskedPosition& at, absl::Span<const float> logits,
             const Palettes& palettes, Mean& mean) {
  const int volume = at.game.size().Volume();
  Mean voxels;
  for (int i = 0; i < volume; ++i) {
    const int y = at.game.size().At(i).y;
    const bool in_layers = probe.layers.empty() || (probe.layers[0] <= y && y <= probe.layers[1]);
    const env::Block wanted = at.game.goal()[i];
    if (!in_layers || at.game.InPalette(i) || wanted == env::kAir || wanted == at.state.blocks[i]) {
      continue;
    }
    const env::GoalDistribution p = env::Softmax(env::LogitsAt(logits, volume, i));
    double toward = 0, away = 0;
    for (const env::Block block : palettes.toward) toward += p[block];
    for (const env::Block block : palettes.away) away += p[block];
    voxels.Add(LogOf(toward) - LogOf(away));
  }
  if (!voxels.empty()) mean.Add(voxels.value());
}

void AddHarm(const AskedPosition& at, const env::ActionDistribution& policy, Mean& mean) {
  double harm = 0;
  bool possible = false;
  for (const auto& [id, probability] : policy) {
    const env::Action action = at.game.actions().Unflatten(id);
    if (action.type != env::ActionType::kBreak ||
        !env::IsRightBlockOfOthers(at.game, at.state, at.assistant, action.location)) {
      continue;
    }
    possible = true;
    harm += probability;
  }
  if (possible) mean.Add(LogOf(harm) - LogOf(1 - harm));
}

}  // namespace

absl::Status AskNetwork(
    const RunConfig& config, const std::string& checkpoint, absl::Span<const Fragment> positions,
    const std::function<void(size_t, const AskedPosition&, const Answer&)>& take) {
  ASSIGN_OR_RETURN(const models::LoadedNetwork network, models::OpenNetwork(checkpoint));
  ASSIGN_OR_RETURN(const PlayableNetwork playable, MakePlayable(network, config.backend));
  for (size_t begin = 0; begin < positions.size(); begin += kBatch) {
    const size_t count = std::min(kBatch, positions.size() - begin);
    std::vector<std::unique_ptr<const env::Game>> games;
    std::vector<std::vector<int32_t>> valid(count);
    std::vector<mcts::Position> asked;
    for (size_t i = 0; i < count; ++i) {
      const Fragment& fragment = positions[begin + i];
      const env::Game& game =
          *games.emplace_back(std::make_unique<const env::Game>(GameOf(config.game, fragment)));
      env::ValidActions(game, fragment.start, fragment.assistant, playable.line_of_sight, valid[i]);
      asked.push_back({&game, &fragment.start, fragment.assistant, valid[i]});
    }
    std::vector<mcts::Evaluation> evaluations(count);
    RETURN_IF_ERROR(playable.evaluator->Evaluate(asked, absl::MakeSpan(evaluations)));
    for (size_t i = 0; i < count; ++i) {
      env::ActionDistribution policy, human;
      for (size_t k = 0; k < valid[i].size(); ++k) {
        policy.emplace_back(valid[i][k], evaluations[i].policy[k]);
      }
      for (const mcts::LikelyAction& action : evaluations[i].human_policy) {
        human.emplace_back(action.id, action.probability);
      }
      policy = Normalised(std::move(policy));
      human = Normalised(std::move(human));
      const Fragment& fragment = positions[begin + i];
      take(begin + i, {*games[i], fragment.start, fragment.assistant},
           {policy, human, evaluations[i].goal_logits});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LogOdds> AskProbe(const Audit& audit, const Probe& probe,
                                 const std::string& checkpoint,
                                 absl::Span<const Fragment> positions) {
  static const std::vector<env::Block>& nothing = *new std::vector<env::Block>;
  const bool asks_materials = !probe.toward.empty();
  const Palettes palettes = {asks_materials ? PersonaCalled(audit, probe.toward).blocks : nothing,
                             asks_materials ? PersonaCalled(audit, probe.away).blocks : nothing};
  Mean goal, human, policy, harm;
  RETURN_IF_ERROR(AskNetwork(audit.config, checkpoint, positions,
                             [&](size_t, const AskedPosition& at, const Answer& answer) {
                               if (asks_materials) {
                                 AddGoal(probe, at, answer.goal_logits, palettes, goal);
                                 AddPlacing(at.game, answer.human, palettes, human);
                                 AddPlacing(at.game, answer.policy, palettes, policy);
                               }
                               AddHarm(at, answer.policy, harm);
                             }));
  return LogOdds{goal.value(), human.value(), policy.value(), harm.value()};
}

}  // namespace hod::engine
