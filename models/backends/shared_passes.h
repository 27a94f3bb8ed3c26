// Brings what several threads ask of a device together into common passes: a GPU is fast with many
// positions at once, and each thread has but a few.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"

namespace hod::models {

// `Pass` is the memory of one pass over up to `capacity` positions, with a method
// Run(int positions) that computes it.
//
// No pass waits for positions while the device is idle: it starts once fewer than `in_flight`
// others compute, with all that have come by then. Nobody waits longer than others compute, and
// passes grow with the load by themselves; a deadline in microseconds would have to be tuned for
// every network and device.
template <typename Pass>
class SharedPasses {
 public:
  SharedPasses(int capacity, int in_flight, std::function<std::unique_ptr<Pass>()> make)
      : capacity_(capacity), in_flight_(in_flight), make_(std::move(make)) {}

  int capacity() const { return capacity_; }

  // Has `count` <= capacity() positions computed: `put` writes them into the places of a pass from
  // `first` on, `take` reads what came of them from the same places. Both are called by this
  // thread, beside those of other threads with places of their own.
  void Compute(int count, absl::FunctionRef<void(Pass& pass, int first)> put,
               absl::FunctionRef<void(const Pass& pass, int first)> take) {
    std::unique_lock<std::mutex> lock(mutex_);
    const std::shared_ptr<Shared> shared = Join(count);
    const int first = shared->joined - count;
    const bool leads = first == 0;
    lock.unlock();
    put(*shared->pass, first);
    lock.lock();
    shared->written += count;
    if (leads) {
      idle_.wait(lock, [&] { return computing_ < in_flight_; });
      ++computing_;
      if (open_ == shared) open_ = nullptr;  // Nobody else joins.
      shared->all_written.wait(lock, [&] { return shared->written == shared->joined; });
      lock.unlock();
      shared->pass->Run(shared->joined);
      lock.lock();
      --computing_;
      idle_.notify_one();
      shared->done = true;
      shared->computed.notify_all();
    } else {
      shared->all_written.notify_one();
      shared->computed.wait(lock, [&] { return shared->done; });
    }
    lock.unlock();
    take(*shared->pass, first);
    lock.lock();
    shared->taken += count;
    if (shared->taken == shared->joined) free_.push_back(std::move(shared->pass));
  }

 private:
  struct Shared {
    std::unique_ptr<Pass> pass;
    int joined = 0, written = 0, taken = 0;  // Positions.
    bool done = false;
    std::condition_variable all_written, computed;  // Awaited by who leads, and by the others.
  };

  // Requires the lock.
  std::shared_ptr<Shared> Join(int count) {
    if (open_ == nullptr || open_->joined + count > capacity_) {
      open_ = std::make_shared<Shared>();
      if (free_.empty()) {
        open_->pass = make_();
      } else {
        open_->pass = std::move(free_.back());
        free_.pop_back();
      }
    }
    open_->joined += count;
    return open_;
  }

  const int capacity_, in_flight_;
  const std::function<std::unique_ptr<Pass>()> make_;

  std::mutex mutex_;              // Guards all below, and what is in a Shared but the pass.
  std::condition_variable idle_;  // Awaited by those who lead.
  std::shared_ptr<Shared> open_;  // The pass that may still be joined; null: none.
  int computing_ = 0;
  std::vector<std::unique_ptr<Pass>> free_;
};

}  // namespace hod::models
