#include "env/recordings/human_verifier.h"

#include <zlib.h>

#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/recordings/human_recording.h"
#include "env/traces/compare_json.h"

namespace hod::env {
namespace {

using nlohmann::json;

// An action that makes a change known beforehand is one of the next so many.
constexpr int kMaxEventsAhead = 3;
// goal_percentage is recorded with six decimals.
constexpr double kPercentageTolerance = 5.1e-7;

// Whether the recorded observation of `player` hides its feet: its recorder painted players in
// their order, each over those before.
bool FeetHidden(const Game& game, const State& state, int player) {
  const Cell feet = state.players[player].feet;
  if (feet.y + 1 >= game.size().h) return false;
  for (int p = player + 1; p < game.num_players(); ++p) {
    if (state.players[p].feet + Cell{0, 1, 0} == feet) return true;
  }
  return false;
}

RecordedMask MaskOf(const Game& game, const State& state, int player, const Action& action) {
  RecordedMask mask;
  std::vector<int32_t> ids;
  ValidActions(game, state, player, /*line_of_sight=*/false, ids);
  mask.num_plain = static_cast<int>(ids.size());
  ValidActions(game, state, player, /*line_of_sight=*/true, ids);
  mask.num_los = static_cast<int>(ids.size());
  std::vector<uint8_t> bits((game.actions().num_actions() + 7) / 8, 0);
  const int chosen = game.actions().Flatten(action);
  for (const int32_t id : ids) {
    bits[id / 8] |= static_cast<uint8_t>(0x80 >> id % 8);
    mask.valid |= id == chosen;
  }
  mask.los_crc32 = static_cast<uint32_t>(crc32(0, bits.data(), static_cast<unsigned>(bits.size())));
  return mask;
}

json ToJson(const RecordedMask& mask) {
  return {mask.valid ? 1 : 0, mask.num_plain, mask.num_los, mask.los_crc32};
}

json ToJson(const Cell& cell) { return {cell.x, cell.y, cell.z}; }

std::string Describe(const Action& action) {
  return DumpJson(json({static_cast<int>(action.type), action.location, action.block}));
}

bool Same(double a, double b) {
  return std::abs(a - b) <= kTraceTolerance * std::max(1.0, std::abs(a));
}

// Whether `action` leaves `block` at `location`.
bool Makes(const Action& action, int location, Block block) {
  if (action.location != location) return false;
  return action.type == ActionType::kPlace ? action.block == block
                                           : action.type == ActionType::kBreak && block == kAir;
}

// Follows one episode.
class EpisodeReplay {
 public:
  EpisodeReplay(const HumanEpisode* episode, HumanVerifyReport* report)
      : episode_(*episode),
        game_(episode->game),
        report_(*report),
        unseen_(game_.size().Volume(), false) {
    ++report_.episodes;
  }

  // Each returns a difference, if there is one.
  std::optional<std::string> Row(const HumanRow& row);
  std::optional<std::string> End();

 private:
  // A block that changed without an action up to now.
  struct Change {
    int location;
    Block block;
    bool others_last;  // Another player was the last there.
    int events = 0;    // Actions since.
  };

  std::optional<std::string> CompareTransition(const HumanRow& row);
  std::optional<std::string> CompareBlocks(const HumanRow& row, const std::vector<int>& changed);
  std::optional<std::string> CompareOutcome(const HumanRow& row, const StepOutcome& outcome);
  std::optional<std::string> CompareRow(const HumanRow& row);
  void ExplainBy(const HumanRow& row);
  void GiveUp(const Change& change);

  bool Is(RecordingKind timeline) const { return episode_.timeline == timeline; }

  const HumanEpisode& episode_;
  const Game& game_;
  HumanVerifyReport& report_;
  std::optional<State> predicted_;  // After the last row.
  Action acted_;                    // What was done in the last row.
  State before_;                    // The last row.
  std::vector<Change> changes_;     // Not yet explained.
  std::vector<bool> unseen_;        // Voxels whose last change was not by an action we played.
  double wait_rewards_ = 0;         // Since the last action.
  double total_reward_ = 0;
  int final_matches_ = 0;
  bool exact_ = true;
};

std::optional<std::string> EpisodeReplay::Row(const HumanRow& row) {
  ++report_.rows;
  if (predicted_) {
    if (auto difference = CompareTransition(row)) return difference;
  }
  ExplainBy(row);
  if (auto difference = CompareRow(row)) return difference;
  before_ = row.state;
  predicted_ = row.state;
  acted_ = *row.actions[row.actor];
  const StepOutcome outcome = game_.Step(*predicted_, row.KnownActions());
  if (auto difference = CompareOutcome(row, outcome)) return difference;
  final_matches_ = outcome.goal_similarity;
  const bool effective = outcome.players[row.actor].effective_action != Action{};
  if (effective && HasLocation(acted_.type)) unseen_[acted_.location] = false;
  return std::nullopt;
}

std::optional<std::string> EpisodeReplay::End() {
  for (const Change& change : std::exchange(changes_, {})) GiveUp(change);
  report_.exact_episodes += exact_;
  if (episode_.final_matches && *episode_.final_matches != final_matches_) {
    return absl::StrCat("final_goal_matches: expected ", *episode_.final_matches, ", got ",
                        final_matches_);
  }
  if (episode_.total_reward && !Same(*episode_.total_reward, total_reward_)) {
    return absl::StrCat("cumulative_reward: expected ", *episode_.total_reward, ", got ",
                        total_reward_);
  }
  const double needed = game_.size().Volume() - episode_.start.players[0].initial_similarity;
  if (episode_.needed_reward && !Same(*episode_.needed_reward, needed)) {
    return absl::StrCat("needed_reward: expected ", *episode_.needed_reward, ", got ", needed);
  }
  return std::nullopt;
}

// The world that the rules predict against the one observed in `row`.
std::optional<std::string> EpisodeReplay::CompareTransition(const HumanRow& row) {
  const auto differ = [&](const std::string& key, const json& expected, const json& actual) {
    return absl::StrCat("after action ", Describe(acted_), ": ", key, ": expected ",
                        DumpJson(expected), ", got ", DumpJson(actual));
  };
  const State& expected = row.state;
  const State& actual = *predicted_;
  bool reproduced = true;
  for (int p = 0; p < game_.num_players(); ++p) {
    if (expected.players[p].feet == actual.players[p].feet) continue;
    reproduced = false;
    if (Is(RecordingKind::kView) && p != episode_.viewer) continue;
    return differ(absl::StrCat("player_locations[", p, "]"), ToJson(expected.players[p].feet),
                  ToJson(actual.players[p].feet));
  }
  if (!game_.config().abilities.inf_blocks) {
    const auto wanted = expected.players[0].inventory.CountAll();
    const auto counts = actual.players[0].inventory.CountAll();
    if (wanted != counts) return differ("inventory", json(wanted), json(counts));
  }
  std::vector<int> changed;
  for (size_t i = 0; i < expected.blocks.size(); ++i) {
    if (expected.blocks[i] != actual.blocks[i]) changed.push_back(static_cast<int>(i));
    const int last = expected.last_interacted[i];
    if (last == actual.last_interacted[i]) continue;
    reproduced = false;
    unseen_[i] = true;
    if (Is(RecordingKind::kView) && last != episode_.viewer) continue;
    return differ(absl::StrCat("last_interacted[", i, "]"), last, int{actual.last_interacted[i]});
  }
  if (auto difference = CompareBlocks(row, changed)) return difference;
  reproduced &= changed.empty();
  exact_ &= reproduced;
  if (acted_.type == ActionType::kNoop) {
    if (!reproduced) return "a noop: expected nothing to change, the next row differs";
    ++report_.waits;
    return std::nullopt;
  }
  ++report_.transitions;
  report_.reproduced += reproduced;
  return std::nullopt;
}

// `changed` are the voxels where prediction and observation differ.
std::optional<std::string> EpisodeReplay::CompareBlocks(const HumanRow& row,
                                                        const std::vector<int>& changed) {
  json differing = json::array();
  for (const int i : changed) differing.push_back({i, row.state.blocks[i]});
  if (row.synced) {
    json synced = json::array();
    for (const auto& [location, block] : *row.synced) synced.push_back({location, block});
    if (synced != differing) {
      return absl::StrCat("after action ", Describe(acted_),
                          ": blocks [location, block] that the rules do not explain: expected "
                          "sync_blocks ",
                          DumpJson(synced), ", got ", DumpJson(differing));
    }
  }
  for (const int i : changed) {
    const Block block = row.state.blocks[i];
    if (Is(RecordingKind::kTutorial) && (block != kAir || i == acted_.location)) {
      return absl::StrCat("after action ", Describe(acted_),
                          ": blocks [location, block]: expected ", DumpJson(differing), ", got ",
                          int{predicted_->blocks[i]}, " at ", i);
    }
    unseen_[i] = true;
    const int last = row.state.last_interacted[i];
    const bool others_last = Is(RecordingKind::kView) && last != kNobody && last != episode_.viewer;
    if (others_last && predicted_->last_interacted[i] != last) {
      ++report_.changes["by another player"];
    } else {
      changes_.push_back({i, block, others_last});
    }
  }
  return std::nullopt;
}

// Whether the action of `row` makes a change that was there before it.
void EpisodeReplay::ExplainBy(const HumanRow& row) {
  if (row.is_noop()) return;
  std::vector<Change> left;
  for (Change& change : changes_) {
    ++change.events;
    if (Makes(*row.actions[row.actor], change.location, change.block)) {
      ++report_.changes[absl::StrCat("ahead of its action, which is ", change.events,
                                     change.events == 1 ? " event later" : " events later")];
    } else if (change.events == kMaxEventsAhead) {
      GiveUp(change);
    } else {
      left.push_back(change);
    }
  }
  changes_ = std::move(left);
}

void EpisodeReplay::GiveUp(const Change& change) {
  const char* cause = change.others_last         ? "by another player"
                      : Is(RecordingKind::kView) ? "without an action in this view"
                      : change.block == kAir     ? "a break that never became an action"
                                                 : "a placement that never became an action";
  ++report_.changes[cause];
}

// What a row says about its own position.
std::optional<std::string> EpisodeReplay::CompareRow(const HumanRow& row) {
  const State& state = row.state;
  if (row.matches != state.num_matches) {
    return absl::StrCat("goal_matches: expected ", row.matches, ", got ", state.num_matches);
  }
  if (row.goal_percentage) {
    const double percentage = game_.GoalPercentage(state, 0);
    if (!(std::abs(*row.goal_percentage - percentage) <= kPercentageTolerance)) {
      return absl::StrCat("goal_percentage: expected ", *row.goal_percentage, ", got ", percentage);
    }
  }
  if (!row.mask) return std::nullopt;
  // The reference takes the lowest voxel it sees of a player for its feet.
  State seen = state;
  const bool hidden = FeetHidden(game_, state, row.actor);
  if (hidden) ++seen.players[row.actor].feet.y;
  const RecordedMask mask = MaskOf(game_, seen, row.actor, *row.actions[row.actor]);
  if (!(*row.mask == mask)) {
    return absl::StrCat("mask [valid, number, number with line of sight, CRC-32]: expected ",
                        DumpJson(ToJson(*row.mask)), ", got ", DumpJson(ToJson(mask)));
  }
  ++report_.masks;
  report_.hidden_feet += hidden;
  return std::nullopt;
}

// What a row says about its action.
std::optional<std::string> EpisodeReplay::CompareOutcome(const HumanRow& row,
                                                         const StepOutcome& outcome) {
  const PlayerOutcome& own = outcome.players[row.actor];
  const auto differ = [](const char* key, const json& expected, const json& actual) {
    return absl::StrCat(key, ": expected ", DumpJson(expected), ", got ", DumpJson(actual));
  };
  wait_rewards_ += row.rewards[0];
  total_reward_ += row.rewards[0];
  if (row.is_noop()) return std::nullopt;
  // In an own view, an action's reward is recorded with the first noop of the wait before it, and
  // with other players', it includes theirs.
  const double reward = std::exchange(wait_rewards_, 0);
  std::optional<std::string> difference;
  if (!Is(RecordingKind::kView) && !Same(reward, own.reward)) {
    difference = differ("rewards[0]", reward, own.reward);
  }
  for (size_t p = 1; p < row.rewards.size(); ++p) {
    if (!Same(row.rewards[p], outcome.players[p].reward)) {
      difference = differ("rewards", row.rewards[p], outcome.players[p].reward);
    }
  }
  if (row.correct && *row.correct != own.correct) {
    difference = differ("action_correct", *row.correct, own.correct);
  }
  if (row.outcome) {
    if (row.outcome->matches != outcome.goal_similarity) {
      return differ("info.goal_similarity", row.outcome->matches, outcome.goal_similarity);
    }
    double similarity = 0;  // The change, with 0 for wrong blocks.
    if (HasLocation(acted_.type)) {
      const int i = acted_.location;
      similarity = Game::Similarity(predicted_->blocks[i], game_.goal()[i], 0) -
                   Game::Similarity(before_.blocks[i], game_.goal()[i], 0);
    }
    if (!Same(row.outcome->own_reward, similarity)) {
      difference = differ("info.own_reward", row.outcome->own_reward, similarity);
    }
    if (!Same(row.outcome->goal_dependent, similarity)) {
      difference = differ("info.goal_dependent_reward", row.outcome->goal_dependent, similarity);
    }
    if (row.outcome->correct != own.correct) {
      difference = differ("info.action_correct", row.outcome->correct, own.correct);
    }
  }
  ++report_.rewards;
  // A person may break a block that the recorder had not seen placed. It gave nothing for that.
  const bool unseen = acted_.type == ActionType::kBreak &&
                      (unseen_[acted_.location] || before_.blocks[acted_.location] == kAir) &&
                      row.outcome && row.outcome->own_reward == 0 && !row.outcome->correct;
  if (!difference || !unseen) return difference;
  ++report_.unknown_rewards;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<HumanVerifyReport> VerifyHumanRecording(const std::string& path) {
  ASSIGN_OR_RETURN(HumanRecordingReader reader, HumanRecordingReader::Open(path));
  HumanVerifyReport report;
  for (;;) {
    ASSIGN_OR_RETURN(bool more, reader.NextEpisode());
    if (!more) break;
    EpisodeReplay replay(&reader.episode(), &report);
    const auto differs = [&](const std::string& what) {
      report.first_difference = reader.AtLine(
          absl::StrCat("episode ", reader.episode().name, ", t ", reader.row().t, ": ", what));
      return report;
    };
    for (;;) {
      ASSIGN_OR_RETURN(bool row, reader.NextRow());
      if (!row) break;
      if (auto difference = replay.Row(reader.row())) return differs(*difference);
    }
    if (auto difference = replay.End()) return differs(*difference);
  }
  if (report.episodes == 0) {
    return absl::DataLossError(absl::StrCat(path, ": no episode in this file"));
  }
  return report;
}

}  // namespace hod::env
