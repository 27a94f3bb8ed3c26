#include "models/network/network.h"

#include <cmath>
#include <set>

#include "tests/support/catch.h"

namespace hod::models {
namespace {

TEST_CASE("The layout names every parameter once") {
  const NetworkConfig config = {.channels = 8, .blocks = 3, .inventories = true};
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

TEST_CASE("Settings out of range are refused by name") {
  CHECK(Validate(NetworkConfig{}).ok());
  CHECK(Validate({.channels = 0}).message().find("channels") != absl::string_view::npos);
  CHECK_FALSE(Validate({.channels = 513}).ok());
  CHECK(Validate({.blocks = -1}).message().find("blocks") != absl::string_view::npos);
  CHECK_FALSE(Validate({.blocks = 65}).ok());
}

}  // namespace
}  // namespace hod::models
