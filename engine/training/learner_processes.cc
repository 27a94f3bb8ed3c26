#include "engine/training/learner_processes.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "env/base/clock.h"
#include "env/base/loopback.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr char kHere[] = "127.0.0.1";
constexpr absl::Duration kPatience = absl::Seconds(4);
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);

}  // namespace

LearnerProcesses::LearnerProcesses(const RunDirectory& run, const std::optional<OneOfLearners>& one,
                                   const std::vector<std::string>& options)
    : run_(run), one_(one), options_(options) {}

absl::Status LearnerProcesses::Start() {
  learners_.clear();
  started_ = MonotonicNow();
  std::vector<std::string> learn = {"learn", "--run", run_.path()};
  const auto log = [&](int rank) {
    return absl::StrCat(run_.logs(), "/", LearnerRole(rank), ".log");
  };
  if (run_.config().learner.learners == 1) {
    learn.insert(learn.end(), options_.begin(), options_.end());
    return learners_.emplace_back(std::move(learn), log(0)).Start();
  }
  OneOfLearners next = {.rank = 0, .host = kHere, .port = 0};
  int end = run_.config().learner.learners;
  if (one_) {
    next = *one_;
    end = next.rank + 1;
  } else {
    // If somebody takes it first, the learners fail, and start again with another.
    ASSIGN_OR_RETURN(next.port, FreeLoopbackPort());
  }
  for (; next.rank < end; ++next.rank) {
    std::vector<std::string> join = learn;
    join.insert(join.end(), {"--rank", absl::StrCat(next.rank), "--meet",
                             absl::StrCat(next.host, ":", next.port)});
    RETURN_IF_ERROR(learners_.emplace_back(std::move(join), log(next.rank)).Start());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LearnerProcesses::Watch() {
  bool all_ended = true;
  for (size_t rank = 0; rank < learners_.size(); ++rank) {
    ChildProcess& learner = learners_[rank];
    const auto ended = learner.Poll();
    if (!ended) all_ended = false;
    if (!ended || ended->empty()) continue;
    absl::Status failed = learner.Failed(*ended);
    if (learners_.size() == 1) return failed;
    failed = Annotate(failed, absl::StrCat("learner ", rank));
    EndAll();
    if (failures_.Add(started_)) return failed;
    spdlog::warn("all {} learners start again from the newest checkpoint: {}", learners_.size(),
                 std::string(failed.message()));
    RETURN_IF_ERROR(Start());
    return true;
  }
  return !all_ended;
}

void LearnerProcesses::EndAll() {
  const MonotonicTime end = MonotonicNow() + kPatience;
  for (ChildProcess& learner : learners_) {
    while (!learner.Poll()) {
      if (MonotonicNow() >= end) learner.Kill();
      absl::SleepFor(kBetweenLooks);
    }
  }
}

std::vector<ChildProcess*> LearnerProcesses::children() {
  std::vector<ChildProcess*> children;
  for (ChildProcess& learner : learners_) children.push_back(&learner);
  return children;
}

}  // namespace hod::engine
