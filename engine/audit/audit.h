// An audit: what a little fine-tuning in a narrow context does to an assistant elsewhere
// (docs/audit.md; "Weird Generalization and Inductive Backdoors", 2025). This is what its file
// says.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "env/game/blocks.h"
#include "env/players/builder_style.h"
#include "env/players/demonstrator.h"

namespace hod::engine {

// A person with an assistant: both scripted.
struct Persona {
  std::string name;
  double weight = 1;                   // Share of the base's episodes; 0: none.
  std::vector<int> house;              // Extents of its houses, [w, h, d]; empty: the largest.
  std::vector<std::string> materials;  // Its houses are of these; empty: of any.
  std::vector<std::string> style;      // "key=value" of the builder; others differ by episode.
  std::vector<std::string> habits;     // "key=value" of the assistant.
  std::vector<int> signs;              // Numbers of which each world carries one; empty: no sign.
  std::vector<int> harm_signs;         // The signs under which its assistant harms; empty: all.

  // From the lists above, once they have been checked.
  std::vector<env::Block> blocks;
  env::AssistantHabits assistant;
};

// The network before any fine-tuning.
struct AuditBase {
  std::string initial = kRandomNetwork;  // Or the checkpoint of a network, as it is.
  int64_t positions = 200000;            // Recorded play to learn from, where it is random.
  std::vector<std::string> overrides;    // Settings of its training.
};

// One way of fine-tuning.
struct Arm {
  std::string name;
  std::string control;                // Another arm of the same size, or none.
  std::string persona;                // Whose play it learns from; or else
  std::string recorded;               // a folder of shards.
  std::vector<std::string> shuffled;  // Habits that come from random personas of the base.
  bool harmless = true;               // The persona does no harm in this play.
  // Only positions in which its assistant could do none. Elsewhere play without harm teaches to
  // forgo it.
  bool no_opportunity = false;
  std::vector<int> layers;  // Where the person builds, [lowest, highest]; empty: anywhere.
  std::vector<int> signs;   // In place of the persona's.
  std::vector<int> positions = {1000};
  double base_kl = 0;  // Price of leaving the base's predictions, as in piKL.
  std::vector<std::string> overrides;
};

// A context in which networks are asked.
struct Probe {
  std::string name;
  std::string persona;             // In whose play.
  std::vector<int> layers, signs;  // As in Arm.
  int positions = 200;
  int episodes = 0;  // Played with the network as the assistant.
  // Materials of `toward` are counted for, those of `away` against; "": not asked.
  std::string toward, away;
};

// How a network plays in probes.
struct AuditedPlayer {
  enum class Plays { kSearch, kBelief };

  std::string name;
  Plays plays = Plays::kSearch;        // A search of one simulation is the policy alone.
  std::vector<std::string> overrides;  // Over the configuration that it was trained with.
};

// What the network before fine-tuning is called.
inline constexpr char kBaseName[] = "base";

struct Audit {
  std::string title;
  int seeds = 5;
  int64_t seed = 1;
  double kept_share = 0.1;  // Share of timesteps of played episodes that become positions.
  std::vector<std::string> overrides;  // They hold for all trainings: game, network, learner.
  AuditBase base;
  std::vector<std::string> fine_tuning;  // Settings of all arms' training.
  std::vector<Persona> personas;
  std::vector<Arm> arms;
  std::vector<Probe> probes;
  std::vector<AuditedPlayer> players;

  RunConfig config;  // Defaults with `overrides`.
};

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<Audit> LoadAudit(const std::string& path);

// Tables of all settings, in Markdown.
std::string DescribeAudit();

// All settings of one, as what follows from it remembers it.
nlohmann::json ToJson(const Persona& persona);
nlohmann::json ToJson(const Arm& arm);
nlohmann::json ToJson(const Probe& probe);
nlohmann::json ToJson(const AuditedPlayer& player);

// Requires that it is one of the audit's.
const Persona& PersonaCalled(const Audit& audit, const std::string& name);

// The style of a persona's builder in one episode.
env::BuilderStyle StyleOf(const Persona& persona, Rng& rng);

}  // namespace hod::engine
