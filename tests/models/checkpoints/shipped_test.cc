// Networks that are part of the program: opened by name, small, and free of anybody's paths.
#include "models/shipped/shipped.h"

#include "models/checkpoints/network_file.h"
#include "tests/support/catch.h"

namespace hod::models {
namespace {

TEST_CASE("Shipped networks are opened by their names") {
  size_t bytes = 0;
  for (const ShippedNetwork& shipped : ShippedNetworks()) {
    const std::string path = kShippedPrefix + std::string(shipped.name);
    const auto opened = OpenHodNetwork(path);
    INFO(opened.status());
    REQUIRE(opened.ok());
    CHECK(opened->path == path);
    CHECK_FALSE(std::get<Network>(opened->network).config.goal_visible);
    CHECK(opened->run.find("/tmp") == std::string::npos);
    CHECK(opened->run.find("/home") == std::string::npos);
    bytes += shipped.bytes.size();
  }
  CHECK(bytes > 0);
  CHECK(bytes < 2000000);
  CHECK_THAT(std::string(OpenNetwork("shipped:1x1x1").status().message()),
             Catch::Contains("expected one of 11x10x10, 7x7x7"));
}

}  // namespace
}  // namespace hod::models
