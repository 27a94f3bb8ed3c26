// How well a model foretells what people did: cross entropy and accuracy of the next action
// (Laidlaw et al. 2025, "Human models"), for anything that is an env::Player.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/imitation/recorded_people.h"
#include "engine/play/seat.h"
#include "engine/results/bootstrap.h"

namespace hod::engine {

// Share of the uniform distribution over valid actions that is mixed into every model's, as models
// that rule out what people did would have no finite score.
inline constexpr double kFloor = 0.01;

struct DecisionScore {
  double cross_entropy = 0;  // -ln((1 - kFloor) p + kFloor / valid), in nats.
  double unmixed = 0;        // -ln p; infinite where p is 0.
  double hit = 0;  // 1 if the likeliest action was taken, 1/n if it is one of n likeliest.
};

// What a model's distribution, of which only the part over the `valid` actions counts, says of
// `action`, which is one of them. A model without such a part is taken as uniform.
DecisionScore ScoreDecision(const env::ActionDistribution& distribution,
                            const std::vector<int32_t>& valid, int32_t action);

// The scores of the decisions of one episode.
struct EpisodeScore {
  std::string episode;
  int participant = 0;
  int64_t scored = 0;
  int64_t invalid = 0;  // Decisions that were left out, as the mask forbids the action.
  DecisionScore sum{};  // Over the scored ones.
};

struct ScoreOptions {
  Split split = Split::kCombined;
  Protocol protocol = Protocol::kCausal;
  int every = 1;  // Scores the first decision of each episode, and then one in this many.
  int threads = 1;
  uint64_t seed = 1;  // Used by models that draw what they intend.
};

// The player that stands for a model where `participant` is held out.
using PlayerWithout = std::function<absl::StatusOr<PlayerFactory>(int participant)>;

// Plays through every episode of the split with a new model, which is told all that was done.
// `report` is called with the number of decisions passed, from several threads.
absl::StatusOr<std::vector<EpisodeScore>> ScoreModel(
    const std::vector<const PersonEpisode*>& episodes, const ScoreOptions& options,
    const PlayerWithout& player_without, const std::function<void(int)>& report,
    const std::atomic<bool>& stop);

std::vector<const PersonEpisode*> EpisodesOf(const std::vector<PersonEpisode>& people, Split split);

// Means over all decisions, with 95% intervals from resampling episodes.
struct ScoreSummary {
  int64_t scored = 0, invalid = 0;
  Estimate cross_entropy, accuracy;
  double unmixed = 0;  // Mean; infinite where a model ruled out what was done.
};
// Requires at least one scored decision.
ScoreSummary Summarize(const std::vector<EpisodeScore>& scores);
// The summary of each participant, ascending.
std::vector<std::pair<int, ScoreSummary>> SummarizeByParticipant(
    const std::vector<EpisodeScore>& scores);

// A model's means less a baseline's, over the same decisions; episodes are resampled in pairs.
struct ScoreDifference {
  Estimate cross_entropy, accuracy;
};
// Requires scores of the same episodes in the same order, with equal numbers of scored decisions.
ScoreDifference Difference(const std::vector<EpisodeScore>& scores,
                           const std::vector<EpisodeScore>& baseline);

// "participant  decisions  cross entropy  accuracy", a line each, and one of all.
std::string FormatScores(const std::vector<EpisodeScore>& scores);
// The same of differences; requires what Difference() does.
std::string FormatDifferences(const std::vector<EpisodeScore>& scores,
                              const std::vector<EpisodeScore>& baseline);
// {"overall": {...}, "participants": {...}, "episodes": [...]}.
nlohmann::json ToJson(const std::vector<EpisodeScore>& scores);
// {"overall": {...}, "participants": {...}}.
nlohmann::json DifferencesJson(const std::vector<EpisodeScore>& scores,
                               const std::vector<EpisodeScore>& baseline);
std::vector<EpisodeScore> ScoresFromJson(const nlohmann::json& json);

}  // namespace hod::engine
