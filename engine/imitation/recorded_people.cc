#include "engine/imitation/recorded_people.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/base/descriptor.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/recordings/human_recording.h"
#include "env/recordings/recorded_episode.h"

namespace hod::engine {
namespace {

std::vector<Decision> DecisionsOf(const HumanTimeline& timeline) {
  std::vector<Decision> decisions;
  std::vector<int> decision_of(timeline.steps.size());
  for (size_t t = 0; t < timeline.steps.size(); ++t) {
    const TimelineStep& step = timeline.steps[t];
    if (!step.human_decides) continue;
    decision_of[t] = static_cast<int>(decisions.size());
    Decision& decision = decisions.emplace_back();
    decision.step = static_cast<int>(t);
    decision.action = timeline.game.actions().Flatten(step.actions[timeline.human]);
    env::ValidActions(timeline.game, step.state, timeline.human, /*line_of_sight=*/true,
                      decision.valid_actions);
    decision.valid = std::binary_search(decision.valid_actions.begin(),
                                        decision.valid_actions.end(), decision.action);
  }
  for (Decision& decision : decisions) {
    decision.ends_with = decision_of[timeline.steps[decision.step].ends_with];
  }
  return decisions;
}

// The recordings of a directory that hold all that was done.
absl::StatusOr<std::vector<std::string>> RecordingsIn(const std::string& directory) {
  std::error_code error;
  std::filesystem::directory_iterator files(directory, error);
  if (error) return SystemError(directory, "list", error.value());
  std::vector<std::string> paths;
  for (const auto& file : files) {
    const std::string path = file.path().string();
    if (!absl::EndsWith(path, ".jsonl") && !absl::EndsWith(path, ".jsonl.gz")) continue;
    ASSIGN_OR_RETURN(const env::EpisodeReader episodes, env::EpisodeReader::Open(path));
    if (!episodes.holds_people()) {  // Hod's own, which hold all.
      paths.push_back(path);
      continue;
    }
    ASSIGN_OR_RETURN(env::HumanRecordingReader reader, env::HumanRecordingReader::Open(path));
    ASSIGN_OR_RETURN(const bool any, reader.NextEpisode());
    if (!any) continue;
    const env::RecordingKind timeline = reader.episode().timeline;
    if (timeline == env::RecordingKind::kAlone || timeline == env::RecordingKind::kJoint) {
      paths.push_back(path);
    }
  }
  if (paths.empty()) {
    return absl::NotFoundError(absl::StrCat(
        directory, ": no recordings of people alone, joint ones of two, or of Hod's own"));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

const char* NameOf(Split split) {
  return split == Split::kAlone ? "alone" : split == Split::kAssisted ? "assisted" : "combined";
}

const char* NameOf(Protocol protocol) { return protocol == Protocol::kPaper ? "paper" : "causal"; }

env::State PersonEpisode::Observation(int decision, Protocol protocol) const {
  const env::State& seen = timeline.steps[decisions[decision].step].state;
  const int end = decisions[decision].ends_with;
  if (protocol == Protocol::kCausal || end == decision) return seen;
  env::State shown = timeline.steps[decisions[end].step].state;
  // Decisions of one wait follow each other.
  int begin = decision;
  while (begin > 0 && decisions[begin - 1].ends_with == end) --begin;
  shown.timestep = decisions[begin].step;
  for (size_t p = 0; p < shown.players.size(); ++p) {
    shown.players[p].last_action = seen.players[p].last_action;
  }
  return shown;
}

const std::vector<int32_t>& PersonEpisode::ValidActions(int decision, Protocol protocol) const {
  const int by = protocol == Protocol::kPaper ? decisions[decision].ends_with : decision;
  return decisions[by].valid_actions;
}

absl::StatusOr<std::vector<PersonEpisode>> LoadPeople(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, RecordingsIn(directory));
  std::vector<PersonEpisode> people;
  std::set<std::string> names;
  ProgressLine progress("reading recordings");
  for (size_t i = 0; i < paths.size(); ++i) {
    RETURN_IF_ERROR(ReadHumanTimelines(paths[i], [&](HumanTimeline timeline) {
      if (!names.insert(timeline.name).second) {
        return absl::InvalidArgumentError(
            absl::StrCat(paths[i], ": episode ", timeline.name, " comes twice"));
      }
      std::vector<Decision> decisions = DecisionsOf(timeline);
      people.push_back({std::move(timeline), std::move(decisions)});
      progress.Update((i + 0.5) / paths.size(), absl::StrCat(people.size(), " episodes"));
      return absl::OkStatus();
    }));
  }
  return people;
}

std::vector<int> ParticipantsOf(const std::vector<PersonEpisode>& people) {
  std::set<int> participants;
  for (const PersonEpisode& episode : people) participants.insert(episode.timeline.participant);
  return {participants.begin(), participants.end()};
}

std::vector<DecisionRef> DecisionsWithout(const std::vector<PersonEpisode>& people, Split split,
                                          std::optional<int> held_out) {
  std::vector<DecisionRef> decisions;
  for (const PersonEpisode& episode : people) {
    if (!episode.In(split) || episode.timeline.participant == held_out) continue;
    for (size_t i = 0; i < episode.decisions.size(); ++i) {
      if (episode.decisions[i].valid) decisions.push_back({&episode, static_cast<int>(i)});
    }
  }
  return decisions;
}

}  // namespace hod::engine
