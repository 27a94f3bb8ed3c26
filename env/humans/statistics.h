// How a player builds, in figures, beside those of recorded people: measures how lifelike a human
// model is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "env/game/game.h"

namespace hod::env {

// A figure and what it is for recorded people, where known.
struct BehaviourFigure {
  std::string name;
  double value;  // NaN if there was nothing to measure.
  std::optional<double> people_alone;
  std::optional<double> people_assisted;  // Builders who had an assistant.
};

// Follows one player through episodes. A row is a timestep; an edit is a place or break that had an
// effect; own actions are those other than noops. An edit is needed if a perfect builder makes it:
// ground of another type takes two.
class BehaviourRecorder {
 public:
  explicit BehaviourRecorder(int player) : player_(player) {}

  // `game` is borrowed until EndEpisode().
  void BeginEpisode(const Game& game, const State& start);
  // The state in which the player acted, what it submitted and what came of it (Step()'s
  // effective_action).
  void Record(const State& before, const Action& submitted, const Action& effective);
  void EndEpisode(const State& final);

  int num_episodes() const { return num_episodes_; }
  // In the order of the table.
  std::vector<BehaviourFigure> Figures() const;

 private:
  using Samples = std::vector<double>;
  struct WrongBlock {
    int location, placed_at;  // In own actions.
  };
  struct Place {
    Cell cell;
    Block block;
  };

  void RecordMove(ActionType move);
  void RecordEdit(const State& before, const Action& edit);
  void RecordPlace(const State& before, const Action& edit);
  void RecordBreak(const State& before, const Action& edit);

  const int player_;
  const Game* game_ = nullptr;

  // Over all episodes.
  int num_episodes_ = 0, num_completed_ = 0;
  int64_t needed_edits_ = 0;
  std::array<int64_t, kNumActionTypes> rows_{};  // By submitted type.
  Samples noops_before_action_, noops_before_start_;
  std::array<Samples, 6> row_share_;  // Share of the rows at which kMilestones are reached.
  int64_t correct_places_ = 0, air_places_ = 0, wrong_type_places_ = 0;
  int64_t ground_breaks_ = 0, repairs_ = 0, correct_breaks_ = 0;
  Samples repair_delay_;
  Samples dug_first_, digging_end_;  // Per episode.
  Samples order_correlation_;        // Per episode.
  Samples above_lowest_;             // Layers, of correct places.
  Samples edit_distance_, edit_rise_;
  Samples same_type_, same_layer_, adjacent_;  // 0 or 1, of consecutive places.
  std::array<int64_t, 4> after_adjacent_{};    // On, another adjacent, jump, back.
  Samples type_runs_;
  Samples moves_between_;
  std::array<int64_t, 3> turns_{};  // Of consecutive moves: on, reverse, turn.
  Samples eye_distance_, horizontal_distance_, height_;

  // Of the episode under way.
  std::vector<double> progress_;  // Goal percentage before each row, under place_wrong -1.
  int start_similarity_ = 0;
  int own_actions_ = 0, pause_ = 0, moves_ = 0, type_run_ = 0;
  int dug_before_building_ = 0, dug_ = 0, dug_at_ = 0;
  bool built_ = false;  // Has placed a block above the ground.
  std::optional<ActionType> last_move_;
  std::optional<Cell> last_edit_;
  std::optional<Cell> last_step_;    // Between the last two edits if adjacent.
  std::optional<Place> last_place_;  // If the last edit was one.
  Block last_type_ = kAir;
  Samples place_layers_;  // Of correct places in order.
  std::vector<WrongBlock> wrong_blocks_;
};

// The figures beside those of recorded people, one a line.
std::string BehaviourTable(const std::vector<BehaviourFigure>& figures);

}  // namespace hod::env
