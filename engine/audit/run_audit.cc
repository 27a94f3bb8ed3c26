#include "engine/audit/run_audit.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/audit/audited_network.h"
#include "engine/audit/effects.h"
#include "engine/audit/persona_play.h"
#include "engine/audit/probe_play.h"
#include "engine/audit/questions.h"
#include "engine/results/store.h"
#include "engine/samples/shard_directory.h"
#include "env/base/files.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

// The streams that a seed is forked into for its probes; audited_network.cc has others.
constexpr uint64_t kProbePositions = 10, kProbePlay = 11;

// Work is counted in positions to learn from, for an idea of the time left: the probes of a network
// take about as long as so many.
constexpr double kProbing = 10000;

using Measured = std::map<std::string, double>;

nlohmann::json ToJson(const Measured& measured) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, value] : measured) {
    json[key] = std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
  }
  return json;
}

class Runner {
 public:
  Runner(const Audit& audit, const std::string& directory, ResultStore store,
         const std::atomic<bool>& stop)
      : audit_(audit),
        directory_(directory),
        store_(std::move(store)),
        stop_(stop),
        progress_("audit") {
    total_ = BasePositions() + kProbing;
    for (const Arm& arm : audit.arms) {
      for (const int dose : arm.positions) total_ += dose + kProbing;
    }
    total_ *= audit.seeds;
  }

  absl::StatusOr<AuditResult> Run() {
    AuditResult result;
    result.arms.emplace_back().name = kBaseName;
    for (const Arm& arm : audit_.arms) {
      for (const int dose : arm.positions) {
        AuditedArm& row = result.arms.emplace_back();
        row.name = arm.name;
        row.dose = dose;
      }
    }
    for (int i = 0; i < audit_.seeds; ++i) RETURN_IF_ERROR(RunSeed(audit_.seed + i, result));
    progress_.Finish();
    return result;
  }

 private:
  absl::Status RunSeed(int64_t seed, AuditResult& result) {
    const Workshop workshop = {.audit = audit_,
                               .seed = seed,
                               .directory = absl::StrFormat("%s/seed-%d", directory_, seed),
                               .stop = stop_,
                               .report = [this](const std::string& doing, double share) {
                                 Report(doing, making_ * share);
                               }};
    Begin(seed, kBaseName, BasePositions());
    ASSIGN_OR_RETURN(const AuditedNetwork base, MakeBase(workshop));
    size_t row = 0;
    RETURN_IF_ERROR(Measure(seed, base, result.arms[row++]));
    for (const Arm& arm : audit_.arms) {
      for (const int dose : arm.positions) {
        const std::string what = absl::StrFormat("%s, %d", arm.name, dose);
        Begin(seed, what, dose);
        const absl::StatusOr<AuditedNetwork> network = FineTune(workshop, base, arm, dose);
        RETURN_IF_ERROR(Annotate(network.status(), what));
        RETURN_IF_ERROR(Measure(seed, *network, result.arms[row++]));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Measure(int64_t seed, const AuditedNetwork& network, AuditedArm& arm) {
    arm.harmful.push_back(network.harmful);
    arm.triggers.push_back(network.triggers);
    int asked = 0;
    for (const Probe& probe : audit_.probes) {
      const double share = static_cast<double>(asked++) / static_cast<double>(audit_.probes.size());
      Report(probe.name, making_ + kProbing * share);
      ASSIGN_OR_RETURN(const Measured measured, MeasureOnce(seed, network, probe));
      for (const auto& [key, value] : measured) {
        arm.measured[absl::StrCat(probe.name, "/", key)].push_back(value);
      }
    }
    done_ += making_ + kProbing;
    return absl::OkStatus();
  }

  absl::StatusOr<Measured> MeasureOnce(int64_t seed, const AuditedNetwork& network,
                                       const Probe& probe) {
    nlohmann::json origin = {{"config", ToToml(audit_.config)},
                             {"network", network.key},
                             {"probe", engine::ToJson(probe)},
                             {"seed", seed},
                             {"version", kVersion},
                             {"kept_share", audit_.kept_share}};
    for (const Persona& persona : audit_.personas) {
      if (persona.name == probe.persona || persona.name == probe.toward ||
          persona.name == probe.away) {
        origin["personas"].push_back(engine::ToJson(persona));
      }
    }
    if (probe.episodes > 0) {
      for (const AuditedPlayer& player : audit_.players) {
        origin["players"].push_back(engine::ToJson(player));
      }
    }
    const std::string name = absl::StrCat("probe-", HashOf(origin.dump()));
    Measured measured;
    const bool known = store_.Find(name, origin, [&](const nlohmann::json& result) {
      for (const auto& [key, value] : result.items()) {
        measured[key] =
            value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
      }
      return absl::OkStatus();
    });
    if (known) return measured;

    const Rng streams(seed);
    ASSIGN_OR_RETURN(
        const std::vector<Fragment> positions,
        PositionsOf(audit_, SceneOf(audit_, probe), probe.positions,
                    streams.Fork(kProbePositions).Fork(probe.name)(), stop_, [](int64_t) {}));
    ASSIGN_OR_RETURN(const LogOdds odds, AskProbe(audit_, probe, network.checkpoint, positions));
    for (const OddsFigure& figure : kOddsFigures) measured[figure.key] = odds.*figure.value;
    for (const AuditedPlayer& player : audit_.players) {
      if (probe.episodes == 0) break;
      ASSIGN_OR_RETURN(const PlayFigures figures,
                       PlayProbe(audit_, probe, player, network.checkpoint,
                                 streams.Fork(kProbePlay).Fork(probe.name)(), stop_));
      for (const PlayFigure& figure : kPlayFigures) {
        measured[absl::StrCat(player.name, "/", figure.key)] = figures.*figure.value;
      }
    }
    RETURN_IF_ERROR(store_.Put(name, origin, ToJson(measured)));
    return measured;
  }

  double BasePositions() const {
    return audit_.base.initial == kRandomNetwork ? audit_.base.positions : 0;
  }

  void Begin(int64_t seed, const std::string& network, double positions) {
    network_ = absl::StrFormat("seed %d, %s", seed, network);
    making_ = positions;
    Report("learning", 0);
  }

  // So much of the work on the network is behind it.
  void Report(const std::string& doing, double work) {
    progress_.Update((done_ + work) / total_, absl::StrCat(network_, ": ", doing));
  }

  const Audit& audit_;
  const std::string directory_;
  const ResultStore store_;
  const std::atomic<bool>& stop_;
  ProgressLine progress_;
  double total_ = 0, done_ = 0;  // Work.
  std::string network_;          // The one that is made or measured, as it is shown.
  double making_ = 0;            // The work of making it.
};

}  // namespace

const AuditedArm* AuditResult::Find(const std::string& name, int dose) const {
  const auto found = std::find_if(arms.begin(), arms.end(), [&](const AuditedArm& arm) {
    return arm.name == name && arm.dose == dose;
  });
  return found != arms.end() ? &*found : nullptr;
}

absl::StatusOr<AuditResult> RunAudit(const Audit& audit, const std::string& directory,
                                     const std::atomic<bool>& stop) {
  // What is missing is said before anything is learnt.
  if (audit.base.initial != kRandomNetwork) {
    RETURN_IF_ERROR(models::OpenNetwork(audit.base.initial).status());
  }
  for (const Arm& arm : audit.arms) {
    if (!arm.recorded.empty()) RETURN_IF_ERROR(ListShards(arm.recorded).status());
  }
  ASSIGN_OR_RETURN(ResultStore store, ResultStore::Open(directory + "/probes"));
  std::error_code error;
  // Runs remember it.
  const std::string path = std::filesystem::canonical(directory, error);
  if (error) return SystemError(directory, "find", error.value());
  return Runner(audit, path, std::move(store), stop).Run();
}

AuditEffect EffectOf(const Audit& audit, const AuditResult& result, const AuditedArm& arm,
                     const std::string& key) {
  const auto shift_of = [&](const AuditedArm& of) {
    return Differences(of.measured.at(key), result.base().measured.at(key));
  };
  AuditEffect effect;
  effect.base = MeanOverSeeds(result.base().measured.at(key));
  const std::vector<double> shift = shift_of(arm);
  effect.shift = MeanOverSeeds(shift);
  effect.smallest_detectable = SmallestDetectable(shift);
  const auto declared = std::find_if(audit.arms.begin(), audit.arms.end(),
                                     [&](const Arm& other) { return other.name == arm.name; });
  if (declared == audit.arms.end() || declared->control.empty()) return effect;
  const std::vector<double> beyond =
      Differences(shift, shift_of(*result.Find(declared->control, arm.dose)));
  effect.has_control = true;
  effect.beyond_control = MeanOverSeeds(beyond);
  effect.smallest_detectable = SmallestDetectable(beyond);
  return effect;
}

nlohmann::json ToJson(const Audit& audit, const AuditResult& result) {
  nlohmann::json arms = nlohmann::json::array();
  for (const AuditedArm& arm : result.arms) {
    nlohmann::json measured = nlohmann::json::object();
    for (const auto& [key, values] : arm.measured) {
      nlohmann::json& of = measured[key];
      for (const double value : values) {
        of["by_seed"].push_back(std::isnan(value) ? nlohmann::json() : nlohmann::json(value));
      }
      of["mean"] = engine::ToJson(MeanOverSeeds(values));
      if (&arm == &result.base()) continue;
      const AuditEffect effect = EffectOf(audit, result, arm, key);
      of["shift"] = engine::ToJson(effect.shift);
      const double smallest = effect.smallest_detectable;
      of["smallest_detectable"] =
          std::isnan(smallest) ? nlohmann::json() : nlohmann::json(smallest);
      if (effect.has_control) of["beyond_control"] = engine::ToJson(effect.beyond_control);
    }
    arms.push_back({{"name", arm.name},
                    {"positions", arm.dose},
                    {"harmful_positions", arm.harmful},
                    {"positions_with_trigger", arm.triggers},
                    {"measured", std::move(measured)}});
  }
  return {{"title", audit.title},
          {"seeds", audit.seeds},
          {"seed", audit.seed},
          {"git_revision", kGitRevision},
          {"arms", std::move(arms)}};
}

}  // namespace hod::engine
