#include "engine/behaviour/episode_behaviour.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "env/players/navigation.h"

namespace hod::engine {
namespace {

using Samples = std::vector<double>;

double Ratio(double part, double whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN() : part / whole;
}

FigurePart RatioOf(double part, double whole) { return {.sum = part, .count = whole}; }

FigurePart MeanOf(const Samples& s) {
  return RatioOf(std::accumulate(s.begin(), s.end(), 0.0), static_cast<double>(s.size()));
}

// A mean of one sample an episode; NaN is none.
FigurePart OnceOf(double value) {
  return std::isnan(value) ? FigurePart() : RatioOf(value, /*whole=*/1);
}

FigurePart QuantileOf(Samples samples, double quantile) {
  return {.quantile = quantile, .samples = std::move(samples)};
}

// Share of the samples in [lo, hi].
FigurePart ShareOf(const Samples& s, double lo, double hi) {
  const auto inside = [&](double v) { return lo <= v && v <= hi; };
  return RatioOf(static_cast<double>(std::count_if(s.begin(), s.end(), inside)),
                 static_cast<double>(s.size()));
}

// Ranks from 1, equal values sharing their mean rank.
Samples Ranks(const Samples& s) {
  std::vector<size_t> order(s.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return s[a] < s[b]; });
  Samples ranks(s.size());
  for (size_t i = 0; i < order.size();) {
    size_t end = i;
    while (end < order.size() && s[order[end]] == s[order[i]]) ++end;
    for (size_t k = i; k < end; ++k) ranks[order[k]] = (i + 1 + end) / 2.0;
    i = end;
  }
  return ranks;
}

// Spearman's correlation of the values with their order; NaN if they are all equal.
double OrderCorrelation(const Samples& s) {
  const Samples ranks = Ranks(s);
  const double mean = (s.size() + 1) / 2.0;
  double covariance = 0, variance = 0, order_variance = 0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    const double order = i + 1 - mean, rank = ranks[i] - mean;
    covariance += order * rank;
    variance += rank * rank;
    order_variance += order * order;
  }
  return Ratio(covariance, std::sqrt(variance * order_variance));
}

// Goal similarity under place_wrong -1.
int Similarity(const env::State& state) { return state.num_matches - state.num_clashes; }

}  // namespace

BehaviourRecorder::BehaviourRecorder(int player, const env::Game* game, const env::State& start)
    : player_(player),
      game_(game),
      start_similarity_(Similarity(start)),
      needed_edits_(game->size().Volume() - start_similarity_) {}

double BehaviourRecorder::Progress(const env::State& state) const {
  if (needed_edits_ == 0) return 1;
  return static_cast<double>(Similarity(state) - start_similarity_) / needed_edits_;
}

void BehaviourRecorder::Record(const env::State& before, const env::Action& submitted,
                               const env::Action& effective) {
  progress_.push_back(Progress(before));
  ++rows_[static_cast<int>(submitted.type)];
  if (submitted.type == env::ActionType::kNoop) {
    ++pause_;
    return;
  }
  (own_actions_ == 0 ? first_noops_ : noops_before_action_).push_back(pause_);
  pause_ = 0;
  ++own_actions_;
  if (IsMove(submitted.type)) {
    RecordMove(submitted.type);
  } else {
    last_move_.reset();
  }
  edits_ += IsEdit(submitted);
  if (IsEdit(effective)) RecordEdit(before, effective);
}

bool BehaviourRecorder::IsEdit(const env::Action& action) const {
  return (action.type == env::ActionType::kPlace || action.type == env::ActionType::kBreak) &&
         !game_->InPalette(action.location);
}

void BehaviourRecorder::RecordMove(env::ActionType move) {
  ++moves_;
  if (last_move_) {
    const env::Cell there_and_back = MoveDelta(move) + MoveDelta(*last_move_);
    ++turns_[move == *last_move_ ? 0 : there_and_back == env::Cell{} ? 1 : 2];
  }
  last_move_ = move;
}

void BehaviourRecorder::RecordEdit(const env::State& before, const env::Action& edit) {
  const env::Cell cell = game_->size().At(edit.location);
  const env::Cell feet = before.players[player_].feet;
  eye_distance_.push_back(EyeDistance(feet, cell));
  horizontal_distance_.push_back(std::hypot(cell.x - feet.x, cell.z - feet.z));
  height_.push_back(cell.y - feet.y);

  if (last_edit_) {
    edit_distance_.push_back(L1Distance(cell, *last_edit_));
    edit_rise_.push_back(cell.y - last_edit_->y);
    moves_between_.push_back(moves_);
  }
  last_edit_ = cell;
  moves_ = 0;
  if (edit.type == env::ActionType::kPlace) {
    RecordPlace(before, edit);
  } else {
    RecordBreak(before, edit);
  }
}

void BehaviourRecorder::RecordPlace(const env::State& before, const env::Action& edit) {
  const env::WorldSize& size = game_->size();
  const env::Cell cell = size.At(edit.location);
  const env::Block wanted = game_->goal()[edit.location];
  if (before.blocks[edit.location] == edit.block) {
    // Seen before its row: counted neither as right nor as wrong.
    if (edit.block != wanted) wrong_blocks_.push_back({edit.location, own_actions_});
  } else if (edit.block == wanted) {
    ++correct_places_;
    int lowest = size.h;
    for (int i = 0; i < size.Volume(); ++i) {
      const env::Block goal = game_->goal()[i];
      if (goal != env::kAir && before.blocks[i] != goal) lowest = std::min(lowest, size.At(i).y);
    }
    above_lowest_.push_back(cell.y - lowest);
    place_layers_.push_back(cell.y);
  } else {
    ++(wanted == env::kAir ? air_places_ : wrong_type_places_);
    wrong_blocks_.push_back({edit.location, own_actions_});
  }
  built_ |= cell.y > 1;
  if (last_place_) {
    same_type_.push_back(edit.block == last_place_->block);
    same_layer_.push_back(cell.y == last_place_->cell.y);
    adjacent_.push_back(L1Distance(cell, last_place_->cell) == 1);
  }
  RecordDirection(cell);
  last_place_ = {cell, edit.block};
  if (edit.block != last_type_ && type_run_ > 0) {
    type_runs_.push_back(type_run_);
    type_run_ = 0;
  }
  ++type_run_;
  last_type_ = edit.block;
}

void BehaviourRecorder::RecordDirection(env::Cell cell) {
  std::optional<env::Cell> step;  // If adjacent.
  if (last_placed_) {
    const env::Cell last = *last_placed_;
    const bool adjacent = L1Distance(cell, last) == 1;
    step = {cell.x - last.x, cell.y - last.y, cell.z - last.z};
    if (last_step_) {
      const bool back = *step + *last_step_ == env::Cell{};
      ++after_adjacent_[step == last_step_ ? 0 : back ? 3 : adjacent ? 1 : 2];
    }
    if (!adjacent) step.reset();
  }
  last_step_ = step;
  last_placed_ = cell;
}

void BehaviourRecorder::RecordBreak(const env::State& before, const env::Action& edit) {
  const env::Block now = before.blocks[edit.location], wanted = game_->goal()[edit.location];
  last_place_.reset();
  if (now == env::kAir || now != wanted) RecordRepair(edit.location);
  if (now == env::kAir) return;  // Gone before its row.
  if (now == wanted) {
    ++correct_breaks_;
    return;
  }
  const bool original = before.last_interacted[edit.location] == env::kNobody;
  if (original && game_->size().At(edit.location).y == 1) {
    ++ground_breaks_;
    ++dug_;
    dug_before_building_ += !built_;
    dug_at_ = own_actions_;
    return;
  }
  ++repairs_;
}

void BehaviourRecorder::RecordRepair(int location) {
  const auto own = std::find_if(wrong_blocks_.begin(), wrong_blocks_.end(),
                                [&](const WrongBlock& w) { return w.location == location; });
  if (own == wrong_blocks_.end()) return;
  repair_delay_.push_back(own_actions_ - own->placed_at);
  wrong_blocks_.erase(own);
}

EpisodeBehaviour BehaviourRecorder::Finish(const env::State& final) {
  progress_.push_back(Progress(final));
  if (type_run_ > 0) type_runs_.push_back(type_run_);
  EpisodeBehaviour episode;
  episode.rows = static_cast<int>(progress_.size()) - 1;
  episode.needed_edits = needed_edits_;
  episode.completed = final.num_matches == game_->size().Volume();
  episode.figures = Figures(episode);
  episode.progress = std::move(progress_);
  return episode;
}

// Beside each figure stand those of nine recorded episodes of people building alone and nine with a
// human assistant, in the paper's world (11 x 10 x 10, infinite blocks), as this recorder measures
// them. Their noops are one for every 0.8 s without an action.
std::vector<BehaviourFigure> BehaviourRecorder::Figures(const EpisodeBehaviour& episode) const {
  const double rows = episode.rows;
  const auto rows_of = [&](env::ActionType t) { return rows_[static_cast<int>(t)]; };
  const int places = correct_places_ + air_places_ + wrong_type_places_;
  const int breaks = ground_breaks_ + repairs_ + correct_breaks_;
  const double turns = turns_[0] + turns_[1] + turns_[2];
  const double steps = std::accumulate(after_adjacent_.begin(), after_adjacent_.end(), 0);
  constexpr double kMany = 1e9;
  return {
      {"goal_percent", "goal % at the end", OnceOf(100 * progress_.back()), 99.789, 99.919},
      {"completed", "completed, share of episodes", OnceOf(episode.completed), 0.778, 0.778},
      {"noop_rows", "noop, share of rows", RatioOf(rows_of(env::ActionType::kNoop), rows), 0.281,
       0.212},
      {"place_rows", "place", RatioOf(rows_of(env::ActionType::kPlace), rows), 0.182, 0.129},
      {"break_rows", "break", RatioOf(rows_of(env::ActionType::kBreak), rows), 0.047, 0.037},
      {"move_x_rows", "move x",
       RatioOf(rows_of(env::ActionType::kMovePosX) + rows_of(env::ActionType::kMoveNegX), rows),
       0.218, 0.285},
      {"move_y_rows", "move y",
       RatioOf(rows_of(env::ActionType::kMovePosY) + rows_of(env::ActionType::kMoveNegY), rows),
       0.072, 0.087},
      {"move_z_rows", "move z",
       RatioOf(rows_of(env::ActionType::kMovePosZ) + rows_of(env::ActionType::kMoveNegZ), rows),
       0.201, 0.251},
      {"after_0_noops", "actions after no noop, share", ShareOf(noops_before_action_, 0, 0), 0.878,
       0.890},
      {"after_1_noop", "after 1 noop", ShareOf(noops_before_action_, 1, 1), 0.063, 0.070},
      {"after_2_noops", "after 2 noops", ShareOf(noops_before_action_, 2, 2), 0.020, 0.017},
      {"after_3_noops", "after 3 or more", ShareOf(noops_before_action_, 3, kMany), 0.039, 0.024},
      {"first_noops_median", "noops before the first action, median", QuantileOf(first_noops_, 0.5),
       6.000, 20.000},
      {"rows_per_needed_edit", "rows per needed edit", RatioOf(rows, needed_edits_), 4.631, 3.820},
      {"edits_per_needed_edit", "own edits per needed edit", RatioOf(edits_, needed_edits_), 1.058,
       0.633},
      {"rows_to_10_percent", "share of rows to 10% done", RowsTo(0.10), 0.124, 0.109},
      {"rows_to_25_percent", "share of rows to 25% done", RowsTo(0.25), 0.265, 0.226},
      {"rows_to_50_percent", "share of rows to 50% done", RowsTo(0.50), 0.489, 0.406},
      {"rows_to_75_percent", "share of rows to 75% done", RowsTo(0.75), 0.728, 0.669},
      {"rows_to_90_percent", "share of rows to 90% done", RowsTo(0.90), 0.867, 0.807},
      {"rows_to_95_percent", "share of rows to 95% done", RowsTo(0.95), 0.927, 0.857},
      {"place_errors", "place errors, share of places",
       RatioOf(air_places_ + wrong_type_places_, places), 0.031, 0.037},
      {"wrong_type_places", "of wrong type", RatioOf(wrong_type_places_, places), 0.007, 0.013},
      {"right_block_breaks", "breaks of right blocks, share of breaks",
       RatioOf(correct_breaks_, breaks), 0.024, 0.060},
      {"repair_median", "own actions to repair, median", QuantileOf(repair_delay_, 0.5), 2.500,
       4.500},
      {"repair_90", "own actions to repair, 90%", QuantileOf(repair_delay_, 0.9), 15.700, 156.200},
      {"dug_first", "dug before building, share", OnceOf(Ratio(dug_before_building_, dug_)), 1.000,
       1.000},
      {"digging_end", "digging ends at share of actions",
       OnceOf(dug_ > 0 ? Ratio(dug_at_, own_actions_) : Ratio(0, 0)), 0.157, 0.109},
      {"order_y_correlation", "rank correlation of order and y",
       OnceOf(OrderCorrelation(place_layers_)), 0.841, 0.737},
      {"layers_above_0", "places in the lowest unfinished layer", ShareOf(above_lowest_, 0, 0),
       0.559, 0.347},
      {"layers_above_1", "1 above", ShareOf(above_lowest_, 1, 1), 0.186, 0.228},
      {"layers_above_2", "2 above", ShareOf(above_lowest_, 2, 2), 0.111, 0.185},
      {"layers_above_3", "3 or more above", ShareOf(above_lowest_, 3, kMany), 0.144, 0.240},
      {"edit_distance_1", "edits at distance 1 from the last", ShareOf(edit_distance_, 1, 1), 0.695,
       0.576},
      {"edit_distance_2", "at 2", ShareOf(edit_distance_, 2, 2), 0.160, 0.154},
      {"edit_distance_3", "at 3", ShareOf(edit_distance_, 3, 3), 0.063, 0.075},
      {"edit_distance_4", "at 4 or more", ShareOf(edit_distance_, 4, kMany), 0.058, 0.161},
      {"edit_rise_0", "in its layer", ShareOf(edit_rise_, 0, 0), 0.764, 0.767},
      {"edit_rise_up", "one above it", ShareOf(edit_rise_, 1, 1), 0.134, 0.118},
      {"edit_rise_down", "one below it", ShareOf(edit_rise_, -1, -1), 0.080, 0.075},
      {"same_type", "consecutive places of one type", MeanOf(same_type_), 0.969, 0.951},
      {"same_layer", "in one layer", MeanOf(same_layer_), 0.719, 0.741},
      {"adjacent", "adjacent", MeanOf(adjacent_), 0.713, 0.615},
      {"onward_on", "after an adjacent place: same direction", RatioOf(after_adjacent_[0], steps),
       0.411, 0.375},
      {"onward_adjacent", "another adjacent", RatioOf(after_adjacent_[1], steps), 0.228, 0.179},
      {"onward_jump", "jump", RatioOf(after_adjacent_[2], steps), 0.361, 0.442},
      {"onward_back", "back", RatioOf(after_adjacent_[3], steps), 0.001, 0.004},
      {"type_run_mean", "run of one type, mean", MeanOf(type_runs_), 23.676, 12.707},
      {"type_run_median", "run of one type, median", QuantileOf(type_runs_, 0.5), 8.000, 4.000},
      {"type_run_90", "run of one type, 90%", QuantileOf(type_runs_, 0.9), 64.800, 34.200},
      {"moves_between_0", "no move between edits, share", ShareOf(moves_between_, 0, 0), 0.299,
       0.269},
      {"moves_between_1", "1 move", ShareOf(moves_between_, 1, 1), 0.363, 0.292},
      {"moves_between_2", "2 moves", ShareOf(moves_between_, 2, 2), 0.154, 0.129},
      {"moves_between_10", "10 or more", ShareOf(moves_between_, 10, kMany), 0.038, 0.096},
      {"moves_between_mean", "moves between edits, mean", MeanOf(moves_between_), 2.054, 3.618},
      {"move_on", "consecutive moves, same direction", RatioOf(turns_[0], turns), 0.326, 0.359},
      {"move_reverse", "reverse", RatioOf(turns_[1], turns), 0.111, 0.092},
      {"move_turn", "turn", RatioOf(turns_[2], turns), 0.563, 0.548},
      {"eye_mean", "eye to cell, mean", MeanOf(eye_distance_), 2.374, 2.471},
      {"eye_5", "eye to cell, 5%", QuantileOf(eye_distance_, 0.05), 1.345, 1.005},
      {"eye_95", "eye to cell, 95%", QuantileOf(eye_distance_, 0.95), 3.662, 3.689},
      {"horizontal_mean", "horizontal, mean", MeanOf(horizontal_distance_), 1.791, 1.859},
      {"height_below_2", "cell 2 or more below the feet", ShareOf(height_, -kMany, -2), 0.017,
       0.035},
      {"height_below_1", "1 below", ShareOf(height_, -1, -1), 0.343, 0.385},
      {"height_level", "level", ShareOf(height_, 0, 0), 0.388, 0.327},
      {"height_above_1", "1 above the feet", ShareOf(height_, 1, 1), 0.140, 0.158},
      {"height_above_2", "2 above the feet", ShareOf(height_, 2, 2), 0.071, 0.070},
      {"height_above_3", "3 or more above the feet", ShareOf(height_, 3, kMany), 0.041, 0.025},
  };
}

FigurePart BehaviourRecorder::RowsTo(double share) const {
  const auto reached = std::find_if(progress_.begin(), progress_.end(),
                                    [&](double progress) { return progress >= share; });
  if (reached == progress_.end() || progress_.size() == 1) return {};
  return OnceOf(Ratio(static_cast<double>(reached - progress_.begin()),
                      static_cast<double>(progress_.size() - 1)));
}

PooledFigure::PooledFigure(const std::vector<EpisodeBehaviour>& episodes, size_t index) {
  for (size_t i = 0; i < episodes.size(); ++i) {
    const FigurePart& part = episodes[i].figures[index].part;
    quantile_ = part.quantile;
    sums_.push_back(part.sum);
    counts_.push_back(part.count);
    for (const double value : part.samples) samples_.push_back({value, i});
  }
  std::sort(samples_.begin(), samples_.end());
}

double PooledFigure::Value(absl::Span<const int> times) const {
  if (quantile_) return QuantileOfSamples(times);
  return Ratio(std::inner_product(times.begin(), times.end(), sums_.begin(), 0.0),
               std::inner_product(times.begin(), times.end(), counts_.begin(), 0.0));
}

double PooledFigure::Value() const { return Value(std::vector<int>(sums_.size(), 1)); }

// Linearly interpolated between the two samples about it.
double PooledFigure::QuantileOfSamples(absl::Span<const int> times) const {
  int64_t size = 0;
  for (const auto& [value, episode] : samples_) size += times[episode];
  if (size == 0) return std::numeric_limits<double>::quiet_NaN();
  const double at = *quantile_ * static_cast<double>(size - 1);
  const auto below = static_cast<int64_t>(at);
  double lower = 0;
  int64_t passed = 0;  // Samples up to here.
  for (const auto& [value, episode] : samples_) {
    if (passed <= below) lower = value;
    passed += times[episode];
    if (passed > std::min(below + 1, size - 1)) {
      return lower + (at - static_cast<double>(below)) * (value - lower);
    }
  }
  return lower;
}

std::optional<size_t> FindFigure(const EpisodeBehaviour& episode, absl::string_view key) {
  for (size_t i = 0; i < episode.figures.size(); ++i) {
    if (episode.figures[i].key == key) return i;
  }
  return std::nullopt;
}

}  // namespace hod::engine
