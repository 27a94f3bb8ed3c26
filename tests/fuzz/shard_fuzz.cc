// Shards of fragments. Their checksums refuse almost all damage; see fragment_fuzz.cc.
#include "engine/samples/shard.h"
#include "tests/fuzz/target.h"
#include "tests/support/engine/random_play.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::engine::ReadShard(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  const auto write = [](const std::string& path) {
    const env::GameConfig config = engine::SmallConfig();
    auto writer = engine::ShardWriter::Create(path, config, {{"worker", 0}});
    if (!writer.ok()) return writer.status();
    for (const engine::Fragment& fragment : engine::PlayRandomly(config, 1, 9, 3).fragments) {
      if (absl::Status status = (*writer)->Append(fragment); !status.ok()) return status;
    }
    return (*writer)->Finish();
  };
  return {Written(write)};
}
