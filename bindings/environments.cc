// Batches of episodes in Python: NumPy arrays that the engine writes, and human models that play
// along without the GIL.
#include "bindings/environments.h"

#include <pybind11/stl.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/base/casts.h"
#include "absl/cleanup/cleanup.h"
#include "absl/time/time.h"
#include "bindings/houses.h"
#include "bindings/human_batch.h"
#include "bindings/pickles.h"
#include "bindings/players.h"
#include "bindings/settings.h"
#include "env/base/clock.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/batch/env_batch.h"
#include "env/game/observation.h"
#include "env/game/roles.h"

namespace hod::bindings {
namespace {

using env::kAssistant;
using env::kHuman;

// What the engine writes. It may outlive the environments, in arrays.
struct Memory {
  std::vector<uint8_t> observations, masks, terminated, truncated;
  std::vector<int32_t> inventories, timesteps, actions;
  std::vector<float> rewards;
  std::vector<double> goal_percentages;
};

class Environments {
 public:
  Environments(const engine::RunConfig& config, const py::object& goals,
               const std::vector<uint64_t>& seeds, int threads, const py::object& human, bool masks)
      : run_config_(config),
        config_(config.game),
        goals_spec_(goals),
        human_spec_(human),
        goals_(GoalsFrom(goals, config_, 0)) {
    if (seeds.empty()) throw py::value_error("seeds: none, expected one for each environment");
    if (threads < 1)
      throw py::value_error(absl::StrCat("threads: ", threads, ", expected 1 or more"));
    ThrowIfError(CheckThreads(std::min(threads, AvailableThreads())));
    arena_.initialize(threads);
    const auto n = static_cast<py::ssize_t>(seeds.size());
    num_actions_ = env::ActionSpace(config_).num_actions();
    if (!human.is_none()) {
      humans_ = std::make_unique<HumanBatch>(PlayersFrom(human), static_cast<int>(n));
    }
    MakeArrays(n, masks);
    Run([&] {
      batch_ = std::make_unique<env::EnvBatch>(config_, goals_.source, seeds, threads);
      if (humans_ != nullptr) humans_->Reseed(seeds);
      return absl::OkStatus();
    });
  }

  void Reset(const std::optional<std::vector<uint64_t>>& seeds) {
    if (seeds && static_cast<int>(seeds->size()) != batch_->num_envs()) {
      throw py::value_error(absl::StrCat("seeds: ", seeds->size(), ", expected one for each of ",
                                         batch_->num_envs(), " environments"));
    }
    Run([&] {
      if (seeds) {
        batch_->Reseed(*seeds);
        if (humans_ != nullptr) humans_->Reseed(*seeds);
      }
      RETURN_IF_ERROR(batch_->Reset(arrays_));
      std::fill(memory_->actions.begin(), memory_->actions.end(), 0);
      WriteProgress();
      return BeginHumans(std::vector<uint8_t>(batch_->num_envs(), 1));
    });
  }

  void Restart(const py::array& chosen, const std::optional<std::vector<uint64_t>>& seeds) {
    const py::ssize_t n = batch_->num_envs();
    const py::array which = Exact<bool>(chosen, {n}, "chosen");
    if (seeds && static_cast<py::ssize_t>(seeds->size()) != n) {
      throw py::value_error(
          absl::StrCat("seeds: ", seeds->size(), ", expected one for each of ", n));
    }
    std::vector<uint8_t> begun(n);
    for (py::ssize_t i = 0; i < n; ++i) begun[i] = Elements<bool>(which)[i] ? 1 : 0;
    Run([&] {
      for (py::ssize_t i = 0; i < n; ++i) {
        if (!begun[i]) continue;
        if (seeds) Reseed(static_cast<int>(i), (*seeds)[i]);
        for (int p = 0; p < config_.num_players(); ++p) {
          memory_->actions[i * config_.num_players() + p] = 0;
        }
      }
      RETURN_IF_ERROR(batch_->Restart(begun, arrays_));
      WriteProgress();
      return BeginHumans(begun);
    });
  }

  void Step(const py::array& actions) {
    const py::ssize_t n = batch_->num_envs();
    const Shape shape = humans_ == nullptr ? Shape{n, config_.num_players()} : Shape{n};
    const std::vector<int32_t> given = Indices(actions, shape, num_actions_, "actions");
    Run([&]() -> absl::Status {
      std::vector<uint8_t> over(n);  // The step begins another episode.
      for (py::ssize_t i = 0; i < n; ++i) over[i] = batch_->ended(static_cast<int>(i));
      std::vector<int32_t> joint = given;
      if (humans_ != nullptr) {
        joint.assign(2 * n, 0);
        for (py::ssize_t i = 0; i < n; ++i) joint[2 * i + kAssistant] = given[i];
        absl::Status status = humans_->Act(*batch_, over, absl::MakeSpan(joint));
        if (status.ok()) status = humans_->Observe(*batch_, over, joint);
        RETURN_IF_ERROR(status);
      }
      RETURN_IF_ERROR(batch_->Step(joint, arrays_));
      memory_->actions = joint;  // Has the same size, so it stays where it is.
      WriteProgress();
      return BeginHumans(over);
    });
  }

  // Seconds that C++ alone takes for the steps of `actions`, [steps][n][players].
  double TimeSteps(const py::array& actions) {
    if (humans_ != nullptr) throw py::value_error("batch: has human models, expected none");
    const py::ssize_t n = batch_->num_envs(), players = config_.num_players();
    const std::vector<int32_t> ids = Indices(actions, {-1, n, players}, num_actions_, "actions");
    const size_t row = static_cast<size_t>(n * players);
    double seconds = 0;
    Run([&] {
      const Stopwatch watch;
      absl::Status status;
      for (size_t at = 0; status.ok() && at < ids.size(); at += row) {
        status = batch_->Step(absl::MakeSpan(ids).subspan(at, row), arrays_);
      }
      seconds = watch.Seconds();
      return status;
    });
    return seconds;
  }

  py::ssize_t num_envs() const { return batch_->num_envs(); }
  int num_actions() const { return num_actions_; }
  GamePtr GameOf(int i) const {
    CheckIndex(i);
    return std::make_shared<env::Game>(batch_->game(i));
  }
  WorldState StateOf(int i) const {
    CheckIndex(i);
    return {config_.size, batch_->state(i)};
  }

  const py::dict& arrays() const { return views_; }

  // A generator is its state, and Rng(state) goes on as it would.
  static_assert(sizeof(Rng) == sizeof(uint64_t));

  // What makes the same environments, in the midst of the same episodes: how they were made, and
  // for each (stream of the environment, actions, stream of the human, whether it has a model).
  py::tuple Record() const {
    CheckIndex(0);
    py::list records;
    for (int i = 0; i < batch_->num_envs(); ++i) {
      const env::EpisodeRecord& record = batch_->record(i);
      records.append(
          py::make_tuple(absl::bit_cast<uint64_t>(record.rng), Copy(record.actions),
                         humans_ == nullptr ? 0 : absl::bit_cast<uint64_t>(humans_->record(i)),
                         humans_ != nullptr && humans_->has_model(i)));
    }
    return py::make_tuple(run_config_, goals_spec_, human_spec_, arena_.max_concurrency(),
                          !arrays_.masks.empty(), records);
  }

  static std::unique_ptr<Environments> FromRecord(const py::tuple& record) {
    const auto [config, goals, human, threads, masks, records] =
        Unpack<std::tuple<engine::RunConfig, py::object, py::object, int, bool, py::list>>(record);
    auto made = std::make_unique<Environments>(config, goals, std::vector<uint64_t>(records.size()),
                                               threads, human, masks);
    const int players = made->config_.num_players();
    for (size_t i = 0; i < records.size(); ++i) {
      const auto [stream, actions, human_stream, has_model] =
          Unpack<std::tuple<uint64_t, py::array, uint64_t, bool>>(records[i]);
      const std::vector<int32_t> ids = Indices(actions, {-1}, made->num_actions_, "actions");
      if (ids.size() % players != 0) throw py::value_error("actions: not one for each player");
      made->Run([&, i = static_cast<int>(i), stream = stream, human_stream = human_stream,
                 has_model = has_model] {
        return made->PlayAgain(i, {Rng(stream), ids}, Rng(human_stream), has_model);
      });
    }
    made->WriteProgress();
    return made;
  }

 private:
  void Reseed(int i, uint64_t seed) {
    batch_->Begin(i, Rng(seed));
    if (humans_ != nullptr) humans_->Reseed(i, Rng(seed).Fork(1));
  }

  // Plays the episode of environment `i` again. The human acts as before, if its model follows from
  // its seed.
  absl::Status PlayAgain(int i, const env::EpisodeRecord& record, const Rng& human,
                         bool has_model) {
    std::vector<uint8_t> only(batch_->num_envs());
    only[i] = 1;
    batch_->Begin(i, record.rng);
    RETURN_IF_ERROR(batch_->Restart(only, arrays_));
    if (humans_ != nullptr) humans_->Reseed(i, human);
    if (has_model) RETURN_IF_ERROR(BeginHumans(only));
    const size_t players = config_.num_players();
    for (size_t at = 0; at < record.actions.size(); at += players) {
      const auto joint = absl::MakeSpan(record.actions).subspan(at, players);
      if (has_model) {
        int32_t action = 0;
        RETURN_IF_ERROR(humans_->ActOne(*batch_, i, action));
        if (action != joint[kHuman]) {
          return absl::FailedPreconditionError(
              "the human model does not follow from its seed: played again, it acts otherwise");
        }
        RETURN_IF_ERROR(humans_->ObserveOne(*batch_, i, action));
      }
      RETURN_IF_ERROR(batch_->StepOne(i, joint, arrays_));
      std::copy(joint.begin(), joint.end(), memory_->actions.begin() + i * players);
    }
    return absl::OkStatus();
  }

  void MakeArrays(py::ssize_t n, bool masks) {
    const py::ssize_t players = humans_ == nullptr ? config_.num_players() : 1;
    const env::WorldSize& size = config_.size;
    memory_ = std::make_shared<Memory>();
    // Arrays share the memory, not the environments.
    const py::capsule owner(new std::shared_ptr<Memory>(memory_), [](void* memory) {
      delete static_cast<std::shared_ptr<Memory>*>(memory);
    });
    const auto make = [&](const char* name, auto& values, const Shape& shape) {
      size_t count = 1;
      for (const py::ssize_t extent : shape) count *= extent;
      values.resize(count);
      views_[name] = View(values.data(), shape, owner);
      return absl::MakeSpan(values);
    };
    arrays_.observations = make("observations", memory_->observations,
                                {n, players, env::kNumObservationChannels, size.w, size.h, size.d});
    if (masks) arrays_.masks = make("masks", memory_->masks, {n, players, num_actions_});
    arrays_.inventories = make("inventories", memory_->inventories, {n, players, env::kNumBlocks});
    arrays_.timesteps = make("timesteps", memory_->timesteps, {n});
    arrays_.rewards = make("rewards", memory_->rewards, {n, players});
    arrays_.terminated = make("terminated", memory_->terminated, {n});
    arrays_.truncated = make("truncated", memory_->truncated, {n});
    for (const char* flags : {"terminated", "truncated"}) {
      views_[flags] = py::object(views_[flags]).attr("view")("bool");
    }
    make("goal_percentages", memory_->goal_percentages, {n});
    make("actions", memory_->actions, {n, config_.num_players()});
    if (humans_ != nullptr) arrays_.viewer = kAssistant;
  }

  void CheckIndex(int i) const {
    if (i < 0 || i >= batch_->num_envs()) {
      throw py::index_error(
          absl::StrCat("environment ", i, ", expected 0 to ", batch_->num_envs() - 1));
    }
    if (busy_) throw std::runtime_error("the environments are being stepped by another thread");
  }

  absl::Status BeginHumans(const std::vector<uint8_t>& begun) {
    return humans_ == nullptr ? absl::OkStatus() : humans_->Begin(*batch_, begun);
  }

  void WriteProgress() {
    for (int i = 0; i < batch_->num_envs(); ++i) {
      memory_->goal_percentages[i] = batch_->game(i).GoalPercentage(batch_->state(i), kHuman);
    }
  }

  // Runs without the GIL, one thread at a time, then throws what went wrong.
  template <typename Work>
  void Run(const Work& work) {
    if (busy_.exchange(true)) {
      throw std::runtime_error("the environments are being stepped by another thread");
    }
    const absl::Cleanup no_longer = [this] { busy_ = false; };
    absl::Status status;
    {
      const py::gil_scoped_release release;
      arena_.execute([&] { status = work(); });
    }
    goals_.errors->RethrowIfAny();
    if (humans_ != nullptr) humans_->RethrowIfAny();
    ThrowIfError(status);
  }

  const engine::RunConfig run_config_;
  const env::GameConfig config_;
  const py::object goals_spec_, human_spec_;
  const Goals goals_;
  int num_actions_ = 0;
  std::shared_ptr<Memory> memory_;
  py::dict views_;  // Views of it, by name.
  env::BatchArrays arrays_;
  std::unique_ptr<env::EnvBatch> batch_;
  std::unique_ptr<HumanBatch> humans_;
  tbb::task_arena arena_;
  std::atomic<bool> busy_ = false;
};

}  // namespace

void BindEnvironments(py::module_& m) {
  py::class_<Environments>(m, "EnvBatch",
                           R"(Episodes side by side, stepped together (env/batch/env_batch.h).

Without `human`, actions are integers [n, players] and P = players; with a human model, they are
those of the assistant, [n], and P = 1: arrays hold what it sees. The arrays are the same for the
whole life of the batch, and reset() and step() overwrite them: copy what is to be kept.

Autoreset is "next step": the step after the last of an episode ignores its actions, starts a new
episode and gives no rewards. `restart` before that step starts it earlier. One thread at a time may
use a batch; the GIL is released.

Copies and pickles play the present episodes again, so that they go on in the same way; human models
and goals have to follow from their seeds.)")
      .def(py::init<const engine::RunConfig&, const py::object&, const std::vector<uint64_t>&, int,
                    const py::object&, bool>(),
           py::arg("config"), py::arg("goals"), py::arg("seeds"), py::arg("threads") = 1,
           py::arg("human") = py::none(), py::arg("masks") = true)
      .def("reset", &Environments::Reset, py::arg("seeds") = py::none(),
           "Starts new episodes, those of `seeds` if given.")
      .def(
          "restart", &Environments::Restart, py::arg("chosen"), py::arg("seeds") = py::none(),
          "Starts new episodes where `chosen`, bool [n], is true, those of `seeds`, [n], if given. "
          "Rewards, terminated and truncated stay as the last step left them.")
      .def("step", &Environments::Step, py::arg("actions"))
      .def_property_readonly("num_envs", &Environments::num_envs)
      .def_property_readonly("num_actions", &Environments::num_actions)
      .def_property_readonly("arrays", &Environments::arrays,
                             R"(Read-only views of what the engine writes, by name:

observations      uint8 [n, P, 6, w, h, d] (docs/rules.md, Section 2)
masks             uint8 [n, P, num_actions]: 1 for valid actions, with line of sight; if asked for
inventories       int32 [n, P, 10]: blocks carried
timesteps         int32 [n]
rewards           float32 [n, P]
terminated        bool [n]: the goal stands
truncated         bool [n]: the horizon is reached, or there is no progress
goal_percentages  float64 [n]: share of the goal that stands, 1 when complete
actions           int32 [n, players]: those of the last step, the human's among them)")
      .def("time_steps", &Environments::TimeSteps, py::arg("actions"),
           "For hod.bench: seconds that C++ alone takes for steps of integers [steps, n, players].")
      .def(py::pickle([](const Environments& e) { return e.Record(); }, &Environments::FromRecord))
      .def("game", &Environments::GameOf, py::arg("index"), "A copy.")
      .def("state", &Environments::StateOf, py::arg("index"), "A copy.");
}

}  // namespace hod::bindings
