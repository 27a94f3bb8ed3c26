#include "benchmarks/network_check.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/networks.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "models/backends/cpu_backend.h"
#include "models/backends/device_network.h"
#include "models/backends/kernels.h"
#include "models/backends/network_evaluator.h"
#include "models/backends/torch_backend.h"
#include "models/network/features.h"

namespace hod::benchmarks {
namespace {

using models::Backend;
using models::Precision;

// Limits of the worst error. Logits may err by a part of the largest one; the others absolutely,
// divergences in nats. Sums of floats come in another order, bfloat16 has 8 bits, int8 7 or 8 for
// numbers of different sizes, and TF32, to which a GPU may round products, 11.
struct Limits {
  double logits, probability, divergence, value;
};
constexpr Limits kFloatLimits = {1e-5, 1e-5, 1e-6, 1e-4}, kTf32Limits = {0.01, 0.02, 0.001, 0.05},
                 kBfloat16Limits = {0.05, 0.1, 0.02, 0.2}, kInt8Limits = {0.2, 0.3, 0.2, 0.5};

const Limits& LimitsOf(Precision precision) {
  if (precision == Precision::kInt8) return kInt8Limits;
  return precision == Precision::kBfloat16 ? kBfloat16Limits : kFloatLimits;
}

// All that a network says of some positions.
struct Predictions {
  std::vector<std::vector<float>> logits;  // models::AllLogits() of every position.
  std::vector<float> values;
  std::vector<mcts::Evaluation> evaluations;
};

// Predicts in passes of `batch` positions at most, and as the backend sees fit.
Predictions Predict(const models::Network& network, std::unique_ptr<Backend> backend,
                    const std::vector<mcts::Position>& positions, size_t batch) {
  Predictions predictions;
  predictions.evaluations.resize(positions.size());
  const auto all = absl::MakeConstSpan(positions);
  const auto pass = std::min(batch, static_cast<size_t>(backend->positions_per_pass()));
  const auto workspace = backend->MakeWorkspace(positions.front().game->size());
  const size_t volume = positions.front().game->goal().size();
  const size_t row = models::NumPlanes(network.config) * volume;
  const size_t globals = models::NumGlobals(network.config);
  for (size_t begin = 0; begin < positions.size(); begin += pass) {
    const absl::Span<const mcts::Position> some = all.subspan(begin, pass);
    for (size_t i = 0; i < some.size(); ++i) {
      models::EncodeFeatures(network.config, some[i], workspace->planes.subspan(i * row, row),
                             workspace->globals.subspan(i * globals, globals));
    }
    workspace->Run(static_cast<int>(some.size()));
    for (size_t i = 0; i < some.size(); ++i) {
      predictions.logits.push_back(
          models::AllLogits(*workspace, static_cast<int>(i), positions.front().game->size()));
    }
    const auto values = workspace->values.first(some.size());
    predictions.values.insert(predictions.values.end(), values.begin(), values.end());
  }
  models::NetworkEvaluator evaluator(network.config, std::move(backend));
  for (size_t begin = 0; begin < positions.size(); begin += batch) {
    const absl::Status status = evaluator.Evaluate(
        all.subspan(begin, batch), absl::MakeSpan(predictions.evaluations).subspan(begin, batch));
    if (!status.ok()) predictions.values[begin] = std::nanf("");  // Fails every limit.
  }
  return predictions;
}

// Gathers the errors of one head. What is not a number is an infinite error.
class Errors {
 public:
  Errors(const char* head, double limit) : error_{head, 0, 0, limit} {}

  void Add(double a, double b) {
    double distance = std::abs(a - b);
    if (std::isnan(distance)) distance = HUGE_VAL;
    error_.worst = std::max(error_.worst, distance);
    sum_ += distance;
    ++count_;
  }
  HeadError Take() {
    error_.mean = count_ > 0 ? sum_ / static_cast<double>(count_) : 0;
    return error_;
  }

 private:
  HeadError error_;
  double sum_ = 0;
  int64_t count_ = 0;
};

// Compares the logits from `begin` to `end` of every position.
HeadError LogitErrors(const char* head, size_t begin, size_t end, const Predictions& subject,
                      const Predictions& reference, double limit) {
  double largest = 1;
  for (const std::vector<float>& logits : reference.logits) {
    for (const float logit : logits) {
      largest = std::max(largest, std::abs(static_cast<double>(logit)));
    }
  }
  Errors errors(head, limit * largest);
  for (size_t p = 0; p < reference.logits.size(); ++p) {
    for (size_t i = begin; i < end; ++i) errors.Add(subject.logits[p][i], reference.logits[p][i]);
  }
  return errors.Take();
}

// The goal's distribution over blocks in each voxel.
std::vector<float> Softmax(const std::vector<float>& logits) {
  const size_t volume = logits.size() / env::kNumBlocks;
  std::vector<float> probabilities(logits.size());
  for (size_t v = 0; v < volume; ++v) {
    double sum = 0;
    for (int b = 0; b < env::kNumBlocks; ++b) sum += std::exp(logits[b * volume + v]);
    for (int b = 0; b < env::kNumBlocks; ++b) {
      probabilities[b * volume + v] = static_cast<float>(std::exp(logits[b * volume + v]) / sum);
    }
  }
  return probabilities;
}

std::vector<HeadError> Compare(const Predictions& subject, const Predictions& reference,
                               const Limits& limits) {
  const size_t all = reference.logits.front().size();
  const size_t goals = reference.evaluations.front().goal_logits.size();
  const size_t actions = (all - goals) / 2;
  Errors policy("policy", limits.probability), human("human", limits.probability),
      goal("goal", limits.probability), value("value", limits.value),
      policy_kl("policy_kl", limits.divergence), human_kl("human_kl", limits.divergence),
      goal_kl("goal_kl", limits.divergence);
  for (size_t k = 0; k < reference.evaluations.size(); ++k) {
    const mcts::Evaluation &a = subject.evaluations[k], &b = reference.evaluations[k];
    const size_t volume = b.goal_logits.size() / env::kNumBlocks;
    // Compares distributions p(i) and q(i); the divergence is KL(q || p).
    const auto compare = [](size_t size, Errors& probability, Errors& divergence, const auto& p,
                            const auto& q) {
      double kl = 0;
      for (size_t i = 0; i < size; ++i) {
        probability.Add(p(i), q(i));
        if (q(i) > 0) kl += q(i) * std::log(q(i) / p(i));
      }
      divergence.Add(kl, 0);
    };
    const auto entry = [](const std::vector<float>& of) {
      return [&of](size_t i) -> double { return of[i]; };
    };
    const auto action = [](const std::vector<mcts::LikelyAction>& of) {
      return [&of](size_t i) -> double { return of[i].probability; };
    };
    compare(b.policy.size(), policy, policy_kl, entry(a.policy), entry(b.policy));
    compare(b.human_policy.size(), human, human_kl, action(a.human_policy), action(b.human_policy));
    const std::vector<float> ours = Softmax(a.goal_logits), theirs = Softmax(b.goal_logits);
    for (size_t v = 0; v < volume; ++v) {
      const auto voxel = [&](const std::vector<float>& of) {
        return [&of, v, volume](size_t block) -> double { return of[block * volume + v]; };
      };
      compare(env::kNumBlocks, goal, goal_kl, voxel(ours), voxel(theirs));
    }
    value.Add(subject.values[k], reference.values[k]);
  }
  return {LogitErrors("policy_logits", 0, actions, subject, reference, limits.logits),
          LogitErrors("human_logits", actions, 2 * actions, subject, reference, limits.logits),
          LogitErrors("goal_logits", 2 * actions, all, subject, reference, limits.logits),
          policy.Take(),
          human.Take(),
          goal.Take(),
          policy_kl.Take(),
          human_kl.Take(),
          goal_kl.Take(),
          value.Take()};
}

}  // namespace

bool WaysCompared::Passes() const {
  return std::all_of(errors.begin(), errors.end(), [](const auto& e) { return e.Passes(); });
}

absl::StatusOr<std::vector<WaysCompared>> CheckNetwork(const models::Network& network,
                                                       int positions) {
  if (network.config.inventories) {
    return absl::InvalidArgumentError(
        "the network sees inventories, expected one of games with infinite blocks");
  }
  const PlayedPositions played(/*seed=*/1, positions);
  const std::vector<mcts::Position> batch = played.Batch(positions);
  ASSIGN_OR_RETURN(const bool has_cuda, models::HasCuda());
  const auto torch = [&](models::Device device, Precision precision) {
    return Predict(network, *models::MakeTorchBackend(network, device, precision), batch,
                   batch.size());
  };
  const Predictions reference = torch(models::Device::kCpu, Precision::kFloat32);

  std::vector<WaysCompared> comparisons;
  for (const models::Kernels* kernels : models::RunnableKernels()) {
    const auto predict = [&](size_t size) {
      return Predict(network, models::MakeCpuBackend(network, *kernels), batch, size);
    };
    const std::string name = FullName(*kernels);
    const Predictions predictions = predict(batch.size());
    comparisons.push_back({name, "libtorch, float32", "",
                           Compare(predictions, reference, LimitsOf(kernels->precision))});
    if (kernels != &models::FastestKernels(kernels->precision)) continue;
    comparisons.push_back({absl::StrCat(name, ", batch of ", positions), "single positions", "",
                           Compare(predictions, predict(1), kFloatLimits)});
  }
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16}) {
    WaysCompared comparison = {
        absl::StrCat(Name(precision), ", CUDA"), "libtorch, float32", "", {}};
    if (has_cuda) {
      // Convolutions there may round products to 11 bits (TF32).
      comparison.errors = Compare(torch(models::Device::kCuda, precision), reference,
                                  precision == Precision::kFloat32 ? kTf32Limits : kBfloat16Limits);
    } else {
      comparison.not_run = "no CUDA device";
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

std::string ToText(const std::vector<WaysCompared>& comparisons) {
  std::string text;
  for (const WaysCompared& c : comparisons) {
    absl::StrAppend(&text, c.subject, " against ", c.reference);
    if (!c.not_run.empty()) {
      absl::StrAppend(&text, ": not run: ", c.not_run, "\n");
      continue;
    }
    absl::StrAppend(&text, "\n");
    for (const HeadError& e : c.errors) {
      absl::StrAppendFormat(&text, "  %-14s worst %8.2e  mean %8.2e  limit %8.2e%s\n", e.head,
                            e.worst, e.mean, e.limit, e.Passes() ? "" : "  FAILED");
    }
  }
  return text;
}

std::string ToJson(const std::vector<WaysCompared>& comparisons) {
  nlohmann::json list = nlohmann::json::array();
  for (const WaysCompared& c : comparisons) {
    nlohmann::json entry = {{"subject", c.subject}, {"reference", c.reference}};
    if (!c.not_run.empty()) entry["not_run"] = c.not_run;
    for (const HeadError& e : c.errors) {
      entry["errors"][e.head] = {
          {"worst", e.worst}, {"mean", e.mean}, {"limit", e.limit}, {"passes", e.Passes()}};
    }
    list.push_back(std::move(entry));
  }
  return DumpJson(list, 1) + "\n";
}

}  // namespace hod::benchmarks
