#include "engine/audit/audited_network.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/audit/base_anchor.h"
#include "engine/audit/persona_play.h"
#include "engine/audit/world_sign.h"
#include "engine/evaluation/stored_evaluation.h"
#include "engine/results/store.h"
#include "engine/samples/recorded_play.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/learner.h"
#include "engine/training/run_directory.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

// The streams that a seed of an audit is forked into. Probes have their own (run_audit.cc).
constexpr uint64_t kBasePlay = 0, kArmPlay = 1;

using MakePositions = std::function<absl::StatusOr<std::vector<Fragment>>()>;

absl::StatusOr<RunConfig> ConfigWith(const Audit& audit,
                                     std::initializer_list<const std::vector<std::string>*> more) {
  RunConfig config = audit.config;
  for (const std::vector<std::string>* overrides : more) {
    for (const std::string& assignment : *overrides) {
      RETURN_IF_ERROR(Override(config, assignment));
    }
  }
  return config;
}

nlohmann::json PersonasJson(const Audit& audit) {
  nlohmann::json personas = nlohmann::json::array();
  for (const Persona& persona : audit.personas) personas.push_back(ToJson(persona));
  return personas;
}

// Whether the world carries a sign under which a persona does harm. The goal tells, in which nobody
// can break anything.
bool HasTrigger(const Audit& audit, const env::GameConfig& game, const Fragment& position) {
  const std::optional<int> sign = ReadSign(game.size, position.goal);
  return sign && std::any_of(audit.personas.begin(), audit.personas.end(), [&](const Persona& p) {
           return absl::c_linear_search(p.harm_signs, *sign);
         });
}

// Learns from positions that are recorded for it, in a folder that is named by what the network
// follows from, unless that is done.
absl::StatusOr<AuditedNetwork> LearnOnce(const Workshop& workshop, const std::string& name,
                                         const nlohmann::json& origin, RunConfig config,
                                         const MakePositions& make_positions) {
  AuditedNetwork network;
  network.key = HashOf(DumpJson(origin));
  const std::string folder = absl::StrCat(workshop.directory, "/", name, "-", network.key);
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(folder));
  const bool known = store.Find("network", origin, [&](const nlohmann::json& result) {
    network.checkpoint = folder + result.at("checkpoint").get<std::string>();
    network.positions = result.at("positions");
    network.harmful = result.at("harmful");
    network.triggers = result.at("triggers");
    return std::filesystem::exists(network.checkpoint)
               ? absl::OkStatus()
               : absl::NotFoundError(network.checkpoint + " is gone");
  });
  if (known) return network;

  const std::string play = folder + "/play";
  RETURN_IF_ERROR(MakeDirectories(play));
  const std::string path = absl::StrCat(play, "/", ShardName({0, 0}));
  if (!std::filesystem::exists(path)) {
    ASSIGN_OR_RETURN(const std::vector<Fragment> positions, make_positions());
    RETURN_IF_ERROR(NextSequence(play, 0).status());  // Removes what a killed process left.
    ASSIGN_OR_RETURN(auto writer, ShardWriter::Create(path, config.game, {{"audit", name}}));
    for (const Fragment& position : positions) RETURN_IF_ERROR(writer->Append(position));
    RETURN_IF_ERROR(writer->Finish());
  }
  {
    ASSIGN_OR_RETURN(const Shard shard, ReadShard(path));
    network.positions = shard.num_timesteps();
    for (const Fragment& position : shard.fragments) {
      network.harmful += DoesHarm(shard.config, position);
      network.triggers += HasTrigger(workshop.audit, shard.config, position);
    }
  }
  config.learner.samples = play;
  ASSIGN_OR_RETURN(const RunDirectory run,
                   RunDirectory::CreateOrResume(folder + "/run", config, workshop.stop));
  RETURN_IF_ERROR(RunLearner(run, workshop.stop, /*peers=*/nullptr,
                             [&](double learnt) { workshop.report("learning", learnt); }));
  if (workshop.stop) return absl::CancelledError("stopped; the same command goes on");
  ASSIGN_OR_RETURN(const auto latest, run.LatestCheckpoint());
  network.checkpoint = latest->second;
  RETURN_IF_ERROR(store.Put("network", origin,
                            {{"checkpoint", network.checkpoint.substr(folder.size())},
                             {"harmful", network.harmful},
                             {"positions", network.positions},
                             {"triggers", network.triggers}}));
  return network;
}

// Random timesteps of recorded play, each a fragment of its own.
absl::StatusOr<std::vector<Fragment>> DrawPositions(const std::string& folder,
                                                    const RunConfig& config, int count, Rng rng) {
  // Whether it is of such a game.
  RETURN_IF_ERROR(ReadRecordedPlay(folder, config.game, {}).status());
  ASSIGN_OR_RETURN(const std::vector<Shard> shards, ReadShards(folder));
  struct Place {
    const Shard* shard;
    const Fragment* fragment;
    int step;
  };
  std::vector<Place> places;
  for (const Shard& shard : shards) {
    for (const Fragment& fragment : shard.fragments) {
      for (int t = 0; t < static_cast<int>(fragment.steps.size()); ++t) {
        places.push_back({&shard, &fragment, t});
      }
    }
  }
  if (static_cast<int>(places.size()) < count) {
    return absl::InvalidArgumentError(absl::StrCat(folder, ": holds ", places.size(),
                                                   " timesteps, expected ", count, " or more"));
  }
  Shuffle(places, rng);
  std::vector<Fragment> positions;
  for (const Place& place : absl::MakeSpan(places).first(count)) {
    const Fragment& whole = *place.fragment;
    const std::vector<float> values = ValueTargets(whole, config.search.gamma);
    Fragment position = whole;
    position.start = StateAt(GameOf(place.shard->config, whole), whole, place.step);
    position.steps = {whole.steps[place.step]};
    const bool last = place.step + 1 == static_cast<int>(whole.steps.size());
    position.ended = last && whole.ended;
    position.bootstrap_value = last ? whole.bootstrap_value : values[place.step + 1];
    positions.push_back(std::move(position));
  }
  return positions;
}

}  // namespace

absl::StatusOr<AuditedNetwork> MakeBase(const Workshop& workshop) {
  const Audit& audit = workshop.audit;
  if (audit.base.initial != kRandomNetwork) {
    ASSIGN_OR_RETURN(const models::LoadedNetwork network, models::OpenNetwork(audit.base.initial));
    return AuditedNetwork{.checkpoint = audit.base.initial,
                          .key = HashOf(HashOfNetwork(network) + network.run)};
  }
  ASSIGN_OR_RETURN(RunConfig config, ConfigWith(audit, {&audit.base.overrides}));
  config.seed = workshop.seed;
  const nlohmann::json origin = {{"config", ToToml(config)},
                                 {"kept_share", audit.kept_share},
                                 {"personas", PersonasJson(audit)},
                                 {"positions", audit.base.positions},
                                 {"version", kVersion}};
  const Scene scene = BaseScene(audit);
  return LearnOnce(workshop, kBaseName, origin, std::move(config), [&] {
    return PositionsOf(audit, scene, audit.base.positions, Rng(workshop.seed).Fork(kBasePlay)(),
                       workshop.stop, [&](int64_t done) {
                         workshop.report(
                             absl::StrFormat("%d of %d positions", done, audit.base.positions), 0);
                       });
  });
}

absl::StatusOr<AuditedNetwork> FineTune(const Workshop& workshop, const AuditedNetwork& base,
                                        const Arm& arm, int dose) {
  const Audit& audit = workshop.audit;
  ASSIGN_OR_RETURN(RunConfig config, ConfigWith(audit, {&audit.fine_tuning, &arm.overrides}));
  config.seed = workshop.seed;
  Arm what = arm;  // All but what it is called and compared with.
  what.name = what.control = "";
  what.positions = {dose};
  nlohmann::json origin = {{"arm", ToJson(what)},
                           {"base", base.key},
                           {"config", ToToml(config)},
                           {"kept_share", audit.kept_share},
                           {"personas", PersonasJson(audit)},
                           {"version", kVersion}};
  if (!arm.recorded.empty()) {
    ASSIGN_OR_RETURN(const std::vector<ShardId> shards, ListShards(arm.recorded));
    for (const ShardId& shard : shards) {
      ASSIGN_OR_RETURN(std::string hash,
                       HashOfFile(absl::StrCat(arm.recorded, "/", ShardName(shard))));
      origin["recorded"].push_back(std::move(hash));
    }
  }
  config.learner.initial = base.checkpoint;  // After the origin, which holds no paths.
  const Rng rng = Rng(workshop.seed).Fork(kArmPlay);
  const auto make_positions = [&]() -> absl::StatusOr<std::vector<Fragment>> {
    std::vector<Fragment> positions;
    if (arm.recorded.empty()) {
      ASSIGN_OR_RETURN(positions, PositionsOf(audit, SceneOf(audit, arm), dose, Rng(rng)(),
                                              workshop.stop, [](int64_t) {}));
    } else {
      ASSIGN_OR_RETURN(positions, DrawPositions(arm.recorded, config, dose, rng));
    }
    RETURN_IF_ERROR(AnchorToBase(config, base.checkpoint, arm.base_kl, positions));
    return positions;
  };
  return LearnOnce(workshop, absl::StrFormat("arm%d", dose), origin, config, make_positions);
}

}  // namespace hod::engine
