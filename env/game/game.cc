#include "env/game/game.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "env/game/visibility.h"

namespace hod::env {
namespace {

constexpr int kBlocksToGive = 5;

bool Clash(Block a, Block b) { return a != kAir && b != kAir && a != b; }

// Whether two bodies share a voxel.
bool BodiesOverlap(Cell a, Cell b) { return a.x == b.x && a.z == b.z && std::abs(a.y - b.y) <= 1; }

// The types that `player` has broken at `location`.
BlockSet& BrokenBy(State& state, int player, int location) {
  return state.broken[player * state.blocks.size() + location];
}

StepChange::VoxelState VoxelAt(State& state, int location, int player) {
  return {state.blocks[location], state.last_interacted[location],
          BrokenBy(state, player, location), state.interacted_at[location]};
}

void SetVoxel(State& state, int location, int player, const StepChange::VoxelState& voxel) {
  state.blocks[location] = voxel.block;
  state.last_interacted[location] = voxel.last_interacted;
  state.interacted_at[location] = voxel.interacted_at;
  BrokenBy(state, player, location) = voxel.broken;
}

// Remembers a voxel that `player` is about to change.
void NoteVoxel(State& state, int location, int player, StepChange* change) {
  if (change == nullptr) return;
  const StepChange::VoxelState now = VoxelAt(state, location, player);
  change->voxels.push_back({location, player, now, now});
}

StepChange::Counters CountersOf(const State& state) {
  return {state.timestep, state.steps_without_progress, state.num_matches, state.num_clashes};
}

void SetCounters(State& state, const StepChange::Counters& counters) {
  state.timestep = counters.timestep;
  state.steps_without_progress = counters.steps_without_progress;
  state.num_matches = counters.num_matches;
  state.num_clashes = counters.num_clashes;
}

StepChange::PlayerState PlayerOf(const PlayerState& player) {
  return {player.feet, player.best_percentage, player.last_action};
}

void SetPlayer(PlayerState& player, const StepChange::PlayerState& to) {
  player.feet = to.feet;
  player.best_percentage = to.best_percentage;
  player.last_action = to.last_action;
}

std::vector<Inventory> InventoriesOf(const State& state) {
  std::vector<Inventory> inventories;
  for (const PlayerState& player : state.players) inventories.push_back(player.inventory);
  return inventories;
}

void SetInventories(State& state, absl::Span<const Inventory> inventories) {
  for (size_t p = 0; p < inventories.size(); ++p) state.players[p].inventory = inventories[p];
}

}  // namespace

Game::Game(GameConfig config, std::vector<Block> goal, int64_t global_timestep)
    : config_(std::move(config)),
      actions_(config_),
      goal_(std::move(goal)),
      global_timestep_(global_timestep) {
  for (const PlayerConfig& player : config_.players) {
    rewards_.push_back(player.rewards.At(global_timestep));
  }
  palette_begin_ = size().Index({size().w - 1, 0, 0});
}

State Game::Reset(Rng& rng) const {
  State state;
  state.blocks = EmptyWorld(size());
  if (!config_.abilities.inf_blocks) {
    std::copy(goal_.begin() + palette_begin_, goal_.end(), state.blocks.begin() + palette_begin_);
  }
  const auto is_air = [&](Cell c) { return state.blocks[size().Index(c)] == kAir; };
  state.players.resize(num_players());
  for (int p = 0; p < num_players(); ++p) {
    Cell feet = {p % size().w, 2, p / size().w};
    if (config_.random_start_locations) {
      const auto free = [&](Cell c) {
        if (!is_air(c) || (c.y + 1 < size().h && !is_air(c + Cell{0, 1, 0}))) return false;
        return std::none_of(state.players.begin(), state.players.begin() + p,
                            [&](const PlayerState& q) { return BodiesOverlap(q.feet, c); });
      };
      do {
        feet = {rng.Below(size().w), rng.Below(size().h), rng.Below(size().d)};
      } while (!free(feet));
    }
    state.players[p].feet = feet;
  }
  if (config_.randomize_first_episode_length) state.timestep = rng.Below(config_.horizon);
  return Begin(std::move(state));
}

State Game::Begin(State state) const {
  const size_t volume = goal_.size();
  if (state.last_interacted.empty()) state.last_interacted.assign(volume, kNobody);
  if (state.interacted_at.empty()) state.interacted_at.assign(volume, kNever);
  if (state.broken.empty()) state.broken.assign(num_players() * volume, BlockSet{0});
  state.num_matches = state.num_clashes = 0;
  for (size_t i = 0; i < volume; ++i) {
    state.num_matches += state.blocks[i] == goal_[i];
    state.num_clashes += Clash(state.blocks[i], goal_[i]);
  }
  state.steps_without_progress = 0;
  for (int p = 0; p < num_players(); ++p) {
    state.players[p].initial_similarity = SimilaritySum(state, p);
    state.players[p].best_percentage = GoalPercentage(state, p);
  }
  return state;
}

double Game::SimilaritySum(const State& state, int player) const {
  return state.num_matches + rewards_[player].place_wrong * state.num_clashes;
}

double Game::GoalPercentage(const State& state, int player) const {
  const double initial = state.players[player].initial_similarity;
  const double needed = static_cast<double>(goal_.size()) - initial;
  if (needed == 0) return std::numeric_limits<double>::quiet_NaN();
  return (SimilaritySum(state, player) - initial) / needed;
}

void Game::SetBlock(State& state, int location, Block block) const {
  Block& current = state.blocks[location];
  const Block wanted = goal_[location];
  state.num_matches += (block == wanted) - (current == wanted);
  state.num_clashes += Clash(block, wanted) - Clash(current, wanted);
  current = block;
}

StepOutcome Game::Step(State& state, absl::Span<const Action> actions, StepChange* change) const {
  if (change != nullptr) {
    change->voxels.clear();
    change->players.clear();
    for (const PlayerState& player : state.players) {
      change->players.push_back({PlayerOf(player), {}});
    }
    change->counters_before = CountersOf(state);
    if (!config_.abilities.inf_blocks) change->inventories_before = InventoriesOf(state);
  }
  StepOutcome outcome;
  outcome.players.resize(num_players());
  double total = 0.0;
  for (const bool giving : {true, false}) {
    for (int p = 0; p < num_players(); ++p) {
      if ((actions[p].type == ActionType::kGive) != giving) continue;
      const bool acts = state.timestep % config_.players[p].timestep_skip == 0;
      Act(state, p, acts ? actions[p] : Action{}, outcome.players[p], change);
      total += outcome.players[p].own_reward;
      state.players[p].last_action = outcome.players[p].effective_action;
    }
  }
  outcome.goal_similarity = state.num_matches;
  for (int p = 0; p < num_players(); ++p) {
    PlayerOutcome& out = outcome.players[p];
    out.goal_percentage = GoalPercentage(state, p);
    const double own_prop = rewards_[p].own_reward_prop;
    out.reward = own_prop * out.own_reward + (1 - own_prop) * total;
  }

  ++state.timestep;
  if (!config_.abilities.inf_blocks) {
    for (int i = palette_begin_; i < static_cast<int>(goal_.size()); ++i) {
      if (state.blocks[i] == goal_[i]) continue;
      NoteVoxel(state, i, 0, change);
      SetBlock(state, i, goal_[i]);
    }
  }
  ++state.steps_without_progress;
  for (int p = 0; p < num_players(); ++p) {
    const double percentage = outcome.players[p].goal_percentage;
    if (percentage > state.players[p].best_percentage) {
      state.players[p].best_percentage = percentage;
      state.steps_without_progress = 0;
    }
  }
  outcome.horizon_reached = state.timestep >= config_.horizon;
  outcome.goal_completed =
      config_.terminate_on_goal_completion && state.num_matches == static_cast<int>(goal_.size());
  outcome.no_progress = config_.truncate_on_no_progress_timesteps.has_value() &&
                        state.steps_without_progress >= *config_.truncate_on_no_progress_timesteps;
  if (change != nullptr) {
    for (StepChange::VoxelChange& voxel : change->voxels) {
      voxel.after = VoxelAt(state, voxel.location, voxel.player);
    }
    for (int p = 0; p < num_players(); ++p) change->players[p].after = PlayerOf(state.players[p]);
    change->counters_after = CountersOf(state);
    if (!config_.abilities.inf_blocks) change->inventories_after = InventoriesOf(state);
  }
  return outcome;
}

void Game::Undo(State& state, const StepChange& change) const {
  for (auto voxel = change.voxels.rbegin(); voxel != change.voxels.rend(); ++voxel) {
    SetVoxel(state, voxel->location, voxel->player, voxel->before);
  }
  for (int p = 0; p < num_players(); ++p) SetPlayer(state.players[p], change.players[p].before);
  SetCounters(state, change.counters_before);
  SetInventories(state, change.inventories_before);
}

void Game::Redo(State& state, const StepChange& change) const {
  for (const StepChange::VoxelChange& voxel : change.voxels) {
    SetVoxel(state, voxel.location, voxel.player, voxel.after);
  }
  for (int p = 0; p < num_players(); ++p) SetPlayer(state.players[p], change.players[p].after);
  SetCounters(state, change.counters_after);
  SetInventories(state, change.inventories_after);
}

void Game::Act(State& state, int player, const Action& action, PlayerOutcome& out,
               StepChange* change) const {
  const Rewards& rewards = rewards_[player];
  bool effective = false;
  bool correct = false;
  switch (action.type) {
    case ActionType::kPlace:
    case ActionType::kBreak: {
      const Block before = state.blocks[action.location];
      const Inventory& inventory = state.players[player].inventory;
      const int kinds = config_.abilities.inf_blocks ? 0 : inventory.NumKinds();
      effective = PlaceOrBreak(state, player, action, change);
      if (action.type == ActionType::kBreak && InPalette(action.location)) {
        out.goal_independent += (inventory.NumKinds() - kinds) * rewards.get_resources;
        break;
      }
      const Block wanted = goal_[action.location];
      out.goal_dependent = Similarity(state.blocks[action.location], wanted, rewards.place_wrong) -
                           Similarity(before, wanted, rewards.place_wrong);
      correct =
          action.type == ActionType::kPlace ? out.goal_dependent > 0 : out.goal_dependent >= 0;
      if (effective && !correct) out.goal_dependent += rewards.incorrect_action;
      break;
    }
    case ActionType::kNoop:
      break;
    case ActionType::kGive:
      effective = actions_.Has(ActionType::kGive) && Give(state, player, action);
      break;
    default:
      effective = actions_.Has(action.type) && Move(state, player, action.type);
  }
  out.goal_independent += effective ? rewards.action : rewards.noop;
  out.own_reward = out.goal_dependent + out.goal_independent;
  out.effective_action = effective ? action : Action{};
  out.correct = correct && effective;
}

bool Game::PlaceOrBreak(State& state, int player, const Action& action, StepChange* change) const {
  const bool place = action.type == ActionType::kPlace;
  const Block before = state.blocks[action.location];
  Inventory& inventory = state.players[player].inventory;
  if (!config_.abilities.inf_blocks) {
    if (place ? inventory.Count(action.block) < 1 : inventory.Space(before) < 1) return false;
  }
  if (!CanReach(state, player, action)) return false;

  NoteVoxel(state, action.location, player, change);
  SetBlock(state, action.location, place ? action.block : kAir);
  state.last_interacted[action.location] = static_cast<int8_t>(player);
  state.interacted_at[action.location] = state.timestep;
  if (!place) BrokenBy(state, player, action.location) |= BlockSet{1} << before;
  if (!config_.abilities.inf_blocks) {
    if (place) {
      inventory.Take(action.block, 1);
    } else {
      inventory.Add(before, 1);
    }
  }
  return true;
}

bool Game::CanReach(const State& state, int player, const Action& action) const {
  const Cell target = size().At(action.location);
  const bool teleport = config_.abilities.teleportation;
  if (!teleport) {
    for (int q = 0; q < num_players(); ++q) {
      if (q != player && BodyFills(state.players[q].feet, target)) return false;
    }
  }
  // A person's client has already checked the rest, against the world as the person saw it.
  if (config_.players[player].is_human) return true;

  const Block before = state.blocks[action.location];
  if (action.type == ActionType::kPlace) {
    if (before != kAir || action.block < kFirstPlaceable) return false;
  } else if (before == kAir || before == kBedrock) {
    return false;
  }
  Obstacles obstacles = {size(), state.blocks, {}};
  if (teleport) return CanClickFromAnywhere(obstacles, action.type, target);
  for (int q = 0; q < num_players(); ++q) {
    if (q != player) obstacles.players.push_back(state.players[q].feet);
  }
  return CanClick(obstacles, action.type, target, state.players[player].feet);
}

bool Game::Move(State& state, int player, ActionType type) const {
  const Cell to = state.players[player].feet + MoveDelta(type);
  if (!size().Contains(to) || state.blocks[size().Index(to)] != kAir) return false;
  const Cell head = to + Cell{0, 1, 0};
  if (size().Contains(head) && state.blocks[size().Index(head)] != kAir) return false;
  if (!config_.players[player].is_human) {  // People walk through others.
    for (int q = 0; q < num_players(); ++q) {
      if (q != player && BodiesOverlap(state.players[q].feet, to)) return false;
    }
  }
  state.players[player].feet = to;
  return true;
}

bool Game::Give(State& state, int player, const Action& action) const {
  const Cell target = size().At(action.location);
  const bool is_human = config_.players[player].is_human;
  const Cell feet = state.players[player].feet;
  if (!is_human && !config_.abilities.teleportation &&
      std::max({std::abs(feet.x - target.x), std::abs(feet.y - target.y),
                std::abs(feet.z - target.z)}) > 1) {
    return false;
  }
  const auto receiver = std::find_if(state.players.begin(), state.players.end(),
                                     [&](const PlayerState& q) { return q.feet == target; });
  if (receiver == state.players.end() || receiver - state.players.begin() == player) return false;
  Inventory& from = state.players[player].inventory;
  const int have = from.Count(action.block);
  const int amount = is_human ? 1 : std::min(kBlocksToGive, have);
  if (have < amount || receiver->inventory.Space(action.block) < amount) return false;
  from.Take(action.block, amount);
  receiver->inventory.Add(action.block, amount);
  return amount > 0;
}

absl::Status Game::CheckActions(absl::Span<const Action> actions) const {
  if (static_cast<int>(actions.size()) != num_players()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected one action for each of ", num_players(), " players, got ", actions.size()));
  }
  const int volume = size().Volume();
  for (int p = 0; p < num_players(); ++p) {
    const Action& a = actions[p];
    const auto refuse = [&](const char* field, int value, int end) {
      return absl::OutOfRangeError(absl::StrCat("action of player ", p, ": ", field, " is ", value,
                                                ", expected 0 to ", end - 1));
    };
    if (static_cast<int>(a.type) >= kNumActionTypes) {
      return refuse("type", static_cast<int>(a.type), kNumActionTypes);
    }
    if (a.location < 0 || a.location >= volume) return refuse("location", a.location, volume);
    if (a.block >= kNumBlocks) return refuse("block", a.block, kNumBlocks);
    if (!HasLocation(a.type) && a.location != 0) return refuse("unused location", a.location, 1);
    if (!HasBlock(a.type) && a.block != 0) return refuse("unused block", a.block, 1);
  }
  return absl::OkStatus();
}

std::vector<Block> EmptyWorld(const WorldSize& size) {
  std::vector<Block> blocks(size.Volume(), kAir);
  for (int x = 0; x < size.w; ++x) {
    for (int z = 0; z < size.d; ++z) {
      blocks[size.Index({x, 0, z})] = kBedrock;
      blocks[size.Index({x, 1, z})] = kDirt;
    }
  }
  return blocks;
}

WorldSize MaxHouseSize(const GameConfig& config) {
  const int palette = config.abilities.inf_blocks ? 0 : 1;
  return {config.size.w - 2 - palette, config.size.h - 2, config.size.d - 2};
}

std::vector<Block> GoalFromHouse(const GameConfig& config, const WorldSize& house_size,
                                 absl::Span<const Block> house) {
  const WorldSize& size = config.size;
  std::vector<Block> goal = EmptyWorld(size);
  for (int i = 0; i < house_size.Volume(); ++i) {
    goal[size.Index(house_size.At(i) + kHouseCorner)] = house[i];
  }
  if (!config.abilities.inf_blocks) {
    const int kinds = std::min(kNumBlocks - kFirstPlaceable, size.d);
    for (int z = 0; z < kinds; ++z) {
      goal[size.Index({size.w - 1, 2, z})] = static_cast<Block>(kFirstPlaceable + z);
    }
  }
  return goal;
}

}  // namespace hod::env
