#include "env/players/heuristic_builder.h"

#include <algorithm>
#include <cmath>

namespace hod::env {
namespace {

constexpr double kAlternativeDistance = 0.8;  // Voxels an alternative may be farther than the edit.

// Pauses, as hazards of recorded people: half of the pauses are one noop, a third of the rest two;
// then a long tail. Breaks are followed by more of them than places, places by more than moves.
constexpr double kWaitBeforeStart = 0.89;
constexpr double kPauseGoesOn[] = {0.5, 0.65, 0.78};
constexpr double kPauseAfterBreak = 1.8, kPauseAfterPlace = 1.2, kPauseAfterMove = 0.8;
constexpr double kMaxPauseProbability = 0.75;

constexpr double kWrongTypeShare = 0.12;  // Share of place slips; the others go to a cell beside.
constexpr double kBreakSlips = 0.8;       // Break slips per place slip.

// Preference for going on in the direction of the last move, against a turn: diagonal ways are
// walked in zigzags.
constexpr double kSameDirection = 0.8;
// Weight of idle moves up or down, and back where it came from, against others.
constexpr double kIdleUnlikely = 0.3;

bool AreOpposite(ActionType a, ActionType b) {
  return IsMove(a) && IsMove(b) && MoveDelta(a) + MoveDelta(b) == Cell{};
}

}  // namespace

HeuristicBuilder::HeuristicBuilder(const Game& game, int player, const BuilderStyle& style,
                                   uint64_t seed)
    : game_(game),
      player_(player),
      style_(style),
      navigator_(game, player),
      chooser_(game, player, style_, navigator_, seed) {
  for (int b = kFirstPlaceable; b < kNumBlocks; ++b) {
    const std::vector<Block>& goal = game.goal();
    if (std::find(goal.begin(), goal.end(), b) != goal.end()) goal_kinds_.push_back(b);
  }
}

const ActionDistribution& HeuristicBuilder::NextAction(const State& state) {
  if (decided_) return distribution_;
  decided_ = true;
  distribution_.clear();
  if (!Acts(state) || state.num_matches == game_.size().Volume()) {
    Add({}, 1.0);
    return distribution_;
  }
  navigator_.Look(state);
  if (intent_ && !chooser_.planner().CanGoOn(*intent_)) intent_.reset();
  if (!intent_) intent_ = chooser_.Choose(memory_);

  const double pause = PauseProbability();
  Add({}, pause);
  if (intent_) {
    const Moves moves = navigator_.MovesOnTheWay();
    const double edit = EditProbability(moves);
    if (edit > 0) AddEdits((1.0 - pause) * edit);
    if (edit < 1) AddMoves((1.0 - pause) * (1.0 - edit), moves);
  } else {
    AddWandering(1.0 - pause);
  }
  FinishDistribution();
  return distribution_;
}

void HeuristicBuilder::Observe(const State& before, int32_t action) {
  decided_ = false;
  if (!Acts(before)) return;
  const Action done = game_.actions().Unflatten(action);
  if (done.type == ActionType::kNoop) {
    ++memory_.pause_length;
    return;
  }
  memory_.pause_length = 0;
  memory_.last_type = done.type;
  ++memory_.own_actions;
  if (done.type != ActionType::kPlace && done.type != ActionType::kBreak) return;
  if (game_.InPalette(done.location)) return;
  const Cell cell = game_.size().At(done.location);
  memory_.last_direction = {};
  if (memory_.last_edit && L1Distance(cell, *memory_.last_edit) == 1) {
    const Cell from = *memory_.last_edit;
    memory_.last_direction = {cell.x - from.x, cell.y - from.y, cell.z - from.z};
  }
  const Cell feet = before.players[player_].feet;
  memory_.last_offset = {feet.x - cell.x, 0, feet.z - cell.z};
  memory_.last_edit = cell;
  if (done.type == ActionType::kPlace) memory_.last_placed = done.block;
  intent_.reset();
}

double HeuristicBuilder::PauseProbability() const {
  if (memory_.own_actions == 0) return kWaitBeforeStart;
  if (memory_.pause_length > 0) return kPauseGoesOn[std::min(memory_.pause_length, 3) - 1];
  const double factor = memory_.last_type == ActionType::kBreak   ? kPauseAfterBreak
                        : memory_.last_type == ActionType::kPlace ? kPauseAfterPlace
                                                                  : kPauseAfterMove;
  return std::min(style_.pause * factor, kMaxPauseProbability);
}

double HeuristicBuilder::EditProbability(const Moves& moves) const {
  if (!chooser_.planner().CanEditHere(*intent_)) return 0.0;
  if (moves.empty()) return 1.0;
  const Cell feet = navigator_.feet();
  const Cell target = game_.size().At(intent_->edit.location);
  const double excess = intent_->comfort.Discomfort(feet, target) -
                        intent_->comfort.Discomfort(intent_->stand, target) -
                        navigator_.MovesLeft(feet);
  return std::exp(-std::max(excess, 0.0) / style_.laziness);
}

void HeuristicBuilder::AddEdits(double probability) {
  if (intent_->purpose == Intent::kUseful) probability -= AddSlips(probability);
  const WorldSize& size = game_.size();
  const Cell feet = navigator_.feet();
  const double farthest = EyeDistance(feet, size.At(intent_->edit.location)) + kAlternativeDistance;
  std::vector<Intent::Candidate> possible;
  double total = 0;
  for (const Intent::Candidate& c : intent_->alternatives) {
    const bool is_possible =
        c.edit == intent_->edit ||
        (EyeDistance(feet, size.At(c.edit.location)) <= farthest &&
         chooser_.planner().IsUseful(c.edit) && navigator_.CanEdit(c.edit, feet));
    if (!is_possible) continue;
    possible.push_back(c);
    total += c.weight;
  }
  for (const Intent::Candidate& c : possible) Add(c.edit, probability * c.weight / total);
}

double HeuristicBuilder::AddSlips(double probability) {
  const WorldSize& size = game_.size();
  const Action& edit = intent_->edit;
  const Cell target = size.At(edit.location);
  const bool place = edit.type == ActionType::kPlace;
  double given = 0;

  // The cell beside the right one: fills what should stay empty, or breaks what should stay.
  std::vector<Action> beside;
  for (const Cell direction : kDirections) {
    const Cell cell = target + direction;
    if (!size.Contains(cell)) continue;
    const Action slip = {edit.type, size.Index(cell), edit.block};
    const bool is_right = navigator_.state().blocks[slip.location] == game_.goal()[slip.location];
    if (is_right && navigator_.CanEdit(slip, navigator_.feet())) beside.push_back(slip);
  }
  if (!beside.empty()) {
    const double slips = probability * style_.slip * (place ? 1.0 - kWrongTypeShare : kBreakSlips);
    for (const Action& slip : beside) Add(slip, slips / beside.size());
    given += slips;
  }

  if (place) {
    std::vector<Block> others;
    const Inventory& inventory = navigator_.state().players[player_].inventory;
    for (const Block block : goal_kinds_) {
      const bool available = game_.config().abilities.inf_blocks || inventory.Count(block) > 0;
      if (block != edit.block && available) others.push_back(block);
    }
    if (!others.empty()) {
      const double slips = probability * style_.slip * kWrongTypeShare;
      for (const Block block : others)
        Add({edit.type, edit.location, block}, slips / others.size());
      given += slips;
    }
  }
  return given;
}

void HeuristicBuilder::AddMoves(double probability, const Moves& on_the_way) {
  Moves idle;
  for (const ActionType move : kMoves) {
    const bool leads_on = std::find(on_the_way.begin(), on_the_way.end(), move) != on_the_way.end();
    if (!leads_on && navigator_.CanMove(move)) idle.push_back(move);
  }
  const double idle_share = idle.empty() ? 0.0 : style_.fidget;
  ShareOut(probability * idle_share, idle, [&](ActionType move) {
    return MoveDelta(move).y != 0 || AreOpposite(move, memory_.last_type) ? kIdleUnlikely : 1.0;
  });
  ShareOut(probability * (1.0 - idle_share), on_the_way,
           [&](ActionType move) { return move == memory_.last_type ? kSameDirection : 1.0; });
}

void HeuristicBuilder::AddWandering(double probability) {
  Moves moves;
  for (const ActionType move : kMoves) {
    if (navigator_.CanMove(move)) moves.push_back(move);
  }
  const double walk = moves.empty() ? 0.0 : 0.5 * probability;
  Add({}, probability - walk);
  ShareOut(walk, moves, [](ActionType) { return 1.0; });
}

template <typename Weight>
void HeuristicBuilder::ShareOut(double probability, const Moves& moves, const Weight& weight) {
  double total = 0;
  for (const ActionType move : moves) total += weight(move);
  for (const ActionType move : moves) Add({move}, probability * weight(move) / total);
}

void HeuristicBuilder::Add(const Action& action, double probability) {
  distribution_.emplace_back(game_.actions().Flatten(action), static_cast<float>(probability));
}

void HeuristicBuilder::FinishDistribution() {
  std::sort(distribution_.begin(), distribution_.end());
  size_t size = 0;
  double total = 0;
  for (const auto& [id, probability] : distribution_) {
    total += probability;
    if (probability <= 0) continue;
    if (size > 0 && distribution_[size - 1].first == id) {
      distribution_[size - 1].second += probability;
    } else {
      distribution_[size++] = {id, probability};
    }
  }
  distribution_.resize(size);
  for (auto& [id, probability] : distribution_) probability /= static_cast<float>(total);
}

}  // namespace hod::env
