#include "mcts/traces/trace_evaluator.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "env/game/observation.h"

namespace hod::mcts {
namespace {

using env::ActionType;

uint32_t Mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  return x ^ (x >> 16);
}

uint32_t Random(uint32_t seed, uint32_t i, uint32_t salt) {
  return Mix(seed + i * 0x9E3779B1u + salt * 0x7F4A7C15u);
}

// How much more a type weighs than a place.
uint64_t TypeWeight(ActionType type) {
  switch (type) {
    case ActionType::kPlace:
      return 1;
    case ActionType::kBreak:
      return 4;
    case ActionType::kGive:
      return 8;
    default:
      return 64;
  }
}

}  // namespace

uint32_t TraceEvaluator::Seed(const Position& position) {
  std::vector<uint8_t> observation(env::kNumObservationChannels * position.game->goal().size());
  env::WorldObservation(*position.game, *position.state, position.player,
                        absl::MakeSpan(observation));
  const auto crc = static_cast<uint32_t>(
      crc32(0, observation.data(), static_cast<unsigned>(observation.size())));
  return crc ^ (static_cast<uint32_t>(position.state->timestep) * 2654435761u);
}

std::vector<uint64_t> TraceEvaluator::PolicyWeights(const Position& position, uint32_t seed) {
  const env::ActionSpace& space = position.game->actions();
  std::vector<uint64_t> weights(space.num_actions());
  for (int t = 0; t < env::kNumActionTypes; ++t) {
    const auto type = static_cast<ActionType>(t);
    for (int id = space.Begin(type); id < space.End(type); ++id) {
      weights[id] = TypeWeight(type) * (1 + (Random(seed, id, 1) & 15));
    }
  }
  return weights;
}

float TraceEvaluator::Value(uint32_t seed) {
  return (static_cast<int>(Random(seed, 0, 2) % 1025) - 512) / 256.0f;
}

int32_t TraceEvaluator::HumanAction(const Position& position, uint32_t seed) {
  const env::ActionSpace& space = position.game->actions();
  const uint32_t kind = Random(seed, 0, 4) & 7;
  if (kind < 2) return 0;
  if (kind < 5) return space.Begin(ActionType::kMovePosX) + Random(seed, 1, 4) % 6;

  // A voxel near the feet of the first other player.
  const env::WorldSize& size = position.game->size();
  env::Cell centre = {0, 0, 0};
  if (position.game->num_players() > 1) {
    centre = position.state->players[position.player == 0 ? 1 : 0].feet;
  }
  const auto near = [&](int c, uint32_t axis, int extent) {
    return std::clamp(c + static_cast<int>(Random(seed, 2 + axis, 4) % 5) - 2, 0, extent - 1);
  };
  const env::Cell target = {near(centre.x, 0, size.w), near(centre.y, 1, size.h),
                            near(centre.z, 2, size.d)};
  if (kind < 7) return space.Begin(ActionType::kBreak) + size.Index(target);
  return space.Begin(ActionType::kPlace) + (2 + Random(seed, 5, 4) % 8) * size.Volume() +
         size.Index(target);
}

absl::Status TraceEvaluator::Evaluate(absl::Span<const Position> positions,
                                      absl::Span<Evaluation> evaluations) {
  for (size_t i = 0; i < positions.size(); ++i) {
    const Position& position = positions[i];
    Evaluation& out = evaluations[i];
    const uint32_t seed = Seed(position);
    const std::vector<uint64_t> weights = PolicyWeights(position, seed);
    const auto sum =
        static_cast<float>(std::accumulate(weights.begin(), weights.end(), uint64_t{0}));
    out.policy.clear();
    for (const int32_t id : position.valid_actions) {
      out.policy.push_back(static_cast<float>(weights[id]) / sum);
    }
    out.value = Value(seed);
    out.goal_logits.resize(env::kNumBlocks * position.game->goal().size());
    for (size_t k = 0; k < out.goal_logits.size(); ++k) {
      out.goal_logits[k] =
          (static_cast<int>(Random(seed, static_cast<uint32_t>(k), 3) % 17) - 8) / 4.0f;
    }
    out.human_policy = {{HumanAction(position, seed), 1.0f}};
  }
  return absl::OkStatus();
}

}  // namespace hod::mcts
