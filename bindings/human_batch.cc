#include "bindings/human_batch.h"

#include <tbb/parallel_for.h>

#include <utility>

#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::bindings {

void HumanBatch::Reseed(const std::vector<uint64_t>& seeds) {
  for (size_t i = 0; i < players_.size(); ++i) players_[i].rng = Rng(seeds[i]).Fork(1);
}

absl::Status HumanBatch::Begin(const env::EnvBatch& batch, absl::Span<const uint8_t> begun) {
  return ForEach([&](int i, Player& player) -> absl::Status {
    if (!begun[i]) return absl::OkStatus();
    player.model.reset();
    player.begun_with = player.rng;
    ASSIGN_OR_RETURN(auto made, humans_.factory(batch.game(i), env::kHuman, player.rng()));
    player.model = std::move(made);
    return absl::OkStatus();
  });
}

absl::Status HumanBatch::ActOne(const env::EnvBatch& batch, int i, int32_t& action) {
  Player& player = players_[i];
  if (player.model == nullptr) return absl::FailedPreconditionError("call reset() first");
  action = env::Sample(player.model->NextAction(batch.state(i)), player.rng);
  return player.model->status();
}

absl::Status HumanBatch::ObserveOne(const env::EnvBatch& batch, int i, int32_t action) {
  Player& player = players_[i];
  player.model->Observe(batch.state(i), action);
  return player.model->status();
}

absl::Status HumanBatch::Act(const env::EnvBatch& batch, absl::Span<const uint8_t> over,
                             absl::Span<int32_t> actions) {
  std::vector<Rng> before;
  for (const Player& player : players_) before.push_back(player.rng);
  absl::Status status = ForEach([&](int i, Player&) {
    return over[i] ? absl::OkStatus() : ActOne(batch, i, actions[2 * i]);
  });
  if (status.ok()) return status;
  for (size_t i = 0; i < players_.size(); ++i) players_[i].rng = before[i];
  return status;
}

absl::Status HumanBatch::Observe(const env::EnvBatch& batch, absl::Span<const uint8_t> over,
                                 absl::Span<const int32_t> actions) {
  return ForEach([&](int i, Player&) {
    return over[i] ? absl::OkStatus() : ObserveOne(batch, i, actions[2 * i]);
  });
}

template <typename Work>
absl::Status HumanBatch::ForEach(const Work& work) {
  std::vector<absl::Status> statuses(players_.size());
  tbb::parallel_for(tbb::blocked_range<size_t>(0, players_.size(), 8), [&](const auto& range) {
    for (size_t i = range.begin(); i < range.end(); ++i) {
      statuses[i] = work(static_cast<int>(i), players_[i]);
    }
  });
  for (const absl::Status& status : statuses) {
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace hod::bindings
