// What hod bench reports, not how fast: names for other programs, and comparisons that fail.
#include <nlohmann/json.hpp>

#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/program.h"

namespace hod::engine {
namespace {

TEST_CASE("hod bench network --check compares backends, precisions and batches") {
  const TempDir dir;
  const std::string log = dir.path() + "/log";
  const Ended ended = RunProgram({"bench", "network", "--check", "--positions", "3"}, log);
  INFO(ended.output);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, Catch::Contains("float32, baseline against libtorch, float32"));
  CHECK_THAT(ended.output, Catch::Contains("batch of 3 against single positions"));
  CHECK_THAT(ended.output, Catch::Contains("goal_logits"));
  CHECK_THAT(ended.output, Catch::Contains("CUDA"));
}

TEST_CASE("hod bench network --check fails where a precision does not suffice") {
  const TempDir dir;
  models::Network network = models::InitialNetwork({.channels = 16, .blocks = 1}, Rng(1));
  for (float& parameter : network.parameters) parameter = 20 * parameter + 0.01f;
  const std::string path = dir.path() + "/wild.safetensors";
  REQUIRE(models::SaveNetwork(path, {network, "{}"}).ok());
  const std::string log = dir.path() + "/log";
  const std::vector<std::string> arguments = {"bench", "network",     "--check", "--checkpoint",
                                              path,    "--positions", "3"};
  const Ended ended = RunProgram(arguments, log);
  INFO(ended.output);
  CHECK(ended.status == 1);
  CHECK_THAT(ended.output, Catch::Contains("FAILED"));
  CHECK_THAT(ended.output, Catch::Contains("by more than its limits"));

  const Ended missing = RunProgram(
      {"bench", "network", "--check", "--checkpoint", dir.path() + "/none.safetensors"}, log);
  CHECK(missing.status == 1);
  CHECK_THAT(missing.output, Catch::Contains("none.safetensors"));
}

TEST_CASE("hod bench network --json names network, precision, batch and threads") {
  const TempDir dir;
  const std::string log = dir.path() + "/log";
  const Ended ended = RunProgram({"bench", "network", "--json", "--repetitions", "1", "--filter",
                                  "evaluate/demo/float32/2/1/"},
                                 log);
  INFO(ended.output);
  REQUIRE(ended.status == 0);
  const size_t begin = ended.output.find('{');
  REQUIRE(begin != std::string::npos);
  const auto json = nlohmann::json::parse(ended.output.substr(begin));
  const auto& first = json.at("benchmarks").at(0);
  CHECK(first.at("name") == "evaluate/demo/float32/2/1");
  for (const char* counter : {"items_per_second", "GFLOP/s", "of_peak", "encode_decode"}) {
    CHECK(first.at(counter) > 0);
  }
}

TEST_CASE("hod bench convolution measures single convolutions") {
  const TempDir dir;
  const Ended ended = RunProgram({"bench", "convolution", "--repetitions", "1", "--filter",
                                  "weight_gradient/1x3x1x16/float32"},
                                 dir.path() + "/log");
  INFO(ended.output);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, Catch::Contains("hod/weight_gradient/1x3x1x16/float32/"));
  CHECK_THAT(ended.output, Catch::Contains("of_peak"));
  CHECK_THAT(ended.output, !Catch::Contains("ERROR"));
}

}  // namespace
}  // namespace hod::engine
