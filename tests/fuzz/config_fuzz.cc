// Settings of a run in TOML.
#include "absl/strings/match.h"
#include "engine/config/run_config.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hod::engine;  // NOLINT
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = ParseRunConfig(text, "run.toml");
  if (!config.ok()) {
    hod::fuzz::Expect(absl::StrContains(config.status().message(), "run.toml"),
                      "the name of the file in: " + std::string(config.status().message()));
    return 0;
  }
  const auto again = ParseRunConfig(ToToml(*config), "again.toml");
  hod::fuzz::Expect(again.ok(), "to be read back, got: " + again.status().ToString());
  hod::fuzz::Expect(Differences(*config, *again).empty(), "the same settings read back");
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  return {engine::ToToml(engine::RunConfig()),
          "seed = 3\n[game]\nhorizon = 300\nworld_size = [7, 7, 7]\n"};
}
