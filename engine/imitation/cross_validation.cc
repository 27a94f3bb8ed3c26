#include "engine/imitation/cross_validation.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "engine/play/player_spec.h"
#include "engine/results/store.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/parallel.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

using nlohmann::json;

// Everything a result follows from.
json OriginOf(const CloningConfig& config, const models::Network& initial, const Fold& fold,
              const std::vector<PersonEpisode>& people) {
  const absl::string_view parameters(reinterpret_cast<const char*>(initial.parameters.data()),
                                     initial.parameters.size() * sizeof(float));
  std::string decisions;
  for (const PersonEpisode& episode : people) {
    if (!episode.In(fold.split)) continue;
    absl::StrAppend(&decisions, episode.timeline.name, ";", episode.timeline.participant, ":");
    for (const Decision& decision : episode.decisions) {
      absl::StrAppend(&decisions, decision.step, ",", decision.action, ",",
                      decision.valid_actions.size(), ";");
    }
  }
  return {{"version", 2},  // Version of networks, losses and scores.
          {"fold", NameOf(fold)},
          {"config", ToJson(config)},
          {"initial", HashOf(parameters)},
          {"decisions", HashOf(decisions)}};
}

json ToJson(const FoldResult& result) {
  json object = {{"losses", result.losses}, {"training_seconds", result.training_seconds}};
  if (result.fold.held_out) object["scores"] = ToJson(result.scores);
  return object;
}

FoldResult ResultFrom(const Fold& fold, const json& object) {
  FoldResult result{.fold = fold};
  result.losses = object.at("losses").get<std::vector<double>>();
  result.training_seconds = object.at("training_seconds");
  if (fold.held_out) result.scores = ScoresFromJson(object.at("scores"));
  return result;
}

class Run {
 public:
  Run(const CloningConfig& config, const models::Network& initial,
      const std::vector<PersonEpisode>& people, const std::vector<Fold>& folds,
      const std::string& directory, const ResultStore& store, const std::atomic<bool>& stop)
      : config_(config),
        initial_(initial),
        people_(people),
        folds_(folds),
        directory_(directory),
        store_(store),
        stop_(stop),
        results_(folds.size()) {}

  absl::StatusOr<std::vector<FoldResult>> All(int threads) {
    std::vector<int> left;  // Folds without an earlier result.
    double positions = 0;
    for (size_t i = 0; i < folds_.size(); ++i) {
      results_[i] = Earlier(folds_[i]);
      if (results_[i]) continue;
      left.push_back(static_cast<int>(i));
      const size_t decisions =
          DecisionsWithout(people_, folds_[i].split, folds_[i].held_out).size();
      positions += static_cast<double>(decisions) * config_.epochs;
    }
    if (!left.empty()) {
      SharedProgress progress("cloning", positions);
      RETURN_IF_ERROR(RunOnThreads(static_cast<int>(left.size()), threads, [&](int i) {
        ASSIGN_OR_RETURN(FoldResult result, TrainAndScore(folds_[left[i]], progress));
        results_[left[i]] = std::move(result);
        return absl::OkStatus();
      }));
    }
    std::vector<FoldResult> results;
    for (std::optional<FoldResult>& result : results_) results.push_back(*std::move(result));
    return results;
  }

 private:
  std::string Path(const Fold& fold, const char* extension) const {
    return absl::StrCat(directory_, "/", NameOf(fold), extension);
  }

  // The result of an earlier run whose network is still there.
  std::optional<FoldResult> Earlier(const Fold& fold) const {
    std::optional<FoldResult> result;
    const auto take = [&](const json& object) -> absl::Status {
      RETURN_IF_ERROR(models::OpenHodNetwork(Path(fold, ".safetensors")).status());
      result = ResultFrom(fold, object);
      return absl::OkStatus();
    };
    store_.Find(NameOf(fold), OriginOf(config_, initial_, fold, people_), take);
    return result;
  }

  absl::StatusOr<FoldResult> TrainAndScore(const Fold& fold, SharedProgress& progress) const {
    FoldResult result{.fold = fold};
    const std::string name = NameOf(fold);
    const Stopwatch watch;
    ASSIGN_OR_RETURN(Clone clone,
                     TrainClone(
                         config_, initial_, DecisionsWithout(people_, fold.split, fold.held_out),
                         fold.protocol, [&](int count) { progress.Add(count, name); }, stop_));
    result.training_seconds = watch.Seconds();
    result.losses = clone.losses;
    const json origin = OriginOf(config_, initial_, fold, people_);
    const models::NetworkFile network = {std::move(clone.network),
                                         DumpJson(json{{"clone", origin}})};
    const std::string path = Path(fold, ".safetensors");
    RETURN_IF_ERROR(models::SaveNetwork(path, network));
    if (fold.held_out) {
      ASSIGN_OR_RETURN(result.scores, Score(fold, {path, network.network, network.run}));
    }
    RETURN_IF_ERROR(store_.Put(name, origin, ToJson(result)));
    return result;
  }

  absl::StatusOr<std::vector<EpisodeScore>> Score(const Fold& fold,
                                                  const models::LoadedNetwork& network) const {
    ASSIGN_OR_RETURN(PlayerFactory player, MakePlayerFactory(network));
    std::vector<const PersonEpisode*> theirs;
    for (const PersonEpisode* episode : EpisodesOf(people_, fold.split)) {
      if (episode->timeline.participant == *fold.held_out) theirs.push_back(episode);
    }
    return ScoreModel(
        theirs, {.split = fold.split, .protocol = fold.protocol}, [&](int) { return player; },
        [](int) {}, stop_);
  }

  const CloningConfig& config_;
  const models::Network& initial_;
  const std::vector<PersonEpisode>& people_;
  const std::vector<Fold>& folds_;
  const std::string& directory_;
  const ResultStore& store_;
  const std::atomic<bool>& stop_;
  std::vector<std::optional<FoldResult>> results_;
};

// Scores of all folds of a split by protocol, which are those of all participants.
using Groups = std::map<std::pair<Protocol, Split>, std::vector<EpisodeScore>>;
Groups GroupsOf(const std::vector<FoldResult>& results) {
  Groups groups;
  for (const FoldResult& result : results) {
    if (!result.fold.held_out) continue;
    auto& group = groups[{result.fold.protocol, result.fold.split}];
    group.insert(group.end(), result.scores.begin(), result.scores.end());
  }
  return groups;
}

}  // namespace

std::string NameOf(const Fold& fold) {
  return absl::StrCat(NameOf(fold.protocol), "/", NameOf(fold.split), "-",
                      fold.held_out ? absl::StrCat("without-", *fold.held_out) : "all");
}

std::vector<Fold> FoldsOf(const std::vector<PersonEpisode>& people,
                          const std::vector<Split>& splits,
                          const std::vector<Protocol>& protocols) {
  std::vector<std::pair<size_t, Fold>> folds;
  for (const Protocol protocol : protocols) {
    for (const Split split : splits) {
      std::vector<std::optional<int>> held_out = {std::nullopt};
      for (const int participant : ParticipantsOf(people)) held_out.emplace_back(participant);
      const size_t all = DecisionsWithout(people, split, std::nullopt).size();
      if (all == 0) continue;
      for (const std::optional<int>& participant : held_out) {
        const size_t rows = DecisionsWithout(people, split, participant).size();
        // Participants who aren't in the split are not held out of it.
        if (participant && (rows == all || rows == 0)) continue;
        folds.push_back({rows, {split, protocol, participant}});
      }
    }
  }
  std::stable_sort(folds.begin(), folds.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Fold> result;
  for (const auto& [rows, fold] : folds) result.push_back(fold);
  return result;
}

absl::StatusOr<std::vector<FoldResult>> CrossValidate(const CloningConfig& config,
                                                      const std::vector<PersonEpisode>& people,
                                                      const std::vector<Fold>& folds,
                                                      const std::string& directory, int threads,
                                                      const std::atomic<bool>& stop) {
  for (const Fold& fold : folds) {
    RETURN_IF_ERROR(MakeDirectories(absl::StrCat(directory, "/", NameOf(fold.protocol))));
    const size_t rows = DecisionsWithout(people, fold.split, fold.held_out).size();
    if (rows < static_cast<size_t>(config.batch)) {
      return absl::InvalidArgumentError(absl::StrCat("batch is ", config.batch, ", but ",
                                                     NameOf(fold), " has ", rows, " decisions"));
    }
  }
  ASSIGN_OR_RETURN(const models::Network initial, InitialClone(config));
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(directory));
  return Run(config, initial, people, folds, directory, store, stop).All(threads);
}

std::string FormatCrossValidation(const std::vector<FoldResult>& results) {
  std::string table =
      "| protocol | split | decisions | cross entropy, nats | without floor | accuracy, % |\n"
      "|---|---|---|---|---|---|\n";
  std::string details;
  for (const auto& [key, scores] : GroupsOf(results)) {
    const ScoreSummary s = Summarize(scores);
    const char* protocol = NameOf(key.first);
    const char* split = NameOf(key.second);
    absl::StrAppendFormat(&table, "| %s | %s | %d | %s | %.3f | %s |\n", protocol, split, s.scored,
                          Format(s.cross_entropy, {.digits = 3}), s.unmixed,
                          Format(100 * s.accuracy));
    absl::StrAppend(&details, "\n", protocol, ", ", split, ":\n\n", FormatScores(scores));
  }
  return table + details;
}

json CrossValidationJson(const CloningConfig& config, const std::vector<FoldResult>& results) {
  json groups = json::array(), folds = json::array();
  for (const auto& [key, scores] : GroupsOf(results)) {
    json group = ToJson(scores);
    group["protocol"] = NameOf(key.first);
    group["split"] = NameOf(key.second);
    groups.push_back(std::move(group));
  }
  for (const FoldResult& result : results) {
    json fold = ToJson(result);
    fold["name"] = NameOf(result.fold);
    folds.push_back(std::move(fold));
  }
  return {{"config", ToJson(config)}, {"scores", groups}, {"folds", folds}};
}

}  // namespace hod::engine
