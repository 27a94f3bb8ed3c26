// Recorded episodes, and recordings of people, in Python.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "bindings/data.h"
#include "bindings/game.h"
#include "env/recordings/human_recording.h"
#include "env/recordings/recorded_episode.h"
#include "env/traces/trace_recorder.h"

namespace hod::bindings {
namespace {

using env::RecordedEpisode;
using env::RecordedStep;

// Plays a recorded episode again, state by state.
class Replay {
 public:
  explicit Replay(std::shared_ptr<const RecordedEpisode> episode)
      : episode_(std::move(episode)), state_(episode_->start) {}

  // False after the last state.
  bool Next() {
    if (next_ > episode_->steps.size()) return false;
    if (next_ > 0) {
      const RecordedStep& step = episode_->steps[next_ - 1];
      episode_->game.Step(state_, step.actions);
      env::ApplyObserved(episode_->game, step, state_);
    }
    ++next_;
    return true;
  }
  WorldState state() const { return {episode_->game.size(), state_}; }

 private:
  const std::shared_ptr<const RecordedEpisode> episode_;
  env::State state_;
  size_t next_ = 0;
};

// Reads one recorded episode after the other.
class BoundEpisodeReader {
 public:
  explicit BoundEpisodeReader(const std::filesystem::path& path)
      : reader_(ValueOrThrow(env::EpisodeReader::Open(path.string()))) {}

  std::shared_ptr<RecordedEpisode> Next() {
    absl::StatusOr<std::optional<RecordedEpisode>> episode;
    {
      const py::gil_scoped_release release;
      episode = reader_.Next();
    }
    std::optional<RecordedEpisode> next = ValueOrThrow(std::move(episode));
    if (!next) throw py::stop_iteration();
    return std::make_shared<RecordedEpisode>(*std::move(next));
  }

 private:
  env::EpisodeReader reader_;
};

void CheckStep(const RecordedEpisode& episode, int t) {
  const auto size = static_cast<int>(episode.steps.size());
  if (t >= 0 && t <= size) return;
  throw py::index_error(absl::StrCat("step ", t, ", expected 0 to ", size));
}

WorldState StateAt(const std::shared_ptr<RecordedEpisode>& episode, int t) {
  CheckStep(*Required(episode), t);
  Replay replay(episode);
  for (int i = 0; i <= t; ++i) replay.Next();
  return replay.state();
}

// A row of Episode.table().
struct EpisodeRow {
  int32_t timestep, matches;
  double goal_percentage;
};

// What a person did in a row of a recording.
struct HumanRowRecord {
  int64_t t;
  double seconds;
  int32_t actor, action, matches;
  double reward;
  int32_t x, y, z;
};

py::array EpisodeTable(const std::shared_ptr<RecordedEpisode>& episode) {
  std::vector<EpisodeRow> rows;
  for (Replay replay(Required(episode)); replay.Next();) {
    const WorldState state = replay.state();
    rows.push_back({state.timestep, state.num_matches, episode->game.GoalPercentage(state, 0)});
  }
  return Copy(rows);
}

py::array EpisodeActions(const RecordedEpisode& episode) {
  const int players = episode.game.num_players();
  py::array_t<int32_t> ids(Shape{static_cast<py::ssize_t>(episode.steps.size()), players});
  int32_t* next = ids.mutable_data();
  for (const RecordedStep& step : episode.steps) {
    for (const env::Action& action : step.actions) {
      *next++ = episode.game.actions().Flatten(action);
    }
  }
  return ids;
}

// An episode of a recording of people, read as a whole.
struct PeopleEpisode {
  std::string name;
  int participant;
  std::string timeline;
  int viewer;
  GamePtr game;
  WorldState start;
  py::array rows;
};

const char* NameOf(env::RecordingKind timeline) {
  switch (timeline) {
    case env::RecordingKind::kAlone:
      return "alone";
    case env::RecordingKind::kView:
      return "view";
    case env::RecordingKind::kJoint:
      return "joint";
    default:
      return "tutorial";
  }
}

// Reads one episode after the other.
class PeopleReader {
 public:
  explicit PeopleReader(const std::filesystem::path& path)
      : reader_(ValueOrThrow(env::HumanRecordingReader::Open(path.string()))) {}

  PeopleEpisode Next() {
    if (!ValueOrThrow(reader_.NextEpisode())) throw py::stop_iteration();
    const env::HumanEpisode& episode = reader_.episode();
    std::vector<HumanRowRecord> rows;
    rows.reserve(static_cast<size_t>(episode.num_rows));
    while (ValueOrThrow(reader_.NextRow())) {
      const env::HumanRow& row = reader_.row();
      const auto& action = row.actions[row.actor];
      const env::Cell feet = row.state.players[row.actor].feet;
      rows.push_back({row.t, row.seconds, row.actor,
                      action ? episode.game.actions().Flatten(*action) : -1, row.matches,
                      row.rewards.size() == 1 ? row.rewards.front() : row.rewards.at(row.actor),
                      feet.x, feet.y, feet.z});
    }
    return {episode.name,
            episode.participant,
            NameOf(episode.timeline),
            episode.viewer,
            std::make_shared<env::Game>(episode.game),
            WorldState(episode.game.size(), episode.start),
            Copy(rows)};
  }

 private:
  env::HumanRecordingReader reader_;
};

// A trace file that is written while Python plays.
class BoundRecorder {
 public:
  BoundRecorder(const std::filesystem::path& path, const GamePtr& game, const WorldState& start,
                const std::string& name, int64_t seed)
      : game_(Required(game)), state_(start) {
    CheckFits(*game, start);
    recorder_.emplace(
        ValueOrThrow(env::TraceRecorder::Create(path.string(), game_.get(), start, name, seed)));
  }

  void Step(const std::vector<int64_t>& ids) {
    if (!recorder_) throw std::runtime_error("the recording is finished");
    const std::vector<env::Action> actions = JointAction(*game_, ids);
    const env::StepOutcome outcome = game_->Step(state_, actions);
    ThrowIfError(recorder_->Step(actions, outcome, state_));
    if (!outcome.done()) return;
    ThrowIfError(recorder_->Finish());
    recorder_.reset();
  }
  WorldState state() const { return {game_->size(), state_}; }
  bool finished() const { return !recorder_.has_value(); }

 private:
  const GamePtr game_;
  env::State state_;
  std::optional<env::TraceRecorder> recorder_;
};

void BindPeople(py::module_& m) {
  PYBIND11_NUMPY_DTYPE(HumanRowRecord, t, seconds, actor, action, matches, reward, x, y, z);
  py::class_<PeopleEpisode>(m, "PeopleEpisode", "An episode of a recording of people.")
      .def_readonly("name", &PeopleEpisode::name)
      .def_readonly("participant", &PeopleEpisode::participant)
      .def_readonly("timeline", &PeopleEpisode::timeline,
                    "Whose actions it holds: alone, view (one player's of several), joint or "
                    "tutorial.")
      .def_readonly("viewer", &PeopleEpisode::viewer,
                    "The player whose timeline it is; -1 if joint.")
      .def_readonly("game", &PeopleEpisode::game)
      .def_readonly("start", &PeopleEpisode::start)
      .def_readonly("rows", &PeopleEpisode::rows,
                    "A structured array: t, seconds, actor, action (flat id; -1: not recorded), "
                    "matches (voxels equal to the goal before it), reward, x, y, z (the actor's "
                    "feet, in voxels).");
  py::class_<PeopleReader>(m, "PeopleReader",
                           "Reads a recording of people (docs/traces.md), an episode at a time.")
      .def(py::init<const std::filesystem::path&>(), py::arg("path"))
      .def("__iter__", [](const py::object& self) { return self; })
      .def("__next__", &PeopleReader::Next);
}

}  // namespace

void BindEpisodes(py::module_& m) {
  BindPeople(m);
  PYBIND11_NUMPY_DTYPE(EpisodeRow, timestep, matches, goal_percentage);
  py::class_<Replay>(m, "Replay", "The states of an episode, played again one by one.")
      .def("__iter__", [](const py::object& self) { return self; })
      .def("__next__", [](Replay& replay) {
        if (!replay.Next()) throw py::stop_iteration();
        return replay.state();
      });
  py::class_<RecordedEpisode, std::shared_ptr<RecordedEpisode>>(
      m, "Episode",
      R"(A recorded episode: of Hod, of the reference, or of people (docs/traces.md).

`len()` is its number of steps; `replay()` has one state more.)")
      .def(py::init([](const std::filesystem::path& path, int index) {
             if (index < 0) throw py::value_error(absl::StrCat("index: ", index, " is negative"));
             absl::StatusOr<RecordedEpisode> episode;
             {
               const py::gil_scoped_release release;
               episode = env::ReadEpisode(path.string(), index);
             }
             return std::make_shared<RecordedEpisode>(ValueOrThrow(std::move(episode)));
           }),
           py::arg("path"), py::arg("index") = 0)
      .def("__len__", [](const RecordedEpisode& e) { return e.steps.size(); })
      .def_property_readonly(
          "game", [](const RecordedEpisode& e) { return std::make_shared<env::Game>(e.game); })
      .def_property_readonly(
          "viewer", [](const RecordedEpisode& e) { return e.viewer; },
          "The only player whose actions are recorded; None: all players'.")
      .def_property_readonly("actions", &EpisodeActions,
                             "int32 [steps, players]: flat ids, 0 (noop) where none is recorded.")
      .def("table", &EpisodeTable,
           "A structured array [steps + 1] of the states: timestep, matches (voxels equal to the "
           "goal), goal_percentage (1: complete).")
      .def(
          "replay", [](const std::shared_ptr<RecordedEpisode>& e) { return Replay(Required(e)); },
          "Iterates over the states, made when asked for.")
      .def("state", &StateAt, py::arg("t"), "The state after `t` steps, replayed from the start.");
  py::class_<BoundEpisodeReader>(m, "EpisodeReader",
                                 "Reads recorded episodes, one after the other.")
      .def(py::init<const std::filesystem::path&>(), py::arg("path"))
      .def("__iter__", [](const py::object& self) { return self; })
      .def("__next__", &BoundEpisodeReader::Next);
  py::class_<BoundRecorder>(m, "Recorder",
                            R"(Plays a game and records it as a trace that `hod verify` accepts.

The file appears under its name when the game is over.)")
      .def(py::init<const std::filesystem::path&, const GamePtr&, const WorldState&,
                    const std::string&, int64_t>(),
           py::arg("path"), py::arg("game"), py::arg("start"), py::arg("name") = "python",
           py::arg("seed") = 0)
      .def("step", &BoundRecorder::Step, py::arg("actions"),
           "Plays one action (flat id) per player.")
      .def_property_readonly("state", &BoundRecorder::state, "A copy.")
      .def_property_readonly("finished", &BoundRecorder::finished);
}

}  // namespace hod::bindings
