#include "engine/imitation/baselines.h"

#include <memory>

#include "env/game/action_mask.h"

namespace hod::engine {
namespace {

class NoContextModel : public env::Player {
 public:
  NoContextModel(const env::Game& game, int player, const TypeShares& shares)
      : game_(game), player_(player), shares_(shares) {}

  const env::ActionDistribution& NextAction(const env::State& state) override {
    env::ValidActions(game_, state, player_, /*line_of_sight=*/true, valid_);
    std::array<int, env::kNumActionTypes> counts{};
    for (const int32_t id : valid_) ++counts[TypeOf(id)];
    double total = 0;
    for (int type = 0; type < env::kNumActionTypes; ++type) {
      if (counts[type] > 0) total += shares_[type];
    }
    distribution_.clear();
    for (const int32_t id : valid_) {
      const int type = TypeOf(id);
      const double probability =
          total > 0 ? shares_[type] / (total * counts[type]) : 1.0 / valid_.size();
      if (probability > 0) distribution_.emplace_back(id, static_cast<float>(probability));
    }
    return distribution_;
  }
  void Observe(const env::State&, int32_t) override {}

 private:
  int TypeOf(int32_t id) const { return static_cast<int>(game_.actions().TypeOf(id)); }

  const env::Game& game_;
  const int player_;
  const TypeShares shares_;
  std::vector<int32_t> valid_;
  env::ActionDistribution distribution_;
};

}  // namespace

TypeShares TypeSharesOf(const std::vector<DecisionRef>& decisions) {
  TypeShares shares{};
  for (const DecisionRef& ref : decisions) {
    const env::ActionSpace& actions = ref.episode->timeline.game.actions();
    const int32_t action = ref.episode->decisions[ref.decision].action;
    shares[static_cast<int>(actions.TypeOf(action))] += 1.0 / static_cast<double>(decisions.size());
  }
  return shares;
}

PlayerFactory NoContextPlayer(const TypeShares& shares) {
  return [shares](const env::Game& game, int player, uint64_t) {
    return std::make_unique<NoContextModel>(game, player, shares);
  };
}

}  // namespace hod::engine
