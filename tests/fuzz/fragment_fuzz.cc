// Fragments as shards hold them, without compression and checksums. The first byte chooses the
// game.
#include "engine/samples/fragment.h"
#include "tests/fuzz/target.h"
#include "tests/support/engine/random_play.h"

namespace {

const std::vector<hod::env::GameConfig>& Configs() {
  static const std::vector<hod::env::GameConfig> configs = {
      hod::engine::SmallConfig(), hod::engine::FiniteBlocksConfig(), hod::engine::TeleportConfig()};
  return configs;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const hod::env::GameConfig& config = Configs()[data[0] % Configs().size()];
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto fragment = hod::engine::ParseFragment(config, bytes);
  if (!fragment.ok()) return 0;
  const auto again = hod::engine::SerializeFragment(config, *fragment);
  hod::fuzz::Expect(again.ok() && *again == bytes, "the same serialisation");
  const hod::env::Game game = hod::engine::GameOf(config, *fragment);
  hod::engine::StateAt(game, *fragment, static_cast<int>(fragment->steps.size()));
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  std::vector<std::string> seeds;
  for (size_t i = 0; i < Configs().size(); ++i) {
    for (const auto& fragment : engine::PlayRandomly(Configs()[i], 1, 6, 3).fragments) {
      const auto bytes = engine::SerializeFragment(Configs()[i], fragment);
      Expect(bytes.ok(), "a seed, got: " + bytes.status().ToString());
      seeds.push_back(static_cast<char>(i) + *bytes);
    }
  }
  return seeds;
}
