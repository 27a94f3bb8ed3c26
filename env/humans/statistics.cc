#include "env/humans/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/humans/navigation.h"

namespace hod::env {
namespace {

using Samples = std::vector<double>;

constexpr double kMilestones[] = {0.1, 0.25, 0.5, 0.75, 0.9, 0.95};

double Ratio(double part, double whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN() : part / whole;
}

double Mean(const Samples& s) { return Ratio(std::accumulate(s.begin(), s.end(), 0.0), s.size()); }

// Linearly interpolated quantile.
double Quantile(Samples s, double q) {
  if (s.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(s.begin(), s.end());
  const double at = q * (s.size() - 1);
  const size_t below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, s.size() - 1);
  return s[below] + (at - below) * (s[above] - s[below]);
}

// Share of the samples in [lo, hi].
double Share(const Samples& s, double lo, double hi) {
  return Ratio(std::count_if(s.begin(), s.end(), [&](double v) { return lo <= v && v <= hi; }),
               s.size());
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
int Similarity(const State& state) { return state.num_matches - state.num_clashes; }

}  // namespace

void BehaviourRecorder::BeginEpisode(const Game& game, const State& start) {
  game_ = &game;
  start_similarity_ = Similarity(start);
  progress_.clear();
  own_actions_ = pause_ = moves_ = type_run_ = 0;
  dug_before_building_ = dug_ = dug_at_ = 0;
  built_ = false;
  last_move_.reset();
  last_edit_.reset();
  last_step_.reset();
  last_place_.reset();
  last_type_ = kAir;
  place_layers_.clear();
  wrong_blocks_.clear();
}

void BehaviourRecorder::Record(const State& before, const Action& submitted,
                               const Action& effective) {
  const double needed = game_->size().Volume() - start_similarity_;
  progress_.push_back((Similarity(before) - start_similarity_) / needed);
  ++rows_[static_cast<int>(submitted.type)];
  if (submitted.type == ActionType::kNoop) {
    ++pause_;
    return;
  }
  (own_actions_ == 0 ? noops_before_start_ : noops_before_action_).push_back(pause_);
  pause_ = 0;
  ++own_actions_;
  if (IsMove(submitted.type)) {
    RecordMove(submitted.type);
  } else {
    last_move_.reset();
  }
  const bool is_edit = effective.type == ActionType::kPlace || effective.type == ActionType::kBreak;
  if (is_edit && !game_->InPalette(effective.location)) RecordEdit(before, effective);
}

void BehaviourRecorder::RecordMove(ActionType move) {
  ++moves_;
  if (last_move_) {
    const Cell there_and_back = MoveDelta(move) + MoveDelta(*last_move_);
    ++turns_[move == *last_move_ ? 0 : there_and_back == Cell{} ? 1 : 2];
  }
  last_move_ = move;
}

void BehaviourRecorder::RecordEdit(const State& before, const Action& edit) {
  const Cell cell = game_->size().At(edit.location);
  const Cell feet = before.players[player_].feet;
  eye_distance_.push_back(EyeDistance(feet, cell));
  horizontal_distance_.push_back(std::hypot(cell.x - feet.x, cell.z - feet.z));
  height_.push_back(cell.y - feet.y);

  if (last_edit_) {
    const Cell step = {cell.x - last_edit_->x, cell.y - last_edit_->y, cell.z - last_edit_->z};
    const int distance = L1Distance(cell, *last_edit_);
    edit_distance_.push_back(distance);
    edit_rise_.push_back(step.y);
    moves_between_.push_back(moves_);
    if (last_step_) {
      const bool back = step + *last_step_ == Cell{};
      ++after_adjacent_[step == *last_step_ ? 0 : back ? 3 : distance == 1 ? 1 : 2];
    }
    last_step_.reset();
    if (distance == 1) last_step_ = step;
  }
  last_edit_ = cell;
  moves_ = 0;
  if (edit.type == ActionType::kPlace) {
    RecordPlace(before, edit);
  } else {
    RecordBreak(before, edit);
  }
}

void BehaviourRecorder::RecordPlace(const State& before, const Action& edit) {
  const WorldSize& size = game_->size();
  const Cell cell = size.At(edit.location);
  const Block wanted = game_->goal()[edit.location];
  if (edit.block == wanted) {
    ++correct_places_;
    int lowest = size.h;
    for (int i = 0; i < size.Volume(); ++i) {
      const Block goal = game_->goal()[i];
      if (goal != kAir && before.blocks[i] != goal) lowest = std::min(lowest, size.At(i).y);
    }
    above_lowest_.push_back(cell.y - lowest);
    place_layers_.push_back(cell.y);
  } else {
    ++(wanted == kAir ? air_places_ : wrong_type_places_);
    wrong_blocks_.push_back({edit.location, own_actions_});
  }
  built_ |= cell.y > 1;
  if (last_place_) {
    same_type_.push_back(edit.block == last_place_->block);
    same_layer_.push_back(cell.y == last_place_->cell.y);
    adjacent_.push_back(L1Distance(cell, last_place_->cell) == 1);
  }
  last_place_ = {cell, edit.block};
  if (edit.block != last_type_ && type_run_ > 0) {
    type_runs_.push_back(type_run_);
    type_run_ = 0;
  }
  ++type_run_;
  last_type_ = edit.block;
}

void BehaviourRecorder::RecordBreak(const State& before, const Action& edit) {
  const Block now = before.blocks[edit.location], wanted = game_->goal()[edit.location];
  last_place_.reset();
  if (now == wanted) {
    ++correct_breaks_;
    return;
  }
  const bool original = before.last_interacted[edit.location] == kNobody;
  if (original && game_->size().At(edit.location).y == 1) {
    ++ground_breaks_;
    ++dug_;
    dug_before_building_ += !built_;
    dug_at_ = own_actions_;
    return;
  }
  ++repairs_;
  const auto own = std::find_if(wrong_blocks_.begin(), wrong_blocks_.end(),
                                [&](const WrongBlock& w) { return w.location == edit.location; });
  if (own == wrong_blocks_.end()) return;
  repair_delay_.push_back(own_actions_ - own->placed_at);
  wrong_blocks_.erase(own);
}

void BehaviourRecorder::EndEpisode(const State& final) {
  const int needed = game_->size().Volume() - start_similarity_;
  ++num_episodes_;
  num_completed_ += final.num_matches == game_->size().Volume();
  needed_edits_ += needed;
  progress_.push_back(Ratio(Similarity(final) - start_similarity_, needed));
  for (size_t m = 0; m < row_share_.size(); ++m) {
    const auto reached = std::find_if(progress_.begin(), progress_.end(),
                                      [&](double p) { return p >= kMilestones[m]; });
    if (reached == progress_.end() || progress_.size() == 1) continue;
    row_share_[m].push_back(Ratio(reached - progress_.begin(), progress_.size() - 1));
  }
  if (dug_ > 0) {
    dug_first_.push_back(Ratio(dug_before_building_, dug_));
    digging_end_.push_back(Ratio(dug_at_, own_actions_));
  }
  const double correlation = OrderCorrelation(place_layers_);
  if (!std::isnan(correlation)) order_correlation_.push_back(correlation);
  if (type_run_ > 0) type_runs_.push_back(type_run_);
  game_ = nullptr;
}

// The figures of people were measured on nine recorded episodes of people building alone and nine
// with a human assistant, in the paper's world (11 x 10 x 10, infinite blocks). Their noops are one
// for every 0.8 s without an action.
std::vector<BehaviourFigure> BehaviourRecorder::Figures() const {
  const double rows = std::accumulate(rows_.begin(), rows_.end(), int64_t{0});
  const auto rows_of = [&](ActionType t) { return rows_[static_cast<int>(t)]; };
  const int64_t places = correct_places_ + air_places_ + wrong_type_places_;
  const int64_t breaks = ground_breaks_ + repairs_ + correct_breaks_;
  const double turns = turns_[0] + turns_[1] + turns_[2];
  const double steps = std::accumulate(after_adjacent_.begin(), after_adjacent_.end(), int64_t{0});
  constexpr double kMany = 1e9;

  std::vector<BehaviourFigure> figures = {
      {"episodes", 1.0 * num_episodes_, 9, 9},
      {"episodes completed, share", Ratio(num_completed_, num_episodes_), 0.78, 0.78},
      {"noop, share of rows", Ratio(rows_of(ActionType::kNoop), rows), 0.281, 0.212},
      {"place", Ratio(rows_of(ActionType::kPlace), rows), 0.182, 0.129},
      {"break", Ratio(rows_of(ActionType::kBreak), rows), 0.047, 0.037},
      {"move x", Ratio(rows_of(ActionType::kMovePosX) + rows_of(ActionType::kMoveNegX), rows),
       0.218, 0.285},
      {"move y", Ratio(rows_of(ActionType::kMovePosY) + rows_of(ActionType::kMoveNegY), rows),
       0.072, 0.087},
      {"move z", Ratio(rows_of(ActionType::kMovePosZ) + rows_of(ActionType::kMoveNegZ), rows),
       0.201, 0.250},
      {"actions after no noop, share", Share(noops_before_action_, 0, 0), 0.88, {}},
      {"after 1 noop", Share(noops_before_action_, 1, 1), 0.06, {}},
      {"after 2 noops", Share(noops_before_action_, 2, 2), 0.02, {}},
      {"after 3 or more", Share(noops_before_action_, 3, kMany), 0.04, {}},
      {"noops before the first action, median", Quantile(noops_before_start_, 0.5), 6, 20},
      {"rows per needed edit", Ratio(rows, needed_edits_), 4.63, 3.82},
      {"own edits per needed edit", Ratio(places + breaks, needed_edits_), 1.058, 0.633},
  };
  const double alone_share[] = {0.12, 0.27, 0.49, 0.73, 0.87, 0.93};
  const double assisted_share[] = {0.11, 0.23, 0.41, 0.67, 0.81, 0.86};
  for (size_t m = 0; m < row_share_.size(); ++m) {
    figures.push_back(
        {absl::StrCat("share of rows to ", std::round(100 * kMilestones[m]), "% done"),
         Mean(row_share_[m]), alone_share[m], assisted_share[m]});
  }
  const std::vector<BehaviourFigure> rest = {
      {"place errors, share of places", Ratio(air_places_ + wrong_type_places_, places), 0.031,
       0.037},
      {"of wrong type", Ratio(wrong_type_places_, places), 0.007, 0.013},
      {"breaks of right blocks, share of breaks", Ratio(correct_breaks_, breaks), 0.024, 0.060},
      {"own actions to repair, median", Quantile(repair_delay_, 0.5), 2.5, 4.5},
      {"own actions to repair, 90%", Quantile(repair_delay_, 0.9), 15.7, 163},
      {"dug before building, share", Mean(dug_first_), 1.0, 1.0},
      {"digging ends at share of actions", Mean(digging_end_), 0.16, 0.11},
      {"rank correlation of order and y", Mean(order_correlation_), 0.84, 0.74},
      {"places in the lowest unfinished layer", Share(above_lowest_, 0, 0), 0.56, 0.35},
      {"1 above", Share(above_lowest_, 1, 1), 0.19, 0.23},
      {"2 above", Share(above_lowest_, 2, 2), 0.11, 0.18},
      {"3 or more above", Share(above_lowest_, 3, kMany), 0.14, 0.24},
      {"edits at distance 1 from the last", Share(edit_distance_, 1, 1), 0.70, 0.58},
      {"at 2", Share(edit_distance_, 2, 2), 0.16, 0.15},
      {"at 3", Share(edit_distance_, 3, 3), 0.06, 0.08},
      {"at 4 or more", Share(edit_distance_, 4, kMany), 0.06, 0.16},
      {"in its layer", Share(edit_rise_, 0, 0), 0.76, 0.77},
      {"one above it", Share(edit_rise_, 1, 1), 0.13, 0.12},
      {"one below it", Share(edit_rise_, -1, -1), 0.08, 0.07},
      {"consecutive places of one type", Mean(same_type_), 0.969, 0.951},
      {"in one layer", Mean(same_layer_), 0.719, 0.741},
      {"adjacent", Mean(adjacent_), 0.713, 0.615},
      {"after an adjacent edit: same direction", Ratio(after_adjacent_[0], steps), 0.411, {}},
      {"another adjacent", Ratio(after_adjacent_[1], steps), 0.228, {}},
      {"jump", Ratio(after_adjacent_[2], steps), 0.361, {}},
      {"back", Ratio(after_adjacent_[3], steps), 0.001, {}},
      {"run of one type, mean", Mean(type_runs_), 23.7, {}},
      {"run of one type, median", Quantile(type_runs_, 0.5), 8, {}},
      {"run of one type, 90%", Quantile(type_runs_, 0.9), 65, {}},
      {"no move between edits, share", Share(moves_between_, 0, 0), 0.30, 0.27},
      {"1 move", Share(moves_between_, 1, 1), 0.36, 0.29},
      {"2 moves", Share(moves_between_, 2, 2), 0.15, 0.13},
      {"10 or more", Share(moves_between_, 10, kMany), 0.04, 0.10},
      {"moves between edits, mean", Mean(moves_between_), 2.05, 3.62},
      {"consecutive moves, same direction", Ratio(turns_[0], turns), 0.326, 0.359},
      {"reverse", Ratio(turns_[1], turns), 0.111, 0.092},
      {"turn", Ratio(turns_[2], turns), 0.563, 0.548},
      {"eye to cell, mean", Mean(eye_distance_), 2.37, 2.47},
      {"eye to cell, 5%", Quantile(eye_distance_, 0.05), 1.35, 1.0},
      {"eye to cell, 95%", Quantile(eye_distance_, 0.95), 3.66, 3.69},
      {"horizontal, mean", Mean(horizontal_distance_), 1.79, 1.86},
      {"cell 2 or more below the feet", Share(height_, -kMany, -2), 0.02, 0.03},
      {"1 below", Share(height_, -1, -1), 0.34, 0.39},
      {"level", Share(height_, 0, 0), 0.39, 0.33},
      {"1 above the feet", Share(height_, 1, 1), 0.14, 0.16},
      {"2 above the feet", Share(height_, 2, 2), 0.07, 0.07},
      {"3 or more above the feet", Share(height_, 3, kMany), 0.04, 0.03},
  };
  figures.insert(figures.end(), rest.begin(), rest.end());
  return figures;
}

std::string BehaviourTable(const std::vector<BehaviourFigure>& figures) {
  const auto cell = [](const std::optional<double>& value) -> std::string {
    if (!value || std::isnan(*value)) return "-";
    return absl::StrFormat("%.3f", *value);
  };
  std::string text =
      absl::StrFormat("%-42s%12s%14s%17s\n", "", "this player", "people alone", "people assisted");
  for (const BehaviourFigure& f : figures) {
    absl::StrAppendFormat(&text, "%-42s%12s%14s%17s\n", f.name, cell(f.value), cell(f.people_alone),
                          cell(f.people_assisted));
  }
  return text;
}

}  // namespace hod::env
