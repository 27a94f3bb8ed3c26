#include "engine/play/batched_play.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <vector>

namespace hod::engine {
namespace {

// An episode in play, and what it waits for.
struct Slot {
  std::unique_ptr<AssistedEpisode> episode;
  const mcts::Position* leaf = nullptr;  // Null if the episode is new or over.
  absl::Status status;
};

// The first error of many that may have happened at once.
absl::Status FirstError(const std::vector<absl::Status>& statuses) {
  const auto failed = std::find_if(statuses.begin(), statuses.end(),
                                   [](const absl::Status& status) { return !status.ok(); });
  return failed == statuses.end() ? absl::OkStatus() : *failed;
}

// Half of the episodes.
class Half {
 public:
  Half(int slots, const PlayOptions& options, Timeline* timeline)
      : batch_(options.batch), timeline_(timeline), slots_(slots) {}

  bool HasLeaves() const { return !leaves_.empty(); }

  absl::Status Evaluate(mcts::Evaluator* evaluator) {
    if (leaves_.empty()) return absl::OkStatus();
    if (evaluations_.size() < leaves_.size()) evaluations_.resize(leaves_.size());
    const size_t calls = (leaves_.size() + batch_ - 1) / batch_;
    std::vector<absl::Status> statuses(calls);
    tbb::parallel_for(size_t{0}, calls, [&](size_t call) {
      const Timeline::Span span(timeline_, Work::kNetwork);
      const size_t begin = call * batch_;
      const size_t count = std::min<size_t>(batch_, leaves_.size() - begin);
      statuses[call] = evaluator->Evaluate(absl::MakeConstSpan(leaves_).subspan(begin, count),
                                           absl::MakeSpan(evaluations_).subspan(begin, count));
    });
    return FirstError(statuses);
  }

  // Delivers the evaluations and plays on, until every slot has a leaf or there are no more
  // episodes.
  absl::Status Advance(EpisodeStream& stream) {
    PlayOn(/*deliver=*/true);
    for (;;) {
      if (absl::Status status = Replace(stream); !status.ok()) return status;
      const bool all_wait = std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
        return slot.episode == nullptr || slot.leaf != nullptr;
      });
      if (all_wait) break;
      PlayOn(/*deliver=*/false);
    }
    leaves_.clear();
    for (Slot& slot : slots_) {
      if (slot.leaf != nullptr) leaves_.push_back(*slot.leaf);
    }
    return absl::OkStatus();
  }

 private:
  // All episodes at once, each to its next leaf or its end.
  void PlayOn(bool deliver) {
    std::vector<const mcts::Evaluation*> delivered(slots_.size(), nullptr);
    size_t next = 0;
    for (size_t i = 0; deliver && i < slots_.size(); ++i) {
      if (slots_[i].leaf != nullptr) delivered[i] = &evaluations_[next++];
    }
    tbb::parallel_for(size_t{0}, slots_.size(), [&](size_t i) {
      Slot& slot = slots_[i];
      if (slot.episode == nullptr || (slot.leaf != nullptr && delivered[i] == nullptr)) return;
      const Timeline::Span span(timeline_, Work::kGames);
      slot.status = absl::OkStatus();
      if (delivered[i] != nullptr) slot.status = slot.episode->Deliver(*delivered[i]);
      slot.leaf = nullptr;
      if (!slot.status.ok()) return;
      const absl::StatusOr<const mcts::Position*> leaf = slot.episode->NextLeaf();
      slot.status = leaf.status();
      if (leaf.ok()) slot.leaf = *leaf;
    });
  }

  // Hands finished episodes back and takes new ones, slot by slot.
  absl::Status Replace(EpisodeStream& stream) {
    for (Slot& slot : slots_) {
      if (!slot.status.ok()) return slot.status;
      if (slot.episode != nullptr && slot.episode->done()) {
        absl::Status status = stream.Finished(std::move(slot.episode));
        if (!status.ok()) return status;
        slot.episode = nullptr;
      }
      if (slot.episode != nullptr || exhausted_) continue;
      absl::StatusOr<std::unique_ptr<AssistedEpisode>> next = stream.Next();
      if (!next.ok()) return next.status();
      slot.episode = *std::move(next);
      exhausted_ = slot.episode == nullptr;
    }
    return absl::OkStatus();
  }

  const int batch_;
  Timeline* const timeline_;
  std::vector<Slot> slots_;
  std::vector<mcts::Position> leaves_;  // Of the slots that wait, in their order.
  std::vector<mcts::Evaluation> evaluations_;
  bool exhausted_ = false;
};

absl::Status Play(EpisodeStream& stream, mcts::Evaluator* evaluator, const PlayOptions& options,
                  Timeline* timeline) {
  const int half = (options.concurrent + 1) / 2;
  Half halves[2] = {{half, options, timeline}, {options.concurrent - half, options, timeline}};
  absl::Status status = halves[0].Advance(stream);
  for (int turn = 0; status.ok(); turn = 1 - turn) {
    absl::StatusOr<bool> go_on = stream.Continue();
    if (!go_on.ok()) return go_on.status();
    if (!*go_on) return absl::OkStatus();
    tbb::task_group network;
    absl::Status evaluated;
    network.run([&] { evaluated = halves[turn].Evaluate(evaluator); });
    status = halves[1 - turn].Advance(stream);  // With its evaluations of the turn before.
    network.wait();
    if (!evaluated.ok()) return evaluated;
    if (!halves[0].HasLeaves() && !halves[1].HasLeaves()) break;
  }
  return status;
}

}  // namespace

absl::Status PlayEpisodes(EpisodeStream& stream, mcts::Evaluator* evaluator,
                          const PlayOptions& options, Timeline* timeline) {
  absl::Status status;
  tbb::task_arena arena(options.threads);
  arena.execute([&] { status = Play(stream, evaluator, options, timeline); });
  return status;
}

}  // namespace hod::engine
