// Several trainers that learn together are one with all their batches.
#include "models/training/collective.h"

#include <cmath>

#include "env/base/clock.h"
#include "env/base/loopback.h"
#include "env/base/status.h"
#include "models/network/torch_library.h"
#include "models/training/trainer.h"
#include "tests/support/catch.h"
#include "tests/support/models/ranks.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 16, .blocks = 2};
constexpr int kSteps = 6;

TrainerState TinyState() { return InitialTrainerState(InitialNetwork(kTiny, Rng(1))); }

// 12 examples, whose targets the parts of a batch have unequal numbers of.
ExampleSet UnevenExamples() {
  ExampleSet set({6, 6, 6}, 12, 7);
  for (int i : {0, 1, 2, 5}) {
    set.examples[i].search_policy.clear();
    set.examples[i].valid_actions.clear();
  }
  for (int i : {3, 8, 9}) set.examples[i].human_policy.clear();
  return set;
}

struct Trained {
  TrainerState state;
  std::vector<Losses> losses;
  absl::Status status;
};

Trained Train(absl::Span<const Example> batch, Collective* peers) {
  Trained trained;
  // The limit of the norm acts from the first step on, and half of the hidden layer is left out.
  const auto trainer = MakeTrainer(
      TinyState(),
      {.max_gradient_norm = 0.5, .ema_decay = 0.9, .dropout = 0.5, .seed = 3, .peers = peers});
  trained.status = trainer.status();
  for (int step = 0; step < kSteps && trained.status.ok(); ++step) {
    const absl::StatusOr<Losses> losses = (*trainer)->Step(batch, {.goal_kl_weight = 10});
    trained.status = losses.status();
    if (losses.ok()) trained.losses.push_back(*losses);
    if (step == 2) (*trainer)->MarkPublished();
  }
  if (trained.status.ok()) trained.state = (*trainer)->state();
  return trained;
}

// The length of the difference, as a share of the length of `b`.
double Difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double difference = 0, length = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(a[i] - b[i], 2);
    length += std::pow(b[i], 2);
  }
  return std::sqrt(difference / length);
}

std::vector<float> Minus(std::vector<float> a, const std::vector<float>& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

TEST_CASE("Trainers that learn together make the steps of one with all their batches") {
  const int size = GENERATE(2, 3);
  const ExampleSet set = UnevenExamples();
  const Trained one = Train(set.examples, nullptr);
  REQUIRE(one.status.ok());
  REQUIRE(one.losses.front().gradient_norm > 0.5);
  std::vector<Trained> ranks(size);
  OnRanks(size, [&](Collective& peers) {
    const size_t share = set.examples.size() / size;
    ranks[peers.rank()] =
        Train(absl::MakeSpan(set.examples).subspan(peers.rank() * share, share), &peers);
  });
  const std::vector<float> before = TinyState().network.parameters;
  for (const Trained& rank : ranks) {
    INFO(rank.status);
    REQUIRE(rank.status.ok());
    // To the bit among themselves.
    CHECK(rank.state.network.parameters == ranks[0].state.network.parameters);
    CHECK(rank.state.average == ranks[0].state.average);
    CHECK(rank.state.first_moment == ranks[0].state.first_moment);
    CHECK(rank.state.second_moment == ranks[0].state.second_moment);
    // To rounding with the one: gradients are added in another order, in float32 with 24 bits. Adam
    // divides by their size, so that where parts of a gradient cancel out, their rounding counts.
    CHECK(rank.state.steps == kSteps);
    CHECK(Difference(Minus(rank.state.network.parameters, before),
                     Minus(one.state.network.parameters, before)) < 1e-4);
    CHECK(Difference(rank.state.first_moment, one.state.first_moment) < 1e-5);
    CHECK(Difference(rank.state.second_moment, one.state.second_moment) < 1e-5);
    CHECK(Difference(rank.state.average, one.state.average) < 1e-5);
    for (int step = 0; step < kSteps; ++step) {
      const Losses &a = rank.losses[step], &b = one.losses[step];
      CHECK(a.total == Approx(b.total).epsilon(1e-4));
      CHECK(a.policy == Approx(b.policy).epsilon(1e-4));
      CHECK(a.human == Approx(b.human).epsilon(1e-4));
      CHECK(a.goal_recall == Approx(b.goal_recall).epsilon(1e-4));
      CHECK(a.gradient_norm == Approx(b.gradient_norm).epsilon(1e-4));
    }
  }
}

// Whether libtorch has Gloo here; if not, the test is skipped.
bool HasGloo() {
  const absl::StatusOr<const TorchLibrary*> torch = LoadTorchLibrary();
  REQUIRE(torch.ok());
  if ((*torch)->join_collective == nullptr) WARN("skipped: built without Gloo's headers");
  return (*torch)->join_collective != nullptr;
}

TEST_CASE("Ranks add and gather by Gloo") {
  if (!HasGloo()) return;
  constexpr int kSize = 3;
  const int port = FreeLoopbackPort().value();
  std::vector<absl::Status> statuses(kSize);
  std::vector<std::vector<float>> floats(kSize);
  std::vector<std::vector<double>> doubles(kSize);
  std::vector<std::vector<std::string>> texts(kSize);
  const auto be = [&](int rank) -> absl::Status {
    ASSIGN_OR_RETURN(
        const auto all,
        JoinCollective({.rank = rank, .size = kSize, .host = "127.0.0.1", .port = port}));
    if (all->rank() != rank || all->size() != kSize) return absl::InternalError("another rank");
    Rng rng(rank);
    for (int i = 0; i < 10007; ++i)
      floats[rank].push_back(static_cast<float>(rng.Uniform()) - 0.5f);
    doubles[rank] = {16777217.0 + rank, 1e15};  // More digits than a float has.
    RETURN_IF_ERROR(all->Sum(absl::MakeSpan(floats[rank])));
    RETURN_IF_ERROR(all->Sum(absl::MakeSpan(doubles[rank])));
    ASSIGN_OR_RETURN(texts[rank], all->Gather(std::string(rank * 1000, static_cast<char>(rank))));
    return absl::OkStatus();
  };
  std::vector<std::thread> threads;
  for (int rank = 0; rank < kSize; ++rank) {
    threads.emplace_back([&, rank] { statuses[rank] = be(rank); });
  }
  for (std::thread& thread : threads) thread.join();
  for (int rank = 0; rank < kSize; ++rank) {
    INFO(statuses[rank]);
    REQUIRE(statuses[rank].ok());
    CHECK(floats[rank] == floats[0]);
    CHECK(doubles[rank] == std::vector<double>{50331654.0, 3e15});
    REQUIRE(texts[rank].size() == kSize);
    for (int from = 0; from < kSize; ++from) {
      CHECK(texts[rank][from] == std::string(from * 1000, static_cast<char>(from)));
    }
  }
  float sum = 0;
  for (int rank = 0; rank < kSize; ++rank) sum += static_cast<float>(Rng(rank).Uniform()) - 0.5f;
  CHECK(floats[0][0] == Approx(sum));
}

TEST_CASE("Ranks that don't meet end in time, with the place where they waited") {
  if (!HasGloo()) return;
  const int port = FreeLoopbackPort().value();
  const int rank = GENERATE(0, 1);
  const Stopwatch waited;
  const auto alone = JoinCollective(
      {.rank = rank, .size = 2, .host = "127.0.0.1", .port = port, .patience = absl::Seconds(1)});
  REQUIRE_FALSE(alone.ok());
  CHECK(alone.status().code() == absl::StatusCode::kUnavailable);
  CHECK_THAT(std::string(alone.status().message()),
             Catch::Contains("127.0.0.1:" + std::to_string(port)) && Catch::Contains("within 1s"));
  CHECK(waited.Elapsed() < absl::Minutes(1));
}

}  // namespace
}  // namespace hod::models
