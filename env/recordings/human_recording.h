// Reads recordings of real people at play, row by row: the public data of the reference
// implementation as lines of JSON (docs/traces.md, "Recordings of people").
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "env/base/gzip_lines.h"
#include "env/game/game.h"

namespace hod::env {

// Whose actions a recording holds, in whose order.
enum class RecordingKind {
  kAlone,     // Those of the only player.
  kView,      // One player's of several; of the others only what they did to the world is known.
  kJoint,     // All players', merged: one acts in each row.
  kTutorial,  // Those of a player alone with finite blocks, without the steps that did nothing.
};

struct HumanEpisode {
  explicit HumanEpisode(Game rules) : game(std::move(rules)) {}

  // Its players are human, so trusted; its horizon is beyond the last row. If there are
  // several, the second knows the goal, and the others assist.
  Game game;
  std::string name;  // E.g. "human_alone/04".
  int participant = 0;
  RecordingKind timeline = RecordingKind::kAlone;
  int viewer = 0;  // The player whose timeline it is; -1 in joint recordings.
  int num_rows = 0;
  State start;                         // What the first row observed.
  std::optional<int> final_matches;    // Voxels equal to the goal after the last row's action.
  std::optional<int> needed_reward;    // What a perfect build of the untouched world earns.
  std::optional<double> total_reward;  // Sum of all rows'.
};

// The mask with line of sight of the acting player, as the reference computed it.
struct RecordedMask {
  bool valid = false;      // Whether it allows the recorded action.
  int num_plain = 0;       // Actions that the mask without line of sight allows.
  int num_los = 0;         // Actions it allows.
  uint32_t los_crc32 = 0;  // Over its bits in order of flat ids, the first the highest of its byte.
  friend bool operator==(const RecordedMask&, const RecordedMask&) = default;
};

// What the recorder noted of an action, with a reward of 0 for wrong blocks.
struct RecordedOutcome {
  int matches = 0;  // Voxels equal to the goal after the action.
  double own_reward = 0, goal_dependent = 0;
  bool correct = false;
};

// A position and what was done in it.
struct HumanRow {
  // What was observed before the action. Its timestep is that of the observation: the first row's
  // of a wait, as all rows of a wait show what was seen at its end. `interacted_at` and `broken`
  // follow from the changes of world and last_interacted so far.
  State state;
  absl::InlinedVector<std::optional<Action>, 2> actions;  // [num_players]; none: not recorded.
  int actor = 0;                // The player whose action it is; all others' are noops or unknown.
  int64_t t = 0;                // Row number; in tutorials the step of the recording.
  double seconds = 0;           // Since the start of the recording.
  std::vector<double> rewards;  // [num_players] in joint recordings, else one.
  int matches = 0;              // Voxels of the world equal to the goal.
  bool final = false;           // No action was recorded: the state in which a tutorial ended.
  std::optional<double> goal_percentage;
  std::optional<RecordedMask> mask;
  std::optional<RecordedOutcome> outcome;  // Set for actions other than noops.
  std::optional<bool> correct;             // Correct by the rules, in joint recordings.
  std::optional<int> view_row;             // Joint recordings: row in the actor's view, with waits.
  // [location, new block]: changes since the last row that its action does not explain.
  std::optional<std::vector<std::pair<int, Block>>> synced;

  // The actions of all players, with noops for what is not recorded.
  std::vector<Action> KnownActions() const;
  bool is_noop() const { return actions[actor]->type == ActionType::kNoop; }
};

// Strict: every key is required where the format has it, and no other is allowed; ids, counts and
// locations are in range, changes change something, flat ids fit the actions. Errors name the file,
// the line and the key. Holds one line of at most kMaxRecordingLine bytes, one row and the header.
inline constexpr size_t kMaxRecordingLine = size_t{4} << 20;

class HumanRowReader;

class HumanRecordingReader {
 public:
  static absl::StatusOr<HumanRecordingReader> Open(const std::string& path);
  HumanRecordingReader(HumanRecordingReader&&) noexcept;
  ~HumanRecordingReader();

  // Goes on to the next episode, over rows not yet read; false at the end of the file.
  absl::StatusOr<bool> NextEpisode();
  // Goes on to the next row of the episode; false at its end. Requires an episode.
  absl::StatusOr<bool> NextRow();

  const HumanEpisode& episode() const { return *episode_; }
  const HumanRow& row() const;  // Valid until the next call.
  // "FILE: line N: WHAT" for the last line read.
  std::string AtLine(const std::string& what) const;

 private:
  explicit HumanRecordingReader(GzipLineReader lines);
  // The next line; none at the end of the file.
  absl::StatusOr<std::optional<nlohmann::json>> NextLine();

  GzipLineReader lines_;
  std::string text_;
  std::unique_ptr<HumanEpisode> episode_;
  std::unique_ptr<HumanRowReader> rows_;
};

// Whether a file's first line is that of a recording of people.
bool IsHumanRecording(const nlohmann::json& first_line);

}  // namespace hod::env
