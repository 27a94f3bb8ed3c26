#include "engine/samples/fragment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "env/base/bytes.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

using env::ActionDistribution;
using env::Block;
using env::Inventory;
using env::State;

constexpr uint8_t kVersion = 2;
constexpr int kWhole = 65535;  // Shares of a distribution sum to this.
constexpr uint64_t kMaxInt32 = std::numeric_limits<int32_t>::max();
constexpr uint64_t kMaxInt64 = std::numeric_limits<int64_t>::max();

absl::string_view AsBytes(const std::vector<Block>& blocks) {
  return {reinterpret_cast<const char*>(blocks.data()), blocks.size()};
}

// Shares are differences of the rounded cumulative distribution: they sum to kWhole, and shares of
// a distribution that was read back are the same again.
void WriteDistribution(const ActionDistribution& distribution, ByteWriter& out) {
  double total = 0;
  for (const auto& [id, probability] : distribution) total += probability;
  std::vector<std::pair<int32_t, int>> shares;
  shares.reserve(distribution.size());
  double cumulative = 0;
  int64_t given = 0;
  for (const auto& [id, probability] : distribution) {
    cumulative += probability;
    const int64_t upto = std::llround(cumulative / total * kWhole);
    if (upto > given) shares.emplace_back(id, static_cast<int>(upto - given));
    given = upto;
  }
  out.Varint(shares.size());
  int32_t previous = -1;
  for (const auto& [id, share] : shares) {
    out.Varint(static_cast<uint64_t>(static_cast<int64_t>(id) - previous - 1));
    out.Varint(static_cast<uint64_t>(share));
    previous = id;
  }
}

ActionDistribution ReadDistribution(int num_actions, absl::string_view what, ByteReader& in) {
  const size_t count = in.Count(num_actions, 2, absl::StrCat(what, " length"));
  ActionDistribution distribution;
  distribution.reserve(count);
  int previous = -1, left = kWhole;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const size_t begin = in.offset();
    const auto gap = static_cast<int64_t>(in.Varint(0, kMaxInt32, what));
    const int64_t id = previous + 1 + gap;
    if (id >= num_actions) in.Fail(begin, what, " id ", id, " is not below ", num_actions);
    const int share = static_cast<int>(in.Varint(1, kWhole, what));
    if (share > left) in.Fail(begin, what, " shares sum to more than ", kWhole);
    if (!in.ok()) break;
    left -= share;
    previous = static_cast<int>(id);
    distribution.emplace_back(previous, static_cast<float>(share) / kWhole);
  }
  if (count > 0 && left != 0) {
    in.Fail(in.offset(), what, " shares sum to ", kWhole - left, ", expected ", kWhole);
  }
  return distribution;
}

float ReadFinite(absl::string_view what, ByteReader& in) {
  const size_t begin = in.offset();
  const auto value = in.Fixed<float>(what);
  if (!std::isfinite(value)) in.Fail(begin, what, " is not finite");
  return value;
}

std::vector<Block> ReadBlocks(int volume, absl::string_view what, ByteReader& in) {
  const size_t begin = in.offset();
  const absl::string_view bytes = in.Bytes(volume, what);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto block = static_cast<uint8_t>(bytes[i]);
    if (block < env::kNumBlocks) continue;
    in.Fail(begin + i, what, " holds block ", int{block}, ", expected 0 to ", env::kNumBlocks - 1);
    return {};
  }
  return {bytes.begin(), bytes.end()};
}

void WriteInteractions(const State& state, ByteWriter& out) {
  const auto touched = [&](size_t i) {
    bool broken = false;
    for (size_t p = 0; p < state.players.size(); ++p) {
      broken |= state.broken[p * state.blocks.size() + i] != 0;
    }
    return state.last_interacted[i] != env::kNobody || state.interacted_at[i] != env::kNever ||
           broken;
  };
  uint64_t count = 0;
  for (size_t i = 0; i < state.blocks.size(); ++i) count += touched(i);
  out.Varint(count);
  size_t next = 0;
  for (size_t i = 0; i < state.blocks.size(); ++i) {
    if (!touched(i)) continue;
    out.Varint(i - next);
    out.Varint(static_cast<uint64_t>(state.last_interacted[i] + 1));
    out.Varint(static_cast<uint64_t>(int64_t{state.interacted_at[i]} + 1));
    for (size_t p = 0; p < state.players.size(); ++p) {
      out.Varint(state.broken[p * state.blocks.size() + i]);
    }
    next = i + 1;
  }
}

void ReadInteractions(const env::GameConfig& config, State& state, ByteReader& in) {
  const size_t volume = config.size.Volume();
  state.last_interacted.assign(volume, env::kNobody);
  state.interacted_at.assign(volume, env::kNever);
  state.broken.assign(config.num_players() * volume, env::BlockSet{0});
  const size_t count = in.Count(volume, 3 + config.num_players(), "number of touched voxels");
  size_t next = 0;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const size_t begin = in.offset();
    const size_t location = next + in.Varint(0, volume, "touched voxel");
    const auto player = static_cast<int>(in.Varint(0, config.num_players(), "last_interacted")) - 1;
    const auto at = static_cast<int64_t>(in.Varint(0, state.timestep + 1, "interacted_at")) - 1;
    absl::InlinedVector<env::BlockSet, 2> broken(config.num_players());
    bool any_broken = false;
    for (env::BlockSet& set : broken) {
      set = static_cast<env::BlockSet>(in.Varint(0, (1 << env::kNumBlocks) - 1, "broken"));
      any_broken |= set != 0;
    }
    if (location >= volume) {
      in.Fail(begin, "touched voxel ", location, " is not below ", volume);
    } else if (player == env::kNobody && at == env::kNever && !any_broken) {
      in.Fail(begin, "touched voxel ", location, " was touched by nobody");
    } else {
      state.last_interacted[location] = static_cast<int8_t>(player);
      state.interacted_at[location] = static_cast<int32_t>(at);
      for (size_t p = 0; p < broken.size(); ++p) {
        state.broken[p * volume + location] = broken[p];
      }
      next = location + 1;
    }
  }
}

void WritePlayer(const env::ActionSpace& actions, const env::PlayerState& player, ByteWriter& out) {
  for (const int k : {player.feet.x, player.feet.y, player.feet.z}) {
    out.Varint(static_cast<uint64_t>(int64_t{k}));
  }
  const auto& slots = player.inventory.slots();
  int used = Inventory::kSlots;
  while (used > 0 && slots[used - 1] == Inventory::Slot{}) --used;
  out.Varint(used);
  for (int i = 0; i < used; ++i) {
    out.Fixed(slots[i].block);
    out.Fixed(slots[i].count);
  }
  out.Fixed(player.initial_similarity);
  out.Fixed(player.best_percentage);
  out.Varint(static_cast<uint64_t>(int64_t{actions.Flatten(player.last_action)}));
}

env::PlayerState ReadPlayer(const env::WorldSize& size, const env::ActionSpace& actions,
                            ByteReader& in) {
  env::PlayerState player;
  player.feet.x = static_cast<int>(in.Varint(0, size.w - 1, "feet x"));
  player.feet.y = static_cast<int>(in.Varint(0, size.h - 1, "feet y"));
  player.feet.z = static_cast<int>(in.Varint(0, size.d - 1, "feet z"));
  const size_t used = in.Count(Inventory::kSlots, 2, "number of inventory slots");
  for (size_t i = 0; i < used && in.ok(); ++i) {
    const size_t begin = in.offset();
    const auto block = in.Fixed<Block>("inventory block");
    const auto count = in.Fixed<uint8_t>("inventory count");
    if (block >= env::kNumBlocks || count > Inventory::kStack) {
      in.Fail(begin, "inventory slot holds ", int{count}, " of block ", int{block},
              ", expected up to ", Inventory::kStack, " of 0 to ", env::kNumBlocks - 1);
    }
    player.inventory.slots()[i] = {block, count};
    if (i + 1 == used && player.inventory.slots()[i] == Inventory::Slot{}) {
      in.Fail(begin, "the last inventory slot listed is empty");
    }
  }
  const size_t begin = in.offset();
  player.initial_similarity = in.Fixed<double>("initial_similarity");
  player.best_percentage = in.Fixed<double>("best_percentage");
  // best_percentage is NaN where the world was complete from the start.
  if (!std::isfinite(player.initial_similarity) || std::isinf(player.best_percentage)) {
    in.Fail(begin, "initial_similarity or best_percentage is not finite");
  }
  player.last_action =
      actions.Unflatten(static_cast<int>(in.Varint(0, actions.num_actions() - 1, "last_action")));
  return player;
}

// The derived counts of a state.
void CountMatches(const std::vector<Block>& goal, State& state) {
  state.num_matches = state.num_clashes = 0;
  for (size_t i = 0; i < goal.size(); ++i) {
    const bool match = state.blocks[i] == goal[i];
    state.num_matches += match;
    state.num_clashes += !match && state.blocks[i] != env::kAir && goal[i] != env::kAir;
  }
}

// What cannot be told from the bytes any more: lengths that follow from the game, and whether
// probabilities sum to 1.
absl::Status CheckForWriting(const env::GameConfig& config, const Fragment& f) {
  const size_t volume = config.size.Volume(), players = config.num_players();
  const auto expect = [](const char* what, size_t length, size_t expected) {
    if (length == expected) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("fragment: ", what, " has length ", length, ", expected ", expected));
  };
  const auto expect_sum = [](const char* what, const ActionDistribution& distribution) {
    double total = 0;
    for (const auto& [id, probability] : distribution) total += probability;
    if (distribution.empty() || std::abs(total - 1) < 1e-3) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("fragment: steps.", what, " sums to ", total, ", expected 1"));
  };
  absl::Status status = expect("goal", f.goal.size(), volume);
  status.Update(expect("start.blocks", f.start.blocks.size(), volume));
  status.Update(expect("start.last_interacted", f.start.last_interacted.size(), volume));
  status.Update(expect("start.interacted_at", f.start.interacted_at.size(), volume));
  status.Update(expect("start.broken", f.start.broken.size(), players * volume));
  status.Update(expect("start.players", f.start.players.size(), players));
  for (const Timestep& step : f.steps) {
    status.Update(expect("steps.actions", step.actions.size(), players));
    status.Update(expect_sum("search_policy", step.search_policy));
    status.Update(expect_sum("human_policy", step.human_policy));
  }
  return status;
}

}  // namespace

absl::StatusOr<std::string> SerializeFragment(const env::GameConfig& config, const Fragment& f) {
  RETURN_IF_ERROR(CheckForWriting(config, f));
  ByteWriter out;
  // Negative numbers become huge ones here and are refused below.
  const auto number = [&](int64_t value) { out.Varint(static_cast<uint64_t>(value)); };
  out.Fixed(kVersion);
  out.Fixed(f.episode);
  number(f.checkpoint_step);
  number(f.global_timestep);
  number(f.assistant);
  number(f.human);
  number(f.start.timestep);
  number(f.start.steps_without_progress);
  out.Bytes(AsBytes(f.goal));
  out.Bytes(AsBytes(f.start.blocks));
  WriteInteractions(f.start, out);
  const env::ActionSpace actions(config);
  for (const env::PlayerState& player : f.start.players) WritePlayer(actions, player, out);
  number(static_cast<int64_t>(f.steps.size()));
  for (const Timestep& step : f.steps) {
    for (const int32_t action : step.actions) number(action);
    out.Fixed(step.reward);
    out.Fixed(step.root_value);
    WriteDistribution(step.search_policy, out);
    WriteDistribution(step.human_policy, out);
  }
  out.Fixed(uint8_t{f.ended});
  out.Fixed(f.bootstrap_value);
  const std::string& bytes = out.bytes();
  // So that no worker writes what the learner will refuse.
  if (absl::Status status = ParseFragment(config, bytes).status(); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("fragment to write: ", status.message()));
  }
  return bytes;
}

absl::StatusOr<Fragment> ParseFragment(const env::GameConfig& config, absl::string_view bytes) {
  const int volume = config.size.Volume(), players = config.num_players();
  const env::ActionSpace actions(config);
  ByteReader in(bytes);
  if (const auto version = in.Fixed<uint8_t>("version"); version != kVersion) {
    in.Fail(0, "version is ", int{version}, ", expected ", int{kVersion});
  }
  Fragment f;
  f.episode = in.Fixed<uint64_t>("episode");
  f.checkpoint_step = static_cast<int64_t>(in.Varint(0, kMaxInt64, "checkpoint_step"));
  f.global_timestep = static_cast<int64_t>(in.Varint(0, kMaxInt64, "global_timestep"));
  f.assistant = static_cast<int>(in.Varint(0, players - 1, "assistant"));
  f.human = static_cast<int>(in.Varint(0, players - 1, "human"));
  f.start.timestep = static_cast<int>(in.Varint(0, config.horizon, "timestep"));
  f.start.steps_without_progress =
      static_cast<int>(in.Varint(0, f.start.timestep, "steps_without_progress"));
  f.goal = ReadBlocks(volume, "goal", in);
  f.start.blocks = ReadBlocks(volume, "blocks", in);
  ReadInteractions(config, f.start, in);
  for (int p = 0; p < players; ++p) {
    f.start.players.push_back(ReadPlayer(config.size, actions, in));
  }
  size_t begin = in.offset();
  // A step takes at least a byte an action, two floats and two lengths.
  const size_t num_steps =
      in.Count(config.horizon - f.start.timestep, players + 10, "number of steps");
  if (num_steps == 0) in.Fail(begin, "number of steps is 0, expected at least 1");
  f.steps.resize(num_steps);
  for (Timestep& step : f.steps) {
    for (int p = 0; p < players; ++p) {
      step.actions.push_back(
          static_cast<int32_t>(in.Varint(0, actions.num_actions() - 1, "action")));
    }
    step.reward = ReadFinite("reward", in);
    step.root_value = ReadFinite("root_value", in);
    step.search_policy = ReadDistribution(actions.num_actions(), "search policy", in);
    step.human_policy = ReadDistribution(actions.num_actions(), "human policy", in);
    RETURN_IF_ERROR(in.status());
  }
  begin = in.offset();
  const auto ended = in.Fixed<uint8_t>("ended");
  if (ended > 1) in.Fail(begin, "ended is ", int{ended}, ", expected 0 or 1");
  f.ended = ended == 1;
  begin = in.offset();
  f.bootstrap_value = ReadFinite("bootstrap_value", in);
  if (f.ended && f.bootstrap_value != 0) in.Fail(begin, "bootstrap_value after the end is not 0");
  if (in.remaining() > 0) in.Fail(in.offset(), in.remaining(), " bytes too many");
  RETURN_IF_ERROR(in.status());
  CountMatches(f.goal, f.start);
  return f;
}

env::Game GameOf(const env::GameConfig& config, const Fragment& fragment) {
  return env::Game(config, fragment.goal, fragment.global_timestep);
}

env::State StateAt(const env::Game& game, const Fragment& fragment, int t) {
  State state = fragment.start;
  std::vector<env::Action> actions(game.num_players());
  for (int i = 0; i < t; ++i) {
    for (size_t p = 0; p < actions.size(); ++p) {
      actions[p] = game.actions().Unflatten(fragment.steps[i].actions[p]);
    }
    game.Step(state, actions);
  }
  return state;
}

}  // namespace hod::engine
