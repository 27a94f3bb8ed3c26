// What a session needs of a program, for tests: messages are kept, time stands still until it is
// told, and work is done when it is told.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/live/session.h"

namespace hod::engine {

class FakeHost : public SessionHost {
 public:
  void Send(const nlohmann::json& message) override { sent.push_back(message); }
  void Work(std::function<void()> work, std::function<void()> finish) override {
    work_ = std::move(work);
    finish_ = std::move(finish);
  }
  MonotonicTime Now() override { return now; }

  // Does the work that waits, if any does.
  void DoWork() {
    if (!work_) return;
    std::exchange(work_, nullptr)();
    std::exchange(finish_, nullptr)();
  }
  bool has_work() const { return work_ != nullptr; }

  // Takes what was sent since the last call.
  std::vector<nlohmann::json> Take() { return std::exchange(sent, {}); }

  std::vector<nlohmann::json> sent;
  MonotonicTime now;

 private:
  std::function<void()> work_, finish_;
};

}  // namespace hod::engine
