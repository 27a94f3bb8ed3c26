#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/torch/batch.h"
#include "models/torch/forward.h"
#include "models/torch/library.h"
#include "models/torch/losses.h"
#include "models/torch/optimizer.h"

namespace hod::models {
namespace {

using at::Tensor;

// Voxels of all samples of a forward and backward pass: larger passes leave the processor's
// cache, smaller ones do not make up for the cost of a call.
constexpr int kVoxelsOfPass = 1 << 14;
constexpr float kInvalidLogit = -1e8f;

std::vector<float> ToVector(const Tensor& tensor) {
  const float* const data = tensor.data_ptr<float>();
  return {data, data + tensor.numel()};
}

size_t SamplesOfPass(const env::Game& game) {
  return std::max(kVoxelsOfPass / game.size().Volume(), 1);
}

absl::Status CheckSample(const PpoSample& sample, const env::Game& first, bool inventories) {
  const env::Game& game = *sample.position.game;
  const absl::Span<const int32_t> valid = sample.position.valid_actions;
  if (game.size() != first.size() ||
      game.actions().num_actions() != first.actions().num_actions()) {
    return absl::InvalidArgumentError("world size or actions differ from those of sample 0");
  }
  if (!game.config().abilities.inf_blocks && !inventories) {
    return absl::InvalidArgumentError("finite blocks, but the network does not see inventories");
  }
  if (!std::is_sorted(valid.begin(), valid.end(), std::less_equal<>()) || valid.empty() ||
      valid.front() < 0 || valid.back() >= game.actions().num_actions()) {
    return absl::InvalidArgumentError("valid actions are not ascending ids of the game");
  }
  if (!std::binary_search(valid.begin(), valid.end(), sample.action)) {
    return absl::InvalidArgumentError(absl::StrCat("action ", sample.action, " is not valid"));
  }
  if (!std::isfinite(sample.log_probability) || !std::isfinite(sample.advantage) ||
      !std::isfinite(sample.value_target)) {
    return absl::InvalidArgumentError("log probability, advantage or value is not finite");
  }
  return absl::OkStatus();
}

absl::Status CheckSamples(absl::Span<const PpoSample> samples, bool inventories) {
  if (samples.empty()) return absl::InvalidArgumentError("no samples");
  for (size_t i = 0; i < samples.size(); ++i) {
    const absl::Status s = CheckSample(samples[i], *samples.front().position.game, inventories);
    if (!s.ok()) return absl::InvalidArgumentError(absl::StrCat("sample ", i, ": ", s.message()));
  }
  return absl::OkStatus();
}

// All [B].
struct TwoLevels {
  Tensor log_probability;
  Tensor type_entropy;
  Tensor location_entropy;
};

// `logits` are [B, num_actions], masked.
TwoLevels SplitLevels(const Tensor& logits, const Tensor& taken, const env::ActionSpace& actions) {
  const Tensor log_policy = logits.log_softmax(1);
  TwoLevels result;
  result.log_probability = log_policy.gather(1, taken.unsqueeze(1)).squeeze(1);
  std::vector<Tensor> log_types;
  result.location_entropy = at::zeros({logits.size(0)});
  for (int t = 0; t < env::kNumActionTypes; ++t) {
    const auto type = static_cast<env::ActionType>(t);
    if (!actions.Has(type)) continue;
    const int64_t count = actions.End(type) - actions.Begin(type);
    const Tensor of_type = log_policy.narrow(1, actions.Begin(type), count);
    if (count == 1) {
      log_types.push_back(of_type);
      continue;
    }
    log_types.push_back(of_type.logsumexp(1, /*keepdim=*/true));
    const Tensor within = of_type - log_types.back();
    // The bonus is for spreading within a type, not for taking the type that has most to spread
    // over: no gradient through its probability.
    const Tensor share = log_types.back().squeeze(1).detach().exp();
    result.location_entropy = result.location_entropy - share * (within.exp() * within).sum(1);
  }
  const Tensor log_type = at::cat(log_types, 1);
  result.type_entropy = -(log_type.exp() * log_type).sum(1);
  return result;
}

// The places of the goal's block that are valid for a sample, as entries of [kNumBlocks, volume].
std::vector<int64_t> RightPlaces(const PpoSample& sample) {
  const env::Game& game = *sample.position.game;
  const absl::Span<const int32_t> valid = sample.position.valid_actions;
  const int first = game.actions().Begin(env::ActionType::kPlace);
  std::vector<int64_t> entries;
  game.actions().ForEach(valid, [&](size_t i, const env::Action& action) {
    const bool places = action.type == env::ActionType::kPlace;
    if (places && action.block == game.goal()[action.location]) entries.push_back(valid[i] - first);
  });
  return entries;
}

// The cross entropies of `right_places` among the places at their voxels, [K]. `logits` are
// [B, num_actions], masked.
Tensor PlaceBlockErrors(const Tensor& logits, const Tensor& right_places,
                        const env::ActionSpace& actions) {
  const int64_t volume = actions.volume();
  const Tensor places =
      logits.narrow(1, actions.Begin(env::ActionType::kPlace), env::kNumBlocks * volume);
  const Tensor log_blocks = places.reshape({-1, env::kNumBlocks, volume}).log_softmax(1);
  return -log_blocks.flatten().index_select(0, right_places);
}

// The samples of one pass as tensors.
struct PpoBatch {
  Inputs inputs;
  Tensor mask;                                              // [B, num_actions] to add to logits.
  Tensor action, log_probability, advantage, value_target;  // All [B].
  Tensor goal;                                              // [B, w, h, d] blocks, as int64.
  Tensor right_places;  // [K] indices into [B, kNumBlocks, volume], flattened.
};

PpoBatch MakeBatch(absl::Span<const PpoSample* const> samples, const NetworkConfig& config) {
  const int64_t num_actions = samples.front()->position.game->actions().num_actions();
  const auto size = static_cast<int64_t>(samples.size());
  std::vector<Example> examples;
  std::vector<int64_t> action, right_places;
  std::vector<float> log_probability, advantage, value_target;
  const Tensor mask = at::full({size, num_actions}, kInvalidLogit);
  float* row = mask.data_ptr<float>();
  for (const PpoSample* sample : samples) {
    const absl::Span<const int32_t> valid = sample->position.valid_actions;
    Example& example = examples.emplace_back();
    example.position = sample->position;
    example.valid_actions = {valid.begin(), valid.end()};
    example.goal = sample->position.game->goal();
    const int64_t first = static_cast<int64_t>(action.size()) * env::kNumBlocks *
                          sample->position.game->size().Volume();
    for (const int64_t entry : RightPlaces(*sample)) right_places.push_back(first + entry);
    action.push_back(sample->action);
    log_probability.push_back(sample->log_probability);
    advantage.push_back(sample->advantage);
    value_target.push_back(sample->value_target);
    for (const int32_t id : valid) row[id] = 0.0f;
    row += num_actions;
  }
  return {MakeInputs(examples, config), mask,
          at::tensor(action),           at::tensor(log_probability),
          at::tensor(advantage),        at::tensor(value_target),
          MakeGoals(examples),          at::tensor(right_places, at::kLong)};
}

// Advantages with mean 0 and standard deviation 1.
std::vector<PpoSample> Normalized(absl::Span<const PpoSample> samples) {
  const auto n = static_cast<double>(samples.size());
  double sum = 0, squares = 0;
  for (const PpoSample& sample : samples) sum += sample.advantage;
  const double mean = sum / n;
  for (const PpoSample& sample : samples) squares += std::pow(sample.advantage - mean, 2);
  const double scale = 1.0 / (std::sqrt(squares / n) + 1e-8);
  std::vector<PpoSample> normalized(samples.begin(), samples.end());
  for (PpoSample& sample : normalized) {
    sample.advantage = static_cast<float>((sample.advantage - mean) * scale);
  }
  return normalized;
}

class TorchPpoTrainer final : public PpoTrainer {
 public:
  TorchPpoTrainer(const TrainerState& state, const PpoTrainerConfig& config)
      : config_(config),
        network_config_(state.network.config),
        parameters_(at::tensor(state.network.parameters)),
        optimizer_{at::tensor(state.first_moment), at::tensor(state.second_moment), state.steps} {
    parameters_.set_requires_grad(true);
  }

  absl::StatusOr<PpoLosses> Update(absl::Span<const PpoSample> samples,
                                   const PpoUpdate& update) override {
    RETURN_IF_ERROR(CheckSamples(samples, network_config_.inventories));
    RETURN_IF_ERROR(CheckThreads(config_.threads));
    at::set_num_threads(config_.threads);
    const std::vector<PpoSample> normalized = Normalized(samples);
    std::vector<const PpoSample*> order;
    for (const PpoSample& sample : normalized) order.push_back(&sample);
    Sums sums;
    Rng shuffle = update.shuffle;
    for (int epoch = 0; epoch < config_.epochs; ++epoch) {
      Shuffle(order, shuffle);
      for (size_t begin = 0; begin < order.size(); begin += config_.minibatch) {
        if (update.stop != nullptr && *update.stop) return sums.Means();
        ASSIGN_OR_RETURN(
            const bool goes_on,
            Step(absl::MakeConstSpan(order).subspan(begin, config_.minibatch), update, sums));
        if (!goes_on) return sums.Means();
      }
    }
    return sums.Means();
  }

  absl::StatusOr<std::vector<PpoEvaluation>> Evaluate(
      absl::Span<const PpoSample> samples) const override {
    RETURN_IF_ERROR(CheckSamples(samples, network_config_.inventories));
    RETURN_IF_ERROR(CheckThreads(config_.threads));
    at::set_num_threads(config_.threads);
    const at::NoGradGuard no_grad;
    std::vector<PpoEvaluation> evaluations;
    const size_t pass = SamplesOfPass(*samples.front().position.game);
    for (size_t begin = 0; begin < samples.size(); begin += pass) {
      std::vector<const PpoSample*> chunk;
      for (const PpoSample& sample : samples.subspan(begin, pass)) chunk.push_back(&sample);
      const PpoBatch batch = MakeBatch(chunk, network_config_);
      const Forwarded predicted = Forward(batch, *chunk.front()->position.game);
      const TwoLevels& levels = predicted.levels;
      for (size_t i = 0; i < chunk.size(); ++i) {
        evaluations.push_back(
            {levels.log_probability.data_ptr<float>()[i], levels.type_entropy.data_ptr<float>()[i],
             levels.location_entropy.data_ptr<float>()[i], predicted.value.data_ptr<float>()[i]});
      }
    }
    return evaluations;
  }

  void MarkPublished() override {}
  int64_t steps() const override { return optimizer_.steps; }
  Network network() const override { return {network_config_, ToVector(parameters_)}; }
  TrainerState state() const override {
    return {network(),
            {},
            ToVector(parameters_),
            ToVector(optimizer_.first_moment),
            ToVector(optimizer_.second_moment),
            optimizer_.steps};
  }

 private:
  struct Sums {
    double samples = 0;
    double right_places = 0;
    PpoLosses losses;  // Sums over samples; place_block over places, gradient_norm over steps.

    PpoLosses Means() const {
      PpoLosses means = losses;
      for (double* mean : {&means.total, &means.policy, &means.value, &means.type_entropy,
                           &means.location_entropy, &means.goal, &means.kl, &means.clip_fraction}) {
        *mean /= std::max(samples, 1.0);
      }
      means.place_block /= std::max(right_places, 1.0);
      if (means.steps > 0) means.gradient_norm /= means.steps;
      return means;
    }
  };

  struct Forwarded {
    TwoLevels levels;
    Tensor value;   // [B]
    Tensor logits;  // [B, num_actions], masked.
    Tensor goal;    // [B, 10, w, h, d] logits.
  };

  Forwarded Forward(const PpoBatch& batch, const env::Game& game) const {
    const ForwardPass network(network_config_, parameters_.to(ScalarTypeOf(config_.precision)));
    const Prediction prediction = network(batch.inputs);
    const Tensor logits = FlatLogits(prediction.policy, game.actions()) + batch.mask;
    return {SplitLevels(logits, batch.action, game.actions()), prediction.value.contiguous(),
            logits, prediction.goal};
  }

  // One minibatch. False ends the update, without a step: the policy has moved far enough.
  absl::StatusOr<bool> Step(absl::Span<const PpoSample* const> minibatch, const PpoUpdate& update,
                            Sums& sums) {
    const auto size = static_cast<double>(minibatch.size());
    size_t right_places = 0;
    for (const PpoSample* sample : minibatch) right_places += RightPlaces(*sample).size();
    parameters_.mutable_grad() = Tensor();
    double kl = 0;
    const size_t pass = SamplesOfPass(*minibatch.front()->position.game);
    for (size_t begin = 0; begin < minibatch.size(); begin += pass) {
      const auto chunk = minibatch.subspan(begin, pass);
      const PpoBatch batch = MakeBatch(chunk, network_config_);
      const env::Game& game = *chunk.front()->position.game;
      const auto [levels, value, logits, goal] = Forward(batch, game);
      const Tensor log_ratio = levels.log_probability - batch.log_probability;
      const Tensor ratio = log_ratio.exp();
      const Tensor clipped = ratio.clamp(1 - config_.clip, 1 + config_.clip);
      const Tensor policy = -at::minimum(ratio * batch.advantage, clipped * batch.advantage).sum();
      const Tensor squared_error = (value - batch.value_target).square().sum();
      const Tensor type_entropy = levels.type_entropy.sum();
      const Tensor location_entropy = levels.location_entropy.sum();
      Tensor loss = policy + config_.value_weight * squared_error -
                    update.type_entropy * type_entropy - update.location_entropy * location_entropy;
      if (config_.goal_weight > 0) {
        const Tensor error = GoalErrors(goal.log_softmax(1), batch.goal).sum();
        sums.losses.goal += error.item<double>();
        loss = loss + config_.goal_weight * error;
      }
      if (update.place_block_weight > 0 && batch.right_places.numel() > 0) {
        const Tensor error = PlaceBlockErrors(logits, batch.right_places, game.actions()).sum();
        sums.losses.place_block += error.item<double>();
        sums.right_places += static_cast<double>(batch.right_places.numel());
        // The mean over the right places of the minibatch, as all else is divided by its size.
        loss = loss + update.place_block_weight * size / static_cast<double>(right_places) * error;
      }
      (loss / size).backward();

      // An estimate that is never negative, with little variance (Schulman 2020, "Approximating KL
      // divergence").
      const double chunk_kl = (ratio - 1 - log_ratio).sum().item<double>();
      kl += chunk_kl / size;
      PpoLosses& l = sums.losses;
      l.total += loss.item<double>();
      l.policy += policy.item<double>();
      l.value += squared_error.item<double>();
      l.type_entropy += type_entropy.item<double>();
      l.location_entropy += location_entropy.item<double>();
      l.kl += chunk_kl;
      l.clip_fraction += ratio.ne(clipped).sum().item<double>();
      sums.samples += static_cast<double>(chunk.size());
    }
    const absl::Status bad = absl::InternalError("the loss or its gradient is not finite");
    if (!std::isfinite(sums.losses.total) || !std::isfinite(kl)) return bad;
    if (config_.target_kl > 0 && kl > config_.target_kl) return false;
    const double norm =
        optimizer_.Update(parameters_, update.learning_rate, config_.max_gradient_norm);
    if (!std::isfinite(norm)) return bad;
    sums.losses.gradient_norm += norm;
    ++sums.losses.steps;
    return true;
  }

  PpoTrainerConfig config_;
  NetworkConfig network_config_;
  Tensor parameters_;  // [P], the leaf of every gradient.
  TorchOptimizer optimizer_;
};

}  // namespace

std::unique_ptr<PpoTrainer> NewPpoTrainer(const TrainerState& state,
                                          const PpoTrainerConfig& config) {
  return std::make_unique<TorchPpoTrainer>(state, config);
}

}  // namespace hod::models
