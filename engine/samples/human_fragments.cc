#include "engine/samples/human_fragments.h"

#include <unistd.h>
#include <xxhash.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/samples/examples.h"
#include "engine/samples/human_timeline.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

void AddFragments(const HumanTimeline& timeline, int length, double gamma, HumanFragments& out) {
  Fragment origin;
  origin.episode = XXH64(timeline.name.data(), timeline.name.size(), 0);
  origin.human = timeline.human;
  origin.assistant = timeline.assistant;
  origin.goal = timeline.game.goal();
  const size_t first = out.fragments.size();
  for (const TimelineStep& step : timeline.steps) {
    const bool begins = out.fragments.size() == first;
    if (begins || !step.explained ||
        out.fragments.back().steps.size() == static_cast<size_t>(length)) {
      out.unexplained += !begins && !step.explained;
      out.fragments.push_back(origin);
      out.fragments.back().start = step.state;
    }
    Timestep& played = out.fragments.back().steps.emplace_back();
    for (const env::Action& action : step.actions) {
      played.actions.push_back(timeline.game.actions().Flatten(action));
    }
    if (step.human_decides) played.human_policy = {{played.actions[timeline.human], 1.0f}};
    if (timeline.assisted) played.search_policy = {{played.actions[timeline.assistant], 1.0f}};
    played.reward = static_cast<float>(step.assistant_reward);
    ++out.timesteps;
  }
  if (out.fragments.size() == first) return;
  // The values behind all fragments follow from what came after them.
  out.fragments.back().ended = true;
  for (size_t i = out.fragments.size() - 1; i > first; --i) {
    out.fragments[i - 1].bootstrap_value = ValueTargets(out.fragments[i], gamma).front();
  }
  ++out.episodes;
}

absl::StatusOr<std::string> WriteShardOf(const HumanFragments& of, const std::string& directory) {
  ASSIGN_OR_RETURN(int64_t sequence, NextSequence(directory, of.participant));
  const std::string path = absl::StrCat(directory, "/", ShardName({of.participant, sequence}));
  ASSIGN_OR_RETURN(auto writer, ShardWriter::Create(path, of.game,
                                                    {{"recording", of.recording},
                                                     {"participant", of.participant}}));
  for (const Fragment& fragment : of.fragments) RETURN_IF_ERROR(writer->Append(fragment));
  RETURN_IF_ERROR(writer->Finish());
  return path;
}

}  // namespace

absl::StatusOr<std::vector<HumanFragments>> FragmentsOfRecording(const std::string& path,
                                                                 int length, double gamma) {
  std::map<int, HumanFragments> participants;
  RETURN_IF_ERROR(ReadHumanTimelines(path, [&](const HumanTimeline& timeline) {
    HumanFragments& out = participants[timeline.participant];
    if (out.episodes == 0) {
      out.recording = timeline.name.substr(0, timeline.name.find('/'));
      out.participant = timeline.participant;
      out.assisted = timeline.assisted;
      out.game = timeline.game.config();
    }
    if (out.assisted != timeline.assisted) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": episode ", timeline.name, ": expected all alone, or all with an assistant"));
    }
    AddFragments(timeline, length, gamma, out);
    return absl::OkStatus();
  }));
  std::vector<HumanFragments> result;
  for (auto& [participant, fragments] : participants) result.push_back(std::move(fragments));
  return result;
}

absl::StatusOr<std::vector<std::string>> WriteHumanShards(
    const std::vector<HumanFragments>& participants, const std::string& directory) {
  std::vector<std::string> paths;
  for (const HumanFragments& of : participants) {
    absl::StatusOr<std::string> path = WriteShardOf(of, directory);
    if (!path.ok()) {
      for (const std::string& written : paths) unlink(written.c_str());
      return path.status();
    }
    paths.push_back(*std::move(path));
  }
  return paths;
}

}  // namespace hod::engine
