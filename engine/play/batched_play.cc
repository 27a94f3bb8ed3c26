#include "engine/play/batched_play.h"

#include <vector>

namespace hod::engine {
namespace {

// Gives every slot an episode that waits for an evaluation, while there are episodes.
class Slots {
 public:
  Slots(EpisodeStream& stream, int concurrent) : stream_(stream), episodes_(concurrent) {}

  // Collects one leaf of every episode; empty when all are played.
  absl::Status Gather(std::vector<mcts::Position>& leaves, std::vector<AssistedEpisode*>& owners) {
    leaves.clear();
    owners.clear();
    for (std::unique_ptr<AssistedEpisode>& episode : episodes_) {
      absl::StatusOr<const mcts::Position*> leaf = AdvanceToLeaf(episode);
      if (!leaf.ok()) return leaf.status();
      if (*leaf == nullptr) continue;
      leaves.push_back(**leaf);
      owners.push_back(episode.get());
    }
    return absl::OkStatus();
  }

 private:
  // The next leaf in this slot, over as many episodes as it takes; null if the stream is empty.
  absl::StatusOr<const mcts::Position*> AdvanceToLeaf(std::unique_ptr<AssistedEpisode>& episode) {
    for (;;) {
      if (episode == nullptr) {
        if (exhausted_) return nullptr;
        absl::StatusOr<std::unique_ptr<AssistedEpisode>> next = stream_.Next();
        if (!next.ok()) return next.status();
        episode = *std::move(next);
        if (episode == nullptr) {
          exhausted_ = true;
          return nullptr;
        }
      }
      absl::StatusOr<const mcts::Position*> leaf = episode->NextLeaf();
      if (!leaf.ok()) return leaf.status();
      if (*leaf != nullptr) return leaf;
      if (absl::Status status = stream_.Finished(std::move(episode)); !status.ok()) return status;
      episode = nullptr;
    }
  }

  EpisodeStream& stream_;
  std::vector<std::unique_ptr<AssistedEpisode>> episodes_;
  bool exhausted_ = false;
};

}  // namespace

absl::Status PlayEpisodes(EpisodeStream& stream, mcts::Evaluator* evaluator, int concurrent) {
  Slots slots(stream, concurrent);
  std::vector<mcts::Position> leaves;
  std::vector<AssistedEpisode*> owners;
  std::vector<mcts::Evaluation> evaluations;
  for (;;) {
    absl::StatusOr<bool> go_on = stream.Continue();
    if (!go_on.ok()) return go_on.status();
    if (!*go_on) return absl::OkStatus();
    if (absl::Status status = slots.Gather(leaves, owners); !status.ok()) return status;
    if (leaves.empty()) return absl::OkStatus();
    if (evaluations.size() < leaves.size()) evaluations.resize(leaves.size());
    absl::Status status =
        evaluator->Evaluate(leaves, absl::MakeSpan(evaluations).first(leaves.size()));
    for (size_t i = 0; status.ok() && i < leaves.size(); ++i) {
      status = owners[i]->Deliver(evaluations[i]);
    }
    if (!status.ok()) return status;
  }
}

}  // namespace hod::engine
