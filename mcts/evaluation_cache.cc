#include "mcts/evaluation_cache.h"

#include <xxhash.h>

#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod::mcts {
namespace {

// Values without padding, one after the other.
class KeyWriter {
 public:
  explicit KeyWriter(size_t expected_size) { key_.reserve(expected_size); }

  template <typename T>
  void Add(const T& value) {
    static_assert(std::is_arithmetic_v<T>);
    Bytes(&value, sizeof(T));
  }
  // Preceded by its length, so that no two lists of ranges look alike.
  template <typename Range>
  void AddAll(const Range& values) {
    using T = std::remove_cvref_t<decltype(*values.data())>;
    static_assert(std::has_unique_object_representations_v<T>);
    Add(values.size());
    Bytes(values.data(), values.size() * sizeof(T));
  }
  std::string Take() { return std::move(key_); }

 private:
  void Bytes(const void* bytes, size_t size) { key_.append(static_cast<const char*>(bytes), size); }

  std::string key_;
};

void AddGame(const env::Game& game, int player, KeyWriter& key) {
  const env::GameConfig& config = game.config();
  for (const int extent : {config.size.w, config.size.h, config.size.d}) key.Add(extent);
  key.Add(config.horizon);
  key.Add(config.terminate_on_goal_completion);
  key.Add(config.truncate_on_no_progress_timesteps.value_or(-1));
  key.Add(config.abilities.teleportation);
  key.Add(config.abilities.flying);
  key.Add(config.abilities.inf_blocks);
  for (int p = 0; p < game.num_players(); ++p) {
    const env::PlayerConfig& settings = config.players[p];
    key.Add(settings.goal_visible);
    key.Add(settings.is_human);
    key.Add(settings.timestep_skip);
    const env::Rewards& rewards = game.rewards(p);
    for (const double reward :
         {rewards.noop, rewards.action, rewards.incorrect_action, rewards.place_wrong,
          rewards.own_reward_prop, rewards.get_resources}) {
      key.Add(reward);
    }
  }
  if (config.players[player].goal_visible) key.AddAll(game.goal());
}

void AddState(const env::State& state, KeyWriter& key) {
  key.AddAll(state.blocks);
  key.AddAll(state.last_interacted);
  key.AddAll(state.interacted_at);
  key.AddAll(state.broken);
  key.Add(state.players.size());
  for (const env::PlayerState& player : state.players) {
    for (const int coordinate : {player.feet.x, player.feet.y, player.feet.z}) key.Add(coordinate);
    key.AddAll(player.inventory.slots());
    key.Add(player.initial_similarity);
    key.Add(player.best_percentage);
    key.Add(static_cast<int>(player.last_action.type));
    key.Add(player.last_action.location);
    key.Add(player.last_action.block);
  }
  for (const int counter :
       {state.timestep, state.steps_without_progress, state.num_matches, state.num_clashes}) {
    key.Add(counter);
  }
}

}  // namespace

std::string KeyOf(const Position& position) {
  KeyWriter key(16 * position.state->blocks.size());
  key.Add(position.player);
  AddGame(*position.game, position.player, key);
  AddState(*position.state, key);
  key.AddAll(position.valid_actions);
  if (position.memory != nullptr) {
    for (const float value : *position.memory) key.Add(value);
  }
  return key.Take();
}

uint64_t HashOf(absl::string_view key) { return XXH64(key.data(), key.size(), 0); }

EvaluationCache::EvaluationCache(std::shared_ptr<Evaluator> inner, size_t capacity,
                                 std::function<uint64_t(absl::string_view)> hash)
    : inner_(std::move(inner)), capacity_(capacity), hash_(std::move(hash)) {}

absl::Status EvaluationCache::Evaluate(absl::Span<const Position> positions,
                                       absl::Span<Evaluation> evaluations) {
  if (positions.size() != evaluations.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(positions.size(), " positions but ", evaluations.size(), " evaluations"));
  }
  struct Unknown {
    size_t index;  // Index in the batch.
    std::string key;
    uint64_t hash;
  };
  std::vector<Unknown> unknown;
  for (size_t i = 0; i < positions.size(); ++i) {
    std::string key = KeyOf(positions[i]);
    const uint64_t hash = hash_(key);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const Evaluation* known = Recall(key, hash)) {
      evaluations[i] = *known;
    } else {
      unknown.push_back({i, std::move(key), hash});
    }
  }
  if (!unknown.empty()) {
    std::vector<Position> asked;
    std::vector<Evaluation> answers(unknown.size());
    for (size_t k = 0; k < unknown.size(); ++k) {
      asked.push_back(positions[unknown[k].index]);
      std::swap(answers[k], evaluations[unknown[k].index]);  // Their memory fits.
    }
    RETURN_IF_ERROR(inner_->Evaluate(asked, absl::MakeSpan(answers)));
    for (size_t k = 0; k < unknown.size(); ++k) {
      std::swap(answers[k], evaluations[unknown[k].index]);
    }
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  counts_.known += static_cast<int64_t>(positions.size() - unknown.size());
  counts_.evaluated += static_cast<int64_t>(unknown.size());
  for (Unknown& u : unknown) Remember(std::move(u.key), u.hash, evaluations[u.index]);
  return absl::OkStatus();
}

EvaluationCache::Counts EvaluationCache::counts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

const Evaluation* EvaluationCache::Recall(absl::string_view key, uint64_t hash) {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end() || found->second->key != key) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->evaluation;
}

void EvaluationCache::Remember(std::string key, uint64_t hash, const Evaluation& evaluation) {
  // Takes the place of an entry with this hash, which is another position or was evaluated by
  // another thread meanwhile, or else of the oldest.
  const auto found = by_hash_.find(hash);
  if (found != by_hash_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
  } else if (entries_.size() < capacity_) {
    entries_.emplace_front();
  } else {
    entries_.splice(entries_.begin(), entries_, std::prev(entries_.end()));
    by_hash_.erase(entries_.front().hash);
  }
  Entry& entry = entries_.front();
  entry.key = std::move(key);
  entry.hash = hash;
  entry.evaluation = evaluation;  // Into the memory of the one forgotten.
  by_hash_[hash] = entries_.begin();
}

}  // namespace hod::mcts
