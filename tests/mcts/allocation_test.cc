// That searches which are used again need no memory: every allocation of this program is counted.
#include <cstdlib>
#include <new>

#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace {

int64_t allocations = 0;

}  // namespace

void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// The standard library's version calls the one above; a sanitizer's does not.
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace hod::mcts {
namespace {

// The allocations of all simulations of a search, but for what evaluations need.
int64_t AllocationsOf(Search& search, const SearchOptions& options, const env::Game& game,
                      const env::State& state, Evaluator& evaluator) {
  Evaluation evaluation;
  int64_t total = 0;
  const auto count = [&](const auto& work) {
    const int64_t before = allocations;
    work();
    return allocations - before;
  };
  search.Start(options, &game, state, 0, Rng(7));
  for (;;) {
    const Position* leaf = nullptr;
    total += count([&] { leaf = search.NextLeaf(); });
    if (leaf == nullptr) return total;
    REQUIRE(evaluator.Evaluate({leaf, 1}, {&evaluation, 1}).ok());
    absl::Status status;
    total += count([&] { status = search.Deliver(evaluation); });
    REQUIRE(status.ok());
  }
}

TEST_CASE("a search that has searched before allocates nothing") {
  env::GameConfig config = TinyConfig();
  config.size = {7, 7, 7};
  config.abilities.inf_blocks = true;
  for (int i = 0; i < 8; ++i) {
    SearchOptions options;
    options.num_simulations = 150;
    options.selection = static_cast<Selection>(i % 4);
    const int weight = i / 4;
    options.reward_prior_weight = weight;
    options.respect_removals = true;
    const env::Game game = TinyGame(options, config);
    const env::State state = Start(game);
    HashEvaluator evaluator(i, {.spread_human = true});
    Search search;
    INFO("selection " << i % 4 << " prior weight " << i / 4);
    CHECK(AllocationsOf(search, options, game, state, evaluator) > 0);
    CHECK(AllocationsOf(search, options, game, state, evaluator) == 0);
  }
}

}  // namespace
}  // namespace hod::mcts
