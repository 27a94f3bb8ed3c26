// What a person is led through: houses to build and screens to read or to answer, one after the
// other.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/evaluation/assistant.h"
#include "env/game/config.h"
#include "env/houses/sources/source.h"

namespace hod::engine {

// An assistant as a person meets it.
struct Companion {
  std::string label;  // What the person sees: "assistant", or "B" in a study that is blind.
  std::shared_ptr<const SeatedAssistant> assistant;
  absl::Duration rhythm = absl::Milliseconds(800);  // It acts at most this often (paper, 0.8 s),
  absl::Duration budget = absl::Milliseconds(400);  // and searches no longer.
  bool shows_thoughts = true;                       // Whether the person may see what it thinks.
};

struct HouseStage {
  std::string title;
  std::string file;  // The recording, below the session's folder.
  env::GameConfig game;
  env::Goal goal;
  uint64_t seed = 0;
  std::shared_ptr<const Companion> companion;  // Null: the person builds alone.
};

struct ScreenItem {
  enum class Kind { kScale, kChoice, kText };
  std::string id, text;
  Kind kind = Kind::kText;
  int from = 1, to = 7;              // The ends of a scale,
  std::string low, high;             // and what they mean.
  std::vector<std::string> choices;  // What a choice offers.
};

struct ScreenStage {
  std::string id, title, text, button = "Go on";
  std::vector<ScreenItem> items;
};

using Stage = std::variant<HouseStage, ScreenStage>;

class Programme {
 public:
  virtual ~Programme() = default;
  // Stage number `index`, from 0: always the same. None after the last.
  virtual absl::StatusOr<std::optional<Stage>> At(int index) const = 0;
  // What a session has to have in common with one that it goes on from: settings, as text.
  virtual std::string Fingerprint() const = 0;
};

// Makes `game` one for people: of so many timesteps, from its beginning, whether or not there is
// progress. Refused: teleportation and finite blocks, which the page does not show.
absl::Status PrepareForPeople(env::GameConfig& game, int horizon);

nlohmann::json ToJson(const ScreenStage& screen);
// Names the item and what was expected. Every item of a scale or a choice needs an answer.
absl::Status CheckAnswers(const ScreenStage& screen, const nlohmann::json& answers);

// House after house, without end.
struct FreePlay {
  env::GameConfig game;
  std::string goals;
  std::shared_ptr<const env::GoalSource> source;
  std::shared_ptr<const Companion> companion;
  std::string assistant;  // Its spec.
  uint64_t seed = 0;
};
std::unique_ptr<Programme> MakeFreePlay(FreePlay play);

}  // namespace hod::engine
