#include "engine/samples/human_timeline.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "env/base/status.h"
#include "env/recordings/human_recording.h"
#include "env/recordings/recorded_episode.h"

namespace hod::engine {
namespace {

using env::HumanRow;

// Longer than any recording: one shard has one.
constexpr int kHorizon = 100000;

constexpr int kWait = -1;

// The game as networks see it, with the idle assistant where a person was alone.
env::GameConfig WithAssistant(env::GameConfig config) {
  config.horizon = kHorizon;
  if (config.num_players() == 1) {
    config.players.emplace_back().goal_visible = false;
    config.players.back().is_human = true;  // It is in nobody's way.
  }
  return config;
}

// A voxel above a corner of the world that stays free.
env::Cell IdleFeet(const env::Game& game) {
  const env::WorldSize& size = game.size();
  for (const env::Cell cell : {env::Cell{0, size.h - 2, 0}, env::Cell{0, size.h - 2, size.d - 1},
                               env::Cell{size.w - 1, size.h - 2, 0}}) {
    if (game.goal()[size.Index(cell)] == env::kAir &&
        game.goal()[size.Index(cell + env::Cell{0, 1, 0})] == env::kAir) {
      return cell;
    }
  }
  return {size.w - 1, size.h - 2, size.d - 1};
}

// Beside a person alone, the idle assistant.
void AddAssistant(const env::Game& game, env::State& state) {
  if (static_cast<int>(state.players.size()) == game.num_players()) return;
  state.players.emplace_back().feet = IdleFeet(game);
  state.broken.resize(state.players.size() * state.blocks.size());
}

bool LooksLike(const env::State& a, const env::State& b) {
  const auto same_feet = [](const env::PlayerState& x, const env::PlayerState& y) {
    return x.feet == y.feet;
  };
  return a.blocks == b.blocks && a.last_interacted == b.last_interacted &&
         std::equal(a.players.begin(), a.players.end(), b.players.begin(), same_feet);
}

// The order in which rows and waits follow each other: numbers of rows, and kWait.
using Order = std::vector<int>;

// Alone, waits are rows of their own.
Order OrderAlone(const std::vector<HumanRow>& rows) {
  Order order;
  for (size_t i = 0; i < rows.size(); ++i) {
    order.push_back(rows[i].is_noop() ? kWait : static_cast<int>(i));
  }
  return order;
}

// Joint rows have no waits; how many there were the numbers of the human's rows in its own view
// tell. A wait before the first action ends with it.
absl::StatusOr<Order> OrderJoint(const std::vector<HumanRow>& rows, int human) {
  Order order;
  int previous = -1;  // The human's last row.
  int begin = 0;      // The first row not yet in order.
  for (int j = 0; j < static_cast<int>(rows.size()); ++j) {
    if (rows[j].actor != human) continue;
    const int view_row = previous < 0 ? -1 : *rows[previous].view_row;
    const int waits = *rows[j].view_row - view_row - 1;
    if (waits < 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "view_row of row ", j, " is ", *rows[j].view_row, ", expected more than ", view_row));
    }
    const double first =
        previous < 0 ? rows[j].seconds - kWaitSeconds * waits : rows[previous].seconds;
    int waited = 0;
    for (; begin < j; ++begin) {
      while (waited < waits && first + kWaitSeconds * waited < rows[begin].seconds) {
        order.push_back(kWait);
        ++waited;
      }
      order.push_back(begin);
    }
    order.insert(order.end(), waits - waited, kWait);
    order.push_back(j);
    begin = j + 1;
    previous = j;
  }
  for (; begin < static_cast<int>(rows.size()); ++begin) order.push_back(begin);
  return order;
}

// Plays an episode's rows and waits in their order.
class TimelineMaker {
 public:
  TimelineMaker(const env::HumanEpisode& episode, HumanTimeline& out)
      : out_(out), steps_of_(episode.num_rows + 1), last_actions_(out.game.num_players()) {
    out_.name = episode.name;
    out_.participant = episode.participant;
    out_.assisted = episode.game.num_players() > 1;
    out_.human = out_.assisted ? 1 : 0;
    out_.assistant = 1 - out_.human;
    predicted_ = Observed(episode.start);
  }

  void AddWait() {
    Add(predicted_, std::vector<env::Action>(out_.game.num_players()), /*human_decides=*/true);
  }

  void AddRow(const HumanRow& row) {
    // Until the next row the reader counts changes as of this row's timestep.
    steps_of_[row.state.timestep] = static_cast<int>(out_.steps.size());
    env::State observed = Observed(row.state);
    std::vector<env::Action> actions = row.KnownActions();
    actions.resize(out_.game.num_players());
    Add(std::move(observed), actions, row.actor == out_.human);
  }

 private:
  // The state in the game as networks see it.
  env::State Observed(env::State state) const {
    AddAssistant(out_.game, state);
    for (int32_t& when : state.interacted_at) {
      if (when != env::kNever) when = steps_of_[when];
    }
    state.steps_without_progress = 0;
    return state;
  }

  void Add(env::State observed, const std::vector<env::Action>& actions, bool human_decides) {
    const int t = static_cast<int>(out_.steps.size());
    TimelineStep& step = out_.steps.emplace_back();
    step.explained = LooksLike(predicted_, observed);
    step.state = std::move(observed);
    step.state.timestep = t;
    for (size_t p = 0; p < last_actions_.size(); ++p) {
      step.state.players[p].last_action = last_actions_[p];
    }
    step.actions.assign(actions.begin(), actions.end());
    step.human_decides = human_decides;
    step.ends_with = t;
    predicted_ = step.state;
    const env::StepOutcome outcome = out_.game.Step(predicted_, actions);
    step.assistant_reward = outcome.players[out_.assistant].reward;
    last_actions_[out_.assistant] = outcome.players[out_.assistant].effective_action;
    if (!human_decides) return;
    last_actions_[out_.human] = outcome.players[out_.human].effective_action;
    const bool waits = actions[out_.human] == env::Action{};
    if (waits) {
      waits_.push_back(t);
    } else {
      for (const int wait : waits_) out_.steps[wait].ends_with = t;
      waits_.clear();
    }
  }

  HumanTimeline& out_;
  std::vector<int> steps_of_;              // Indexed by the reader's timestep.
  std::vector<int> waits_;                 // Steps of the wait that has not ended.
  std::vector<env::Action> last_actions_;  // [num_players]
  env::State predicted_;                   // After the last step.
};

// An episode that Hod recorded, which has all steps as they were played.
//
// Where no step has the actions of two, as in what people play (hod play), players took turns: then
// a human does not decide while the assistant acts.
absl::StatusOr<HumanTimeline> TimelineOf(const env::RecordedEpisode& episode) {
  const std::vector<env::PlayerConfig>& players = episode.game.config().players;
  if (players.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(players.size(), " players, expected one or two"));
  }
  const auto human = std::find_if(players.begin(), players.end(),
                                  [](const auto& player) { return player.goal_visible; });
  if (human == players.end()) return absl::InvalidArgumentError("no player sees the goal");
  HumanTimeline timeline(env::Game(WithAssistant(episode.game.config()), episode.game.goal()));
  timeline.assisted = players.size() == 2;
  timeline.human = static_cast<int>(human - players.begin());
  timeline.assistant = 1 - timeline.human;
  const auto both_act = [](const env::RecordedStep& step) {
    return std::none_of(step.actions.begin(), step.actions.end(),
                        [](const env::Action& action) { return action == env::Action{}; });
  };
  const bool in_turns =
      timeline.assisted && std::none_of(episode.steps.begin(), episode.steps.end(), both_act);
  env::State state = episode.start;
  AddAssistant(timeline.game, state);
  for (const env::RecordedStep& recorded : episode.steps) {
    const int t = static_cast<int>(timeline.steps.size());
    TimelineStep& step = timeline.steps.emplace_back();
    step.state = state;
    step.actions.assign(recorded.actions.begin(), recorded.actions.end());
    step.actions.resize(timeline.game.num_players());
    step.ends_with = t;
    step.human_decides = !in_turns || step.actions[timeline.human] != env::Action{} ||
                         step.actions[timeline.assistant] == env::Action{};
    const env::StepOutcome outcome = timeline.game.Step(state, step.actions);
    step.assistant_reward = outcome.players[timeline.assistant].reward;
  }
  return timeline;
}

// The number in the name of the recording's folder, as studies name it; 0 in others.
int ParticipantOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().filename().string();
  absl::string_view name = folder;
  int participant = 0;
  if (!absl::ConsumePrefix(&name, kParticipantPrefix)) return 0;
  return absl::SimpleAtoi(name, &participant) && participant > 0 ? participant : 0;
}

absl::Status ReadOwnRecording(const std::string& path, env::EpisodeReader& reader,
                              absl::FunctionRef<absl::Status(HumanTimeline)> use) {
  for (int i = 0;; ++i) {
    ASSIGN_OR_RETURN(const std::optional<env::RecordedEpisode> episode, reader.Next());
    if (!episode.has_value()) {
      return i > 0 ? absl::OkStatus() : absl::OutOfRangeError(absl::StrCat(path, ": no episode"));
    }
    absl::StatusOr<HumanTimeline> timeline = TimelineOf(*episode);
    if (!timeline.ok()) {
      return Annotate(timeline.status(), absl::StrCat(path, ": episode ", i));
    }
    timeline->name = absl::StrCat(path.substr(path.rfind('/') + 1), "/", i);
    timeline->participant = ParticipantOf(path);
    RETURN_IF_ERROR(use(*std::move(timeline)));
  }
}

absl::Status ReadPeople(const std::string& path,
                        absl::FunctionRef<absl::Status(HumanTimeline)> use) {
  ASSIGN_OR_RETURN(env::HumanRecordingReader reader, env::HumanRecordingReader::Open(path));
  for (;;) {
    ASSIGN_OR_RETURN(bool more, reader.NextEpisode());
    if (!more) return absl::OkStatus();
    const env::HumanEpisode& episode = reader.episode();
    const bool alone = episode.timeline == env::RecordingKind::kAlone;
    if (!alone && episode.timeline != env::RecordingKind::kJoint) {
      return absl::InvalidArgumentError(reader.AtLine(absl::StrCat(
          "episode ", episode.name, ": expected one of a person alone or a joint one of two")));
    }
    std::vector<HumanRow> rows;
    for (;;) {
      ASSIGN_OR_RETURN(bool row, reader.NextRow());
      if (!row) break;
      rows.push_back(reader.row());
    }
    HumanTimeline timeline(env::Game(WithAssistant(episode.game.config()), episode.game.goal()));
    TimelineMaker maker(episode, timeline);
    const absl::StatusOr<Order> order = alone ? OrderAlone(rows) : OrderJoint(rows, timeline.human);
    if (!order.ok()) {
      return absl::InvalidArgumentError(reader.AtLine(
          absl::StrCat("episode ", episode.name, ": ", std::string(order.status().message()))));
    }
    for (const int row : *order) {
      if (row == kWait) {
        maker.AddWait();
      } else {
        maker.AddRow(rows[row]);
      }
    }
    RETURN_IF_ERROR(use(std::move(timeline)));
  }
}

}  // namespace

absl::Status ReadHumanTimelines(const std::string& path,
                                absl::FunctionRef<absl::Status(HumanTimeline)> use) {
  ASSIGN_OR_RETURN(env::EpisodeReader reader, env::EpisodeReader::Open(path));
  return reader.holds_people() ? ReadPeople(path, use) : ReadOwnRecording(path, reader, use);
}

}  // namespace hod::engine
