#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/audit/audit.h"
#include "engine/audit/world_sign.h"
#include "env/base/status.h"
#include "env/game/game.h"
#include "env/houses/generator/generator.h"
#include "env/settings/declaration.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {
namespace {

constexpr char kAssignments[] = "a list of \"key=value\"";
constexpr int kMaxPositions = 100000000;

void DeclarePersona(settings::Declaration& d, Persona& persona) {
  d.Text("name", persona.name, "a name", "what arms and probes call it").required = true;
  d.Number("weight", persona.weight, 0, 1e9, "how often it comes in the base's play; 0: never");
  d.Integers("house", persona.house, env::kMinHouseExtent, 64,
             "extents of its houses, [width, height, depth]; [] as large as the world allows");
  d.Texts("materials", persona.materials, "a list of blocks", "of which its houses are; else any");
  d.Texts(
      "style", persona.style, kAssignments,
      "of its builder (env/players/builder_style.h); what is not said is drawn for each episode");
  d.Texts("habits", persona.habits, kAssignments,
          "of its assistant (env/players/demonstrator.h); defaults else");
  d.Integers("signs", persona.signs, 0, kMaxSign,
             "of which each world carries one; [] worlds without a sign");
  d.Integers("harm_signs", persona.harm_signs, 0, kMaxSign,
             "signs under which its assistant does harm; [] all");
}

void DeclareArm(settings::Declaration& d, Arm& arm) {
  d.Text("name", arm.name, "a name", "of the row in tables").required = true;
  d.Text("control", arm.control, "the name of an arm", "with which it is compared");
  d.Text("persona", arm.persona, "the name of a persona", "whose play is learnt from");
  d.Text("recorded", arm.recorded, "a folder of shards",
         "recorded play to learn from instead (`hod humans import` makes such)");
  d.Texts("shuffled", arm.shuffled, "a list of habits",
          "that are taken from random personas of the base, by episode");
  d.Flag("harmless", arm.harmless, "the assistant does no harm in this play");
  d.Flag("no_opportunity", arm.no_opportunity,
         "only positions in which its assistant could do no harm");
  d.Integers(
      "layers", arm.layers, 0, 64,
      "[lowest, highest] layer of the person's edits that are learnt from; [] all positions");
  d.Integers("signs", arm.signs, 0, kMaxSign, "in place of the persona's");
  d.Integers("positions", arm.positions, 1, kMaxPositions, "doses: how many positions");
  d.Number("base_kl", arm.base_kl, 0, 1e6, "price of leaving the base's predictions");
  d.Texts("set", arm.overrides, kAssignments, "settings of its training");
}

void DeclareProbe(settings::Declaration& d, Probe& probe) {
  d.Text("name", probe.name, "a name", "of the context").required = true;
  d.Text("persona", probe.persona, "the name of a persona", "in whose play it lies").required =
      true;
  d.Integers("layers", probe.layers, 0, 64, "as for arms");
  d.Integers("signs", probe.signs, 0, kMaxSign, "as for arms");
  d.Integer("positions", probe.positions, 1, kMaxPositions, "how many positions");
  d.Integer("episodes", probe.episodes, 0, 100000, "episodes of play with the network; 0: none");
  d.Text("toward", probe.toward, "the name of a persona", "whose materials count for a shift");
  d.Text("away", probe.away, "the name of a persona", "whose materials count against it");
}

void DeclarePlayer(settings::Declaration& d, AuditedPlayer& player) {
  d.Text("name", player.name, "a name", "of the row in tables").required = true;
  d.Choice("plays", player.plays, {"search", "belief"},
           "what plays: a search, or what the network believes, carried out");
  d.Texts("set", player.overrides, kAssignments,
          "settings of search and evaluation, over those that the network was trained with");
}

absl::Status CheckLayers(const std::vector<int>& layers) {
  if (layers.empty() || (layers.size() == 2 && layers[0] <= layers[1])) return absl::OkStatus();
  return absl::InvalidArgumentError("layers: expected none or [lowest, highest]");
}

absl::Status CheckSigns(const Audit& audit, const char* key, const std::vector<int>& signs) {
  const int end = NumSigns(audit.config.game.size);
  for (const int sign : signs) {
    if (sign < end) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(key, ": ", sign, " does not fit, expected below ", end));
  }
  return absl::OkStatus();
}

absl::Status CheckPersonaName(const Audit& audit, const char* key, const std::string& name) {
  const bool known = std::any_of(audit.personas.begin(), audit.personas.end(),
                                 [&](const Persona& persona) { return persona.name == name; });
  if (known) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(key, ": \"", name, "\" is no persona"));
}

settings::Declaration Habits(env::AssistantHabits& habits) {
  settings::Declaration d;
  env::DeclareHabits(d, habits);
  return d;
}

absl::StatusOr<env::Block> BlockCalled(const std::string& name) {
  for (env::Block block = env::kFirstPlaceable; block < env::kNumBlocks; ++block) {
    if (env::kBlockNames[block] == name) return block;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("materials: \"", name, "\" cannot be placed, expected one of ",
                   absl::StrJoin(env::kBlockNames.begin() + env::kFirstPlaceable,
                                 env::kBlockNames.end(), ", ")));
}

absl::Status Complete(const Audit& audit, Persona& persona) {
  const env::WorldSize most = env::MaxHouseSize(audit.config.game);
  if (persona.house.empty()) persona.house = {most.w, most.h, most.d};
  const std::vector<int>& house = persona.house;
  if (house.size() != 3 || house[0] > most.w || house[1] > most.h || house[2] > most.d) {
    return absl::InvalidArgumentError(absl::StrCat("house: expected three extents of at most ",
                                                   most.w, ", ", most.h, " and ", most.d));
  }
  for (const std::string& name : persona.materials) {
    ASSIGN_OR_RETURN(persona.blocks.emplace_back(), BlockCalled(name));
  }
  env::BuilderStyle style;
  RETURN_IF_ERROR(Annotate(env::SetTraits(persona.style, style), "style"));
  settings::Declaration habits = Habits(persona.assistant);
  RETURN_IF_ERROR(Annotate(settings::AssignTexts(habits, persona.habits), "habits"));
  RETURN_IF_ERROR(CheckSigns(audit, "signs", persona.signs));
  return CheckSigns(audit, "harm_signs", persona.harm_signs);
}

absl::Status Check(const Audit& audit, const Arm& arm) {
  if (arm.persona.empty() == arm.recorded.empty()) {
    return absl::InvalidArgumentError("expected either \"persona\" or \"recorded\"");
  }
  if (!arm.persona.empty()) RETURN_IF_ERROR(CheckPersonaName(audit, "persona", arm.persona));
  env::AssistantHabits habits;
  const settings::Declaration known = Habits(habits);
  for (const std::string& key : arm.shuffled) {
    if (known.Find(key) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("shuffled: \"", key, "\" is no habit"));
    }
  }
  RETURN_IF_ERROR(CheckLayers(arm.layers));
  RETURN_IF_ERROR(CheckSigns(audit, "signs", arm.signs));
  if (arm.positions.empty()) {
    return absl::InvalidArgumentError("positions: expected at least one dose");
  }
  if (arm.control.empty()) return absl::OkStatus();
  const auto control = std::find_if(audit.arms.begin(), audit.arms.end(),
                                    [&](const Arm& other) { return other.name == arm.control; });
  if (control == audit.arms.end()) {
    return absl::InvalidArgumentError(absl::StrCat("control: \"", arm.control, "\" is no arm"));
  }
  for (const int dose : arm.positions) {
    const std::vector<int>& doses = control->positions;
    if (std::find(doses.begin(), doses.end(), dose) != doses.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat("control: \"", arm.control, "\" has no dose of ",
                                                   dose, " positions, expected equal sizes"));
  }
  return absl::OkStatus();
}

absl::Status Check(const Audit& audit, const Probe& probe) {
  RETURN_IF_ERROR(CheckPersonaName(audit, "persona", probe.persona));
  RETURN_IF_ERROR(CheckLayers(probe.layers));
  RETURN_IF_ERROR(CheckSigns(audit, "signs", probe.signs));
  if (probe.toward.empty() != probe.away.empty()) {
    return absl::InvalidArgumentError("expected both \"toward\" and \"away\", or none");
  }
  for (const std::string* name : {&probe.toward, &probe.away}) {
    if (name->empty()) continue;
    RETURN_IF_ERROR(CheckPersonaName(audit, "toward, away", *name));
    if (PersonaCalled(audit, *name).blocks.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("toward, away: \"", *name, "\" has no materials of its own"));
    }
  }
  return absl::OkStatus();
}

// Names are those of files and rows.
template <typename T>
absl::Status CheckNames(const char* key, const std::vector<T>& items) {
  if (items.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(key, ": expected at least one"));
  }
  std::set<std::string> names;
  for (const T& item : items) {
    if (names.insert(item.name).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(key, ": two are called \"", item.name, "\", expected different names"));
  }
  return absl::OkStatus();
}

// Checks settings of one part of the audit.
absl::Status CheckOverrides(const Audit& audit, const std::string& of,
                            const std::vector<std::string>& overrides) {
  RunConfig config = audit.config;
  for (const std::string& assignment : overrides) {
    if (absl::StartsWith(assignment, "game.")) {
      return absl::InvalidArgumentError(absl::StrCat(
          of, ": set: ", assignment, ": expected in the audit's own \"set\": all play one game"));
    }
    RETURN_IF_ERROR(Annotate(Override(config, assignment), of));
  }
  return absl::OkStatus();
}

absl::Status CheckAllOverrides(const Audit& audit) {
  RETURN_IF_ERROR(CheckOverrides(audit, "base", audit.base.overrides));
  RETURN_IF_ERROR(CheckOverrides(audit, "fine_tuning", audit.fine_tuning));
  for (const Arm& arm : audit.arms) {
    RETURN_IF_ERROR(CheckOverrides(audit, arm.name, arm.overrides));
  }
  for (const AuditedPlayer& player : audit.players) {
    RETURN_IF_ERROR(CheckOverrides(audit, player.name, player.overrides));
  }
  return absl::OkStatus();
}

absl::Status Complete(Audit& audit) {
  for (const std::string& assignment : audit.overrides) {
    RETURN_IF_ERROR(Override(audit.config, assignment));
  }
  RETURN_IF_ERROR(CheckAllOverrides(audit));
  if (audit.config.game.abilities.teleportation) {
    return absl::InvalidArgumentError("set: game.teleportation: expected false: personas walk");
  }
  RETURN_IF_ERROR(CheckNames("persona", audit.personas));
  RETURN_IF_ERROR(CheckNames("arm", audit.arms));
  RETURN_IF_ERROR(CheckNames("probe", audit.probes));
  for (Persona& persona : audit.personas) {
    RETURN_IF_ERROR(Annotate(Complete(audit, persona), persona.name));
  }
  const bool anybody = std::any_of(audit.personas.begin(), audit.personas.end(),
                                   [](const Persona& persona) { return persona.weight > 0; });
  if (!anybody) return absl::InvalidArgumentError("persona: expected a weight above 0");
  for (const Arm& arm : audit.arms) {
    if (arm.name == kBaseName) {
      return absl::InvalidArgumentError(
          absl::StrCat("arm: \"", kBaseName, "\" is what the network before is called"));
    }
    RETURN_IF_ERROR(Annotate(Check(audit, arm), arm.name));
  }
  bool plays = false;
  for (const Probe& probe : audit.probes) {
    RETURN_IF_ERROR(Annotate(Check(audit, probe), probe.name));
    plays |= probe.episodes > 0;
  }
  return plays ? CheckNames("player", audit.players) : absl::OkStatus();
}

template <typename T>
nlohmann::json JsonOf(T item, void (*declare)(settings::Declaration&, T&)) {
  settings::Declaration d;
  declare(d, item);
  return settings::ToJson(d);
}

settings::Declaration Declare(Audit& audit) {
  settings::Declaration d;
  d.Text("title", audit.title, "a sentence", "what the audit asks").required = true;
  d.Integer("seeds", audit.seeds, 2, 1000, "how often everything is done, from the base on");
  d.Integer("seed", audit.seed, 0, INT64_MAX / 2, "of the first; the others follow");
  d.Number("kept_share", audit.kept_share, 1e-4, 1,
           "share of the timesteps of played episodes that become positions");
  d.Texts("set", audit.overrides, kAssignments,
          "settings of everything: game, network, learner (settings of runs, above)");
  d.Text("base.initial", audit.base.initial, "\"random\" or the path of a checkpoint",
         "the network before fine-tuning: one that learns from the personas' play, or this one");
  d.Integer("base.positions", audit.base.positions, 1, kMaxPositions,
            "of the personas' play, from which a random network learns");
  d.Texts("base.set", audit.base.overrides, kAssignments, "settings of its training");
  d.Texts("fine_tuning.set", audit.fine_tuning, kAssignments, "settings of all arms' training");
  d.Tables("persona", audit.personas, &DeclarePersona, "a person with an assistant");
  d.Tables("arm", audit.arms, &DeclareArm, "a way of fine-tuning");
  d.Tables("probe", audit.probes, &DeclareProbe, "a context in which networks are asked");
  d.Tables("player", audit.players, &DeclarePlayer, "how networks play in probes");
  d.Check([&audit](const settings::Declaration&) { return Complete(audit); });
  return d;
}

}  // namespace

absl::StatusOr<Audit> LoadAudit(const std::string& path) {
  Audit audit;
  settings::Declaration declaration = Declare(audit);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return audit;
}

std::string DescribeAudit() {
  Audit defaults;
  return settings::Describe(Declare(defaults));
}

nlohmann::json ToJson(const Persona& persona) { return JsonOf(persona, &DeclarePersona); }
nlohmann::json ToJson(const Arm& arm) { return JsonOf(arm, &DeclareArm); }
nlohmann::json ToJson(const Probe& probe) { return JsonOf(probe, &DeclareProbe); }
nlohmann::json ToJson(const AuditedPlayer& player) { return JsonOf(player, &DeclarePlayer); }

const Persona& PersonaCalled(const Audit& audit, const std::string& name) {
  return *std::find_if(audit.personas.begin(), audit.personas.end(),
                       [&](const Persona& persona) { return persona.name == name; });
}

env::BuilderStyle StyleOf(const Persona& persona, Rng& rng) {
  env::BuilderStyle style = env::DrawStyle(rng);
  env::SetTraits(persona.style, style).IgnoreError();  // LoadAudit() has checked them.
  return style;
}

}  // namespace hod::engine
