// How a player builds, in figures, beside those of recorded people: measures how lifelike a human
// model is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "env/game/game.h"

namespace hod::engine {

// What one episode adds to a figure over many: the figure is the mean of the samples of all
// episodes, or a quantile of them.
struct FigurePart {
  double sum = 0, count = 0;            // Over the samples, where the figure is their mean.
  std::optional<double> quantile = {};  // In [0, 1]; none: the mean.
  std::vector<double> samples = {};     // Where the figure is a quantile.
};

// A figure and what it is for recorded people.
struct BehaviourFigure {
  const char* key;    // Names it in files.
  const char* title;  // Names it in tables; some go on from the line above.
  FigurePart part;
  double people_alone;
  double people_assisted;  // Builders who had an assistant.
};

// How a player built one house.
struct EpisodeBehaviour {
  int rows = 0;
  int needed_edits = 0;
  bool completed = false;        // The goal stands at the end.
  std::vector<double> progress;  // [rows + 1]: share of the goal built before each row, at the end.
  std::vector<BehaviourFigure> figures;  // The same for all episodes, in the order of the table.
};

// Follows one player through an episode. A row is a timestep; an edit is a place or break that had
// an effect; own actions are those other than noops. An edit is needed if a perfect builder makes
// it: ground of another type takes two. The share of the goal that is built counts wrong blocks
// against it (place_wrong -1); where nothing is needed, it is 1.
class BehaviourRecorder {
 public:
  // `game` outlives the recorder; `start` is the world that nobody has touched.
  BehaviourRecorder(int player, const env::Game* game, const env::State& start);

  // The state in which the player acted, what it submitted and what came of it (Step()'s
  // effective_action). An edit that `before` shows already, as recordings of several people may, is
  // neither right nor wrong.
  void Record(const env::State& before, const env::Action& submitted, const env::Action& effective);
  // Once, after the last row.
  EpisodeBehaviour Finish(const env::State& final);

 private:
  using Samples = std::vector<double>;
  struct WrongBlock {
    int location, placed_at;  // placed_at counts own actions.
  };
  struct Place {
    env::Cell cell;
    env::Block block;
  };

  bool IsEdit(const env::Action& action) const;
  double Progress(const env::State& state) const;
  void RecordMove(env::ActionType move);
  void RecordEdit(const env::State& before, const env::Action& edit);
  void RecordPlace(const env::State& before, const env::Action& edit);
  void RecordBreak(const env::State& before, const env::Action& edit);
  // Compares successive places, whether breaks are between them or not.
  void RecordDirection(env::Cell cell);
  void RecordRepair(int location);
  std::vector<BehaviourFigure> Figures(const EpisodeBehaviour& episode) const;
  // Share of the rows after which `share` of the goal is built.
  FigurePart RowsTo(double share) const;

  const int player_;
  const env::Game* const game_;
  const int start_similarity_, needed_edits_;

  // What figures are made of.
  std::vector<double> progress_;
  std::array<int, env::kNumActionTypes> rows_{};  // Counted by submitted type.
  int edits_ = 0;                                 // Submitted.
  Samples noops_before_action_, first_noops_;
  int correct_places_ = 0, air_places_ = 0, wrong_type_places_ = 0;
  int ground_breaks_ = 0, repairs_ = 0, correct_breaks_ = 0;
  Samples repair_delay_;
  int own_actions_ = 0, dug_before_building_ = 0, dug_ = 0, dug_at_ = 0;
  Samples place_layers_;  // Layers of correct places in order.
  Samples above_lowest_;  // Layers, of correct places.
  Samples edit_distance_, edit_rise_;
  Samples same_type_, same_layer_, adjacent_;  // 0 or 1, of consecutive places.
  std::array<int, 4> after_adjacent_{};        // Next place: on, another adjacent, jump, back.
  Samples type_runs_;
  Samples moves_between_;
  std::array<int, 3> turns_{};  // Consecutive moves: on, reverse, turn.
  Samples eye_distance_, horizontal_distance_, height_;

  // What the next row is compared with.
  int pause_ = 0, moves_ = 0, type_run_ = 0;
  bool built_ = false;  // Has placed a block above the ground.
  std::optional<env::ActionType> last_move_;
  std::optional<env::Cell> last_edit_;
  std::optional<Place> last_place_;       // If the last edit was one.
  std::optional<env::Cell> last_placed_;  // The last place, whatever came after it...
  std::optional<env::Cell> last_step_;    // ...and the step to it, if adjacent.
  env::Block last_type_ = env::kAir;
  std::vector<WrongBlock> wrong_blocks_;
};

// A figure over several episodes.
class PooledFigure {
 public:
  // Figure number `index` of every episode.
  PooledFigure(const std::vector<EpisodeBehaviour>& episodes, size_t index);

  // The figure with episode i counted times[i] >= 0 times. NaN if there is nothing to measure.
  double Value(absl::Span<const int> times) const;
  double Value() const;  // Every episode once.

 private:
  double QuantileOfSamples(absl::Span<const int> times) const;

  std::optional<double> quantile_;
  std::vector<double> sums_, counts_;               // [episodes]
  std::vector<std::pair<double, size_t>> samples_;  // Each with its episode, in ascending order.
};

// Where a figure stands among those of an episode.
std::optional<size_t> FindFigure(const EpisodeBehaviour& episode, absl::string_view key);

}  // namespace hod::engine
