// How far a training is, how fast it learns and when it ends.
#include "engine/session/session.h"

#include <atomic>
#include <vector>

#include "tests/support/catch.h"

namespace hod::engine {
namespace {

TEST_CASE("Training is as far as its steps or its time, whichever is further") {
  SessionPlan plan = {.max_steps = 200};
  CHECK(plan.Progress(50, 1e9) == 0.25);
  CHECK(plan.Progress(300, 0) == 1);
  plan.max_minutes = 2;
  CHECK(plan.Progress(50, 60) == 0.5);
  CHECK(plan.Progress(180, 60) == 0.9);
  CHECK(plan.Progress(0, 1e9) == 1);
}

TEST_CASE("The learning rate is constant, then falls linearly to the final one") {
  SessionPlan plan = {.learning_rate = 0.5, .final_learning_rate = 0.25};
  CHECK(plan.LearningRate(0) == 0.5);
  CHECK(plan.LearningRate(0.5) == 0.375);
  CHECK(plan.LearningRate(1) == 0.25);
  plan.fall_begins = 0.5;
  CHECK(plan.LearningRate(0.25) == 0.5);
  CHECK(plan.LearningRate(0.5) == 0.5);
  CHECK(plan.LearningRate(0.75) == 0.375);
  CHECK(plan.LearningRate(1) == 0.25);
}

TEST_CASE("A session learns until its steps are made, and from where it was") {
  const std::atomic<bool> stop = false;
  Session session({.max_steps = 10, .learning_rate = 1, .final_learning_rate = 0}, stop, 4, 100);
  CHECK(session.Seconds() >= 100);
  std::vector<double> rates;
  const absl::Status status = session.Run([&] {
    rates.push_back(session.LearningRate());
    session.Made(2);
    return absl::OkStatus();
  });
  CHECK(status.ok());
  CHECK(session.complete());
  CHECK(session.steps() == 10);
  CHECK(rates == std::vector<double>{1 - 0.4, 1 - 0.6, 1 - 0.8});
  CHECK(session.Seconds() < 160);
}

TEST_CASE("A session ends when it is asked to, when it fails, and when its time is over") {
  std::atomic<bool> stop = false;
  int calls = 0;
  Session stopped({.max_steps = 10}, stop);
  CHECK(stopped
            .Run([&] {
              stopped.Made(1);
              stop = ++calls == 3;
              return absl::OkStatus();
            })
            .ok());
  CHECK(stopped.steps() == 3);
  CHECK_FALSE(stopped.complete());

  stop = false;
  Session failed({.max_steps = 10}, stop);
  CHECK(failed.Run([] { return absl::DataLossError("x"); }).code() == absl::StatusCode::kDataLoss);

  // Nothing to learn from: it asks again, but not all the time.
  calls = 0;
  Session waiting({.max_steps = 10, .max_minutes = 0.5 / 60}, stop);
  CHECK(waiting
            .Run([&] {
              ++calls;
              return absl::OkStatus();
            })
            .ok());
  CHECK(waiting.complete());
  CHECK(waiting.steps() == 0);
  CHECK(calls > 1);
  CHECK(calls < 10);

  Session nothing({.max_steps = 0}, stop);
  CHECK(nothing.Run([] { return absl::InternalError("called"); }).ok());
  CHECK(nothing.complete());
}

}  // namespace
}  // namespace hod::engine
