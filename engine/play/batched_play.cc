#include "engine/play/batched_play.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "env/base/parallel.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

// An episode in play, and what it waits for.
struct Slot {
  std::unique_ptr<Episode> episode;
  const mcts::Position* leaf = nullptr;  // Null if the episode is new or over.
  absl::Status status;
};

// The episodes of one batch.
class Group {
 public:
  Group(int slots, mcts::Evaluator* evaluator, Timeline* timeline)
      : evaluator_(evaluator), timeline_(timeline), slots_(slots), evaluations_(slots) {}

  bool HasLeaves() const { return !leaves_.empty(); }

  // Evaluates the leaves beside what else happens.
  void StartEvaluation() {
    evaluation_.run([this] {
      const Timeline::Span span(timeline_, Work::kNetwork);
      evaluated_ =
          evaluator_->Evaluate(leaves_, absl::MakeSpan(evaluations_).first(leaves_.size()));
    });
  }
  absl::Status AwaitEvaluation() {
    evaluation_.wait();
    return evaluated_;
  }

  // Delivers the evaluations and plays on, until every slot has a leaf or there are no more
  // episodes. False if the stream does not go on.
  absl::StatusOr<bool> Advance(EpisodeStream& stream) {
    PlayOn(/*deliver=*/true);
    for (;;) {
      RETURN_IF_ERROR(Replace(stream));
      const bool all_wait = std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
        return slot.episode == nullptr || slot.leaf != nullptr;
      });
      if (all_wait) break;
      // Where nobody asks for evaluations, this is the only place to stop.
      ASSIGN_OR_RETURN(const bool go_on, stream.Continue());
      if (!go_on) return false;
      PlayOn(/*deliver=*/false);
    }
    leaves_.clear();
    for (Slot& slot : slots_) {
      if (slot.leaf != nullptr) leaves_.push_back(*slot.leaf);
    }
    return true;
  }

 private:
  // All episodes at once, each to its next leaf or its end.
  void PlayOn(bool deliver) {
    std::vector<const mcts::Evaluation*> delivered(slots_.size(), nullptr);
    size_t next = 0;
    for (size_t i = 0; deliver && i < slots_.size(); ++i) {
      if (slots_[i].leaf != nullptr) delivered[i] = &evaluations_[next++];
    }
    const auto play_on = [&](size_t i) {
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
    };
    // A thread that has finished its part must not take up an evaluation before all have.
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(size_t{0}, slots_.size(), play_on); });
  }

  // Hands finished episodes back and takes new ones, slot by slot.
  absl::Status Replace(EpisodeStream& stream) {
    for (Slot& slot : slots_) {
      RETURN_IF_ERROR(slot.status);
      if (slot.episode != nullptr && slot.episode->done()) {
        RETURN_IF_ERROR(stream.Finished(std::move(slot.episode)));
        slot.episode = nullptr;
      }
      if (slot.episode != nullptr || exhausted_) continue;
      ASSIGN_OR_RETURN(std::unique_ptr<Episode> next, stream.Next());
      slot.episode = std::move(next);
      exhausted_ = slot.episode == nullptr;
    }
    return absl::OkStatus();
  }

  mcts::Evaluator* const evaluator_;
  Timeline* const timeline_;
  std::vector<Slot> slots_;
  std::vector<mcts::Position> leaves_;  // Those of the slots that wait, in their order.
  std::vector<mcts::Evaluation> evaluations_;
  tbb::task_group evaluation_;
  absl::Status evaluated_;
  bool exhausted_ = false;
};

absl::Status Play(EpisodeStream& stream, std::deque<Group>& groups) {
  // Group after group in turn: the order of all that touches the stream is always the same.
  for (size_t idle = 0; idle < groups.size();) {
    for (Group& group : groups) {
      RETURN_IF_ERROR(group.AwaitEvaluation());
      ASSIGN_OR_RETURN(bool go_on, group.Advance(stream));
      if (go_on && group.HasLeaves()) {
        ASSIGN_OR_RETURN(go_on, stream.Continue());
      }
      if (!go_on) return absl::OkStatus();
      idle = group.HasLeaves() ? 0 : idle + 1;
      if (group.HasLeaves()) group.StartEvaluation();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PlayEpisodes(EpisodeStream& stream, mcts::Evaluator* evaluator,
                          const PlayOptions& options, Timeline* timeline) {
  RETURN_IF_ERROR(CheckThreads(options.threads));
  absl::Status status;
  const std::shared_ptr<void> allowed = AllowThreads(options.threads);
  tbb::task_arena arena(options.threads);
  arena.execute([&] {
    std::deque<Group> groups;
    for (int left = options.concurrent; left > 0; left -= options.batch) {
      groups.emplace_back(std::min(left, options.batch), evaluator, timeline);
    }
    status = Play(stream, groups);
    for (Group& group : groups) group.AwaitEvaluation().IgnoreError();  // After an error or a stop.
  });
  return status;
}

}  // namespace hod::engine
