#include "mcts/root_noise.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace hod::mcts {
namespace {

// A draw from the symmetric Dirichlet distribution of `n` entries.
std::vector<double> Dirichlet(int n, double alpha, env::Rng& rng) {
  std::vector<double> draw(n);
  for (double& x : draw) x = rng.Gamma(alpha);
  const double sum = std::accumulate(draw.begin(), draw.end(), 0.0);
  // With a tiny alpha every gamma draw may underflow; the limit puts all mass on one entry.
  if (sum <= 0) {
    draw[rng.Below(n)] = 1.0;
    return draw;
  }
  for (double& x : draw) x /= sum;
  return draw;
}

}  // namespace

void AddRootNoise(const SearchOptions& options, env::Rng& rng, Tree& tree, Node& node) {
  const double weight = options.noise_weight;
  std::vector<TypeStats*> types;
  for (TypeStats& type : node.types) {
    if (type.begin < type.end && type.prior > 0) types.push_back(&type);
  }
  const auto type_noise = Dirichlet(static_cast<int>(types.size()), options.type_noise_alpha, rng);
  for (size_t t = 0; t < types.size(); ++t) {
    TypeStats& type = *types[t];
    const double type_prior = (1 - weight) * type.prior + weight * type_noise[t];
    const int count = type.end - type.begin;
    const auto noise = Dirichlet(count, options.action_noise_total / count, rng);
    for (int i = 0; i < count; ++i) {
      float& prior = tree.untried[type.begin + i];
      const double within = (1 - weight) * prior / type.prior + weight * noise[i];
      prior = static_cast<float>(type_prior * within);
    }
    type.prior = static_cast<float>(type_prior);
  }
}

}  // namespace hod::mcts
