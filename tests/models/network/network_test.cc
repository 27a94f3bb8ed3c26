#include "models/network/network.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>

#include "tests/support/catch.h"

namespace hod::models {
namespace {

TEST_CASE("The layout names every parameter once") {
  const BlockKind block = GENERATE(BlockKind::kFactorised, BlockKind::kDense);
  const NetworkConfig config = {.channels = 8, .blocks = 3, .block = block, .inventories = true};
  std::set<std::string> names;
  int64_t size = 0;
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    CHECK(names.insert(spec.name).second);
    size += spec.Size();
  }
  CHECK(size == NumParameters(config));
  CHECK(InitialNetwork(config, Rng(1)).parameters.size() == static_cast<size_t>(size));
}

TEST_CASE("Initial parameters depend on the seed alone and are finite") {
  const NetworkConfig config = {.channels = 16, .blocks = 2};
  const Network a = InitialNetwork(config, Rng(1));
  CHECK(a.parameters == InitialNetwork(config, Rng(1)).parameters);
  CHECK(a.parameters != InitialNetwork(config, Rng(2)).parameters);
  for (const float value : a.parameters) REQUIRE(std::isfinite(value));
}

TEST_CASE("Blocks of either kind begin as the identity, and dense ones cost 54 to 12") {
  const NetworkConfig factorised = {.channels = 16, .blocks = 1};
  const NetworkConfig dense = {.channels = 16, .blocks = 1, .block = BlockKind::kDense};
  CHECK(NumParameters(dense) - NumParameters(factorised) == (54 - 12) * 16 * 16);
  for (const NetworkConfig& config : {factorised, dense}) {
    const auto [first, second] = BlockConvolutions(config.block);
    const Network network = InitialNetwork(config, Rng(1));
    auto at = network.parameters.begin();
    for (const ParameterSpec& spec : ParameterLayout(config)) {
      const auto end = at + spec.Size();
      const bool zeros = std::all_of(at, end, [](float value) { return value == 0; });
      if (spec.name == std::string("blocks.0.") + first.name + ".weight") CHECK_FALSE(zeros);
      if (spec.name == std::string("blocks.0.") + second.name + ".weight") CHECK(zeros);
      at = end;
    }
  }
}

TEST_CASE("A network is called by its shape, and kinds of blocks by their names") {
  CHECK(ShapeOf({.channels = 16, .blocks = 4}) == "16x4 factorised");
  CHECK(ShapeOf({.channels = 32, .blocks = 2, .block = BlockKind::kDense}) == "32x2 dense");
  for (const BlockKind kind : {BlockKind::kFactorised, BlockKind::kDense}) {
    CHECK(BlockKindNamed(Name(kind)) == kind);
  }
  CHECK(BlockKindNamed("Dense") == std::nullopt);
}

TEST_CASE("Settings out of range are refused by name") {
  CHECK(Validate(NetworkConfig{}).ok());
  CHECK(Validate({.channels = 0}).message().find("channels") != absl::string_view::npos);
  CHECK_FALSE(Validate({.channels = 513}).ok());
  CHECK(Validate({.blocks = -1}).message().find("blocks") != absl::string_view::npos);
  CHECK_FALSE(Validate({.blocks = 65}).ok());
}

}  // namespace
}  // namespace hod::models
