#include "engine/imitation/human_score.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "engine/results/estimate.h"
#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

using nlohmann::json;

constexpr uint64_t kResampleSeed = 1;

void Add(const DecisionScore& score, DecisionScore& sum) {
  sum.cross_entropy += score.cross_entropy;
  sum.unmixed += score.unmixed;
  sum.hit += score.hit;
}

absl::StatusOr<EpisodeScore> ScoreEpisode(const PersonEpisode& episode, const ScoreOptions& options,
                                          uint64_t seed, const PlayerWithout& player_without,
                                          const std::function<void(int)>& report,
                                          const std::atomic<bool>& stop) {
  const HumanTimeline& timeline = episode.timeline;
  ASSIGN_OR_RETURN(PlayerFactory factory, player_without(timeline.participant));
  ASSIGN_OR_RETURN(auto model, factory(timeline.game, timeline.human, seed));
  EpisodeScore score{.episode = timeline.name, .participant = timeline.participant};
  for (int i = 0; i < static_cast<int>(episode.decisions.size()); ++i) {
    if (stop) return absl::CancelledError("stopped");
    const Decision& decision = episode.decisions[i];
    const env::State state = episode.Observation(i, options.protocol);
    if (i % options.every == 0) {
      if (decision.valid) {
        const env::ActionDistribution& said = model->NextAction(state);
        RETURN_IF_ERROR(model->status());
        Add(ScoreDecision(said, episode.ValidActions(i, options.protocol), decision.action),
            score.sum);
        ++score.scored;
      } else {
        ++score.invalid;
      }
    }
    model->Observe(state, decision.action);
    report(1);
  }
  return score;
}

// A mean over the decisions of all episodes, which are resampled whole; `sum_of` is its sum over
// those of one.
Estimate Resampled(const std::vector<EpisodeScore>& scores,
                   const std::function<double(size_t)>& sum_of) {
  return BootstrapStatistic(static_cast<int>(scores.size()), kResampleSeed,
                            [&](absl::Span<const int> times) {
                              double sum = 0, count = 0;
                              for (size_t i = 0; i < scores.size(); ++i) {
                                sum += times[i] * sum_of(i);
                                count += times[i] * static_cast<double>(scores[i].scored);
                              }
                              return sum / count;
                            });
}

Estimate Resampled(const std::vector<EpisodeScore>& scores, double DecisionScore::*figure) {
  return Resampled(scores, [&](size_t i) { return scores[i].sum.*figure; });
}

// How far the first is from the second.
Estimate ResampledDifference(const std::vector<EpisodeScore>& scores,
                             const std::vector<EpisodeScore>& baseline,
                             double DecisionScore::*figure) {
  return Resampled(scores,
                   [&](size_t i) { return scores[i].sum.*figure - baseline[i].sum.*figure; });
}

json ToJson(const ScoreSummary& summary) {
  return {
      {"scored", summary.scored},
      {"invalid", summary.invalid},
      {"cross_entropy", ToJson(summary.cross_entropy)},
      {"accuracy", ToJson(summary.accuracy)},
      {"unmixed_cross_entropy", std::isfinite(summary.unmixed) ? json(summary.unmixed) : json()}};
}

json ToJson(const ScoreDifference& difference) {
  return {{"cross_entropy", ToJson(difference.cross_entropy)},
          {"accuracy", ToJson(difference.accuracy)}};
}

using Scores = std::vector<EpisodeScore>;

// Those of each participant.
std::map<int, Scores> ByParticipant(const Scores& scores) {
  std::map<int, Scores> of;
  for (const EpisodeScore& score : scores) of[score.participant].push_back(score);
  return of;
}

// Calls `each` with a participant's number, or "all", and scores of the two.
void ForEachPair(
    const Scores& scores, const Scores& baseline,
    const std::function<void(const std::string&, const Scores&, const Scores&)>& each) {
  const std::map<int, Scores> theirs = ByParticipant(baseline);
  for (const auto& [participant, own] : ByParticipant(scores)) {
    each(absl::StrCat(participant), own, theirs.at(participant));
  }
  each("all", scores, baseline);
}

}  // namespace

DecisionScore ScoreDecision(const env::ActionDistribution& distribution,
                            const std::vector<int32_t>& valid, int32_t action) {
  double total = 0, probability = 0;
  float most = 0;
  int likeliest = 0;  // How many actions are.
  bool hit = false;
  for (const auto& [id, p] : distribution) {
    if (!std::binary_search(valid.begin(), valid.end(), id)) continue;
    total += p;
    if (id == action) probability = p;
    if (p > most) {
      most = p;
      likeliest = 0;
      hit = false;
    }
    if (p == most) {
      ++likeliest;
      hit = hit || id == action;
    }
  }
  const double uniform = 1.0 / static_cast<double>(valid.size());
  DecisionScore score;
  if (total > 0) {
    probability /= total;
    score.hit = hit ? 1.0 / likeliest : 0.0;
  } else {
    probability = score.hit = uniform;
  }
  score.unmixed = -std::log(probability);
  score.cross_entropy = -std::log((1 - kFloor) * probability + kFloor * uniform);
  return score;
}

absl::StatusOr<std::vector<EpisodeScore>> ScoreModel(
    const std::vector<const PersonEpisode*>& episodes, const ScoreOptions& options,
    const PlayerWithout& player_without, const std::function<void(int)>& report,
    const std::atomic<bool>& stop) {
  std::vector<EpisodeScore> scores(episodes.size());
  const Rng rng(options.seed);
  RETURN_IF_ERROR(RunOnThreads(static_cast<int>(episodes.size()), options.threads, [&](int i) {
    ASSIGN_OR_RETURN(EpisodeScore score, ScoreEpisode(*episodes[i], options, rng.Fork(i)(),
                                                      player_without, report, stop));
    scores[i] = std::move(score);
    return absl::OkStatus();
  }));
  return scores;
}

std::vector<const PersonEpisode*> EpisodesOf(const std::vector<PersonEpisode>& people,
                                             Split split) {
  std::vector<const PersonEpisode*> episodes;
  for (const PersonEpisode& episode : people) {
    if (episode.In(split)) episodes.push_back(&episode);
  }
  return episodes;
}

ScoreSummary Summarize(const std::vector<EpisodeScore>& scores) {
  ScoreSummary summary;
  for (const EpisodeScore& score : scores) {
    summary.scored += score.scored;
    summary.invalid += score.invalid;
    summary.unmixed += score.sum.unmixed;
  }
  summary.unmixed /= static_cast<double>(summary.scored);
  summary.cross_entropy = Resampled(scores, &DecisionScore::cross_entropy);
  summary.accuracy = Resampled(scores, &DecisionScore::hit);
  return summary;
}

std::vector<std::pair<int, ScoreSummary>> SummarizeByParticipant(
    const std::vector<EpisodeScore>& scores) {
  std::vector<std::pair<int, ScoreSummary>> summaries;
  for (const auto& [participant, theirs] : ByParticipant(scores)) {
    summaries.emplace_back(participant, Summarize(theirs));
  }
  return summaries;
}

ScoreDifference Difference(const std::vector<EpisodeScore>& scores,
                           const std::vector<EpisodeScore>& baseline) {
  return {ResampledDifference(scores, baseline, &DecisionScore::cross_entropy),
          ResampledDifference(scores, baseline, &DecisionScore::hit)};
}

std::string FormatScores(const std::vector<EpisodeScore>& scores) {
  std::string table =
      "| participant | decisions | cross entropy, nats | without floor | accuracy, % |\n"
      "|---|---|---|---|---|\n";
  const auto add = [&](const std::string& who, const ScoreSummary& s) {
    absl::StrAppendFormat(&table, "| %s | %d | %s | %.3f | %s |\n", who, s.scored,
                          Format(s.cross_entropy, {.digits = 3}), s.unmixed,
                          Format(100 * s.accuracy));
  };
  for (const auto& [participant, summary] : SummarizeByParticipant(scores)) {
    add(absl::StrCat(participant), summary);
  }
  add("all", Summarize(scores));
  return table;
}

std::string FormatDifferences(const std::vector<EpisodeScore>& scores,
                              const std::vector<EpisodeScore>& baseline) {
  std::string table =
      "| participant | cross entropy, nats | accuracy, points |\n"
      "|---|---|---|\n";
  ForEachPair(scores, baseline, [&](const std::string& who, const Scores& a, const Scores& b) {
    const ScoreDifference d = Difference(a, b);
    absl::StrAppendFormat(&table, "| %s | %s | %s |\n", who,
                          Format(d.cross_entropy, {.digits = 3, .sign = true}),
                          Format(100 * d.accuracy, {.sign = true}));
  });
  return table;
}

json DifferencesJson(const std::vector<EpisodeScore>& scores,
                     const std::vector<EpisodeScore>& baseline) {
  json differences;
  ForEachPair(scores, baseline, [&](const std::string& who, const Scores& a, const Scores& b) {
    json& place = who == "all" ? differences["overall"] : differences["participants"][who];
    place = ToJson(Difference(a, b));
  });
  return differences;
}

json ToJson(const std::vector<EpisodeScore>& scores) {
  json participants, episodes = json::array();
  for (const auto& [participant, summary] : SummarizeByParticipant(scores)) {
    participants[absl::StrCat(participant)] = ToJson(summary);
  }
  for (const EpisodeScore& score : scores) {
    const double unmixed = score.sum.unmixed;
    episodes.push_back({{"episode", score.episode},
                        {"participant", score.participant},
                        {"scored", score.scored},
                        {"invalid", score.invalid},
                        {"cross_entropy_sum", score.sum.cross_entropy},
                        {"unmixed_sum", std::isfinite(unmixed) ? json(unmixed) : json()},
                        {"hits", score.sum.hit}});
  }
  return {{"floor", kFloor},
          {"overall", ToJson(Summarize(scores))},
          {"participants", participants},
          {"episodes", episodes}};
}

std::vector<EpisodeScore> ScoresFromJson(const json& object) {
  std::vector<EpisodeScore> scores;
  for (const json& episode : object.at("episodes")) {
    const json& unmixed = episode.at("unmixed_sum");
    scores.push_back({.episode = episode.at("episode"),
                      .participant = episode.at("participant"),
                      .scored = episode.at("scored"),
                      .invalid = episode.at("invalid"),
                      .sum = {.cross_entropy = episode.at("cross_entropy_sum"),
                              .unmixed = unmixed.is_null() ? HUGE_VAL : unmixed.get<double>(),
                              .hit = episode.at("hits")}});
  }
  return scores;
}

}  // namespace hod::engine
