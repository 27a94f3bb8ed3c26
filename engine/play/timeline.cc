#include "engine/play/timeline.h"

#include <algorithm>
#include <functional>
#include <thread>

namespace hod::engine {

Timeline::Span::Span(Timeline* timeline, Work work) : timeline_(timeline), work_(work) {
  if (timeline_ != nullptr) begin_ = MonotonicNow();
}

Timeline::Span::~Span() {
  if (timeline_ == nullptr) return;
  const MonotonicTime end = MonotonicNow();
  const std::lock_guard<std::mutex> lock(timeline_->mutex_);
  timeline_->intervals_.push_back({timeline_->ThreadNumber(), work_,
                                   absl::ToDoubleSeconds(begin_ - timeline_->start_),
                                   absl::ToDoubleSeconds(end - timeline_->start_)});
}

int Timeline::ThreadNumber() {
  const uint64_t id = std::hash<std::thread::id>()(std::this_thread::get_id());
  auto found = std::find(threads_.begin(), threads_.end(), id);
  if (found == threads_.end()) found = threads_.insert(threads_.end(), id);
  return static_cast<int>(found - threads_.begin());
}

std::vector<Timeline::Interval> Timeline::intervals() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return intervals_;
}

double Timeline::Seconds(Work work, double begin) const {
  double seconds = 0;
  for (const Interval& interval : intervals()) {
    if (interval.work != work) continue;
    seconds += std::max(0.0, interval.end - std::max(begin, interval.begin));
  }
  return seconds;
}

}  // namespace hod::engine
