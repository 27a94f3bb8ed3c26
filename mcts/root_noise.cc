#include "mcts/root_noise.h"

#include <array>
#include <numeric>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace hod::mcts {
namespace {

// A draw from the symmetric Dirichlet distribution of as many entries as `draw` has.
void Dirichlet(double alpha, Rng& rng, absl::Span<double> draw) {
  for (double& x : draw) x = rng.Gamma(alpha);
  const double sum = std::accumulate(draw.begin(), draw.end(), 0.0);
  // With a tiny alpha, every gamma draw may underflow; the limit puts all mass on one entry.
  if (sum <= 0) {
    draw[rng.Below(static_cast<int>(draw.size()))] = 1.0;
    return;
  }
  for (double& x : draw) x /= sum;
}

}  // namespace

void AddRootNoise(const SearchOptions& options, Rng& rng, Tree& tree, Node& node,
                  std::vector<double>& scratch) {
  const double weight = options.noise_weight;
  absl::InlinedVector<TypeStats*, env::kNumActionTypes> types;
  for (TypeStats& type : node.types) {
    if (type.begin < type.end && type.prior > 0) types.push_back(&type);
  }
  std::array<double, env::kNumActionTypes> type_noise;
  Dirichlet(options.type_noise_alpha, rng, absl::MakeSpan(type_noise).first(types.size()));
  for (size_t t = 0; t < types.size(); ++t) {
    TypeStats& type = *types[t];
    const double type_prior = (1 - weight) * type.prior + weight * type_noise[t];
    const int count = type.end - type.begin;
    scratch.resize(count);
    Dirichlet(options.action_noise_total / count, rng, absl::MakeSpan(scratch));
    for (int i = 0; i < count; ++i) {
      float& prior = tree.untried[type.begin + i];
      const double within = (1 - weight) * prior / type.prior + weight * scratch[i];
      prior = static_cast<float>(type_prior * within);
    }
    type.prior = static_cast<float>(type_prior);
  }
}

}  // namespace hod::mcts
