// The configuration in a network's file.
#include "engine/config/trained_config.h"

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/catch.h"

namespace hod::engine {
namespace {

TEST_CASE("A network tells the configuration it was trained with") {
  RunConfig config;
  config.seed = 7;
  config.network.channels = 16;
  models::LoadedNetwork network{"file", models::Network{}, ""};
  network.run = nlohmann::json{{"seconds", 1}, {"config", ToToml(config)}}.dump();
  const auto read = TrainedConfig(network);
  INFO(read.status());
  REQUIRE(read.ok());
  CHECK(ToToml(*read) == ToToml(config));

  network.network = models::ReferenceWeights{};
  CHECK(ToToml(*TrainedConfig(network)) == ToToml(RunConfig()));
}

TEST_CASE("A network without a configuration is refused by name") {
  models::LoadedNetwork network{"file", models::Network{}, ""};
  for (const char* run : {"", "{}", "[]", R"({"config": 1})", R"({"config": "seed = true"})"}) {
    network.run = run;
    INFO(run);
    CHECK_THAT(std::string(TrainedConfig(network).status().message()), Catch::StartsWith("file"));
  }
}

}  // namespace
}  // namespace hod::engine
