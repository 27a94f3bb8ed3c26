#include "engine/evaluation/assistant.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/config/trained_config.h"
#include "engine/play/playable_network.h"
#include "engine/play/player_spec.h"
#include "engine/samples/mirrored_beliefs.h"
#include "env/base/status.h"
#include "models/shipped/shipped.h"

namespace hod::engine {
namespace {

// The evaluator of an assistant that asks for evaluations.
absl::StatusOr<std::shared_ptr<mcts::Evaluator>> MakeAsked(const RunConfig& config,
                                                           const models::LoadedNetwork& network,
                                                           bool searches) {
  ASSIGN_OR_RETURN(const PlayableNetwork playable, MakePlayable(network, config.backend));
  if (playable.sees_goal) {
    return absl::InvalidArgumentError(
        absl::StrCat(network.path, ": its network sees the goal, expected that of an assistant"));
  }
  if (searches && !playable.predicts_others) {
    return absl::InvalidArgumentError(
        absl::StrCat(network.path, ": does not predict others' actions, which a search needs"));
  }
  if (!searches && playable.remembers && config.evaluation.mirror_images) {
    return absl::InvalidArgumentError(absl::StrCat(
        network.path, ": its network remembers, expected evaluation.mirror_images = false"));
  }
  return playable.evaluator;
}

// Networks of the reference search if asked to.
absl::StatusOr<bool> Searches(const Assistant& assistant, bool search_reference) {
  const models::LoadedNetwork* const network = assistant.network.get();
  const bool of_the_reference = network != nullptr && network->of_the_reference();
  if (search_reference && !of_the_reference) {
    return absl::InvalidArgumentError(
        absl::StrCat(assistant.spec, ": expected a network of the reference to search with"));
  }
  return network != nullptr && !assistant.carries_out_belief &&
         (!of_the_reference || search_reference);
}

}  // namespace

std::string AssistantSpecs() {
  std::vector<absl::string_view> shipped;
  for (const models::ShippedNetwork& network : models::ShippedNetworks()) {
    shipped.push_back(network.name);
  }
  return absl::StrCat(
      "a checkpoint, which searches; ", kBeliefPrefix,
      "CHECKPOINT, whose belief is carried out without a search; or a player that "
      "acts by itself: ",
      PlayerSpecs(), ". ", models::kShippedPrefix,
      "NAME is a checkpoint that is part of the program: ", absl::StrJoin(shipped, ", "));
}

std::string TrainedAssistant(const RunConfig& config, const std::string& checkpoint) {
  return absl::StrCat(config.assistant == kBelief ? kBeliefPrefix : "", checkpoint);
}

absl::StatusOr<Assistant> OpenAssistant(const std::string& spec) {
  Assistant assistant{.spec = spec};
  absl::string_view path = spec;
  assistant.carries_out_belief = absl::ConsumePrefix(&path, kBeliefPrefix);
  if (assistant.carries_out_belief || absl::StartsWith(path, models::kShippedPrefix) ||
      absl::EndsWith(spec, ".safetensors")) {
    ASSIGN_OR_RETURN(models::LoadedNetwork network, models::OpenNetwork(std::string(path)));
    assistant.network = std::make_shared<const models::LoadedNetwork>(std::move(network));
  }
  return assistant;
}

absl::StatusOr<RunConfig> ConfigOf(const Assistant& assistant) {
  return assistant.network != nullptr ? TrainedConfig(*assistant.network) : RunConfig();
}

absl::StatusOr<SeatedAssistant> SeatAssistant(const RunConfig& config, const Assistant& assistant,
                                              bool search_reference) {
  SeatedAssistant seated;
  ASSIGN_OR_RETURN(const bool searches, Searches(assistant, search_reference));
  if (!searches && !assistant.carries_out_belief) {
    if (assistant.network != nullptr) {
      ASSIGN_OR_RETURN(seated.seat, MakePlayerFactory(*assistant.network));
    } else if (assistant.spec != kNoopAssistant) {
      ASSIGN_OR_RETURN(seated.seat, MakePlayerFactory(assistant.spec));
    }
    return seated;
  }
  ASSIGN_OR_RETURN(seated.evaluator, MakeAsked(config, *assistant.network, searches));
  if (config.cached_positions > 0) {
    const auto cached = std::make_shared<mcts::EvaluationCache>(std::move(seated.evaluator),
                                                                config.cached_positions);
    seated.cache = cached;
    seated.evaluator = cached;
  }
  if (searches) {
    seated.seat = EvaluationSearches(config, config.evaluation.simulations);
    return seated;
  }
  seated.seat = BeliefPlay{{config.evaluation.threshold}};
  if (config.evaluation.mirror_images) {
    struct Mirrored {
      std::shared_ptr<mcts::Evaluator> inner;
      MirroredBeliefs beliefs;
    };
    const auto mirrored = std::make_shared<Mirrored>(
        Mirrored{seated.evaluator, MirroredBeliefs(seated.evaluator.get(), config.game)});
    seated.evaluator = std::shared_ptr<mcts::Evaluator>(mirrored, &mirrored->beliefs);
  }
  return seated;
}

}  // namespace hod::engine
