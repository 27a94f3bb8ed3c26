// A shard: a file of fragments that one self-play worker played in one game setting.
//
//   "HODSHARD"  version u32  length u32  header JSON  checksum u64     checksum of all before it
//   length u32  checksum u64  zstd frame of a serialised fragment      once a fragment
//   0 u32       number of fragments u64  checksum u64                  checksum of the two before
//   it
//
// Little-endian; checksums are XXH64. The header is {"game": {...}, "metadata": {...}}. A shard is
// written once, from front to back, and carries its final name only when it is complete and safely
// stored, so a reader never meets half a shard unless storage itself fails.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/samples/fragment.h"
#include "env/base/files.h"
#include "env/game/config.h"

namespace hod::engine {

// Errors name the file. After one, and when destroyed before Finish(), the writer removes its
// temporary file; later calls fail.
class ShardWriter {
 public:
  // `metadata` is free: what the shard's reader may want to know of its origin. Fails if `path` or
  // its temporary file exists, or the directory doesn't.
  static absl::StatusOr<std::unique_ptr<ShardWriter>> Create(const std::string& path,
                                                             const env::GameConfig& config,
                                                             const nlohmann::json& metadata);

  absl::Status Append(const Fragment& fragment);
  // Makes the shard durable and gives it its name.
  absl::Status Finish();

  int num_fragments() const { return num_fragments_; }

 private:
  ShardWriter(AtomicFile file, env::GameConfig config)
      : path_(file.path()), config_(std::move(config)), file_(std::move(file)) {}
  absl::Status Write(const Fragment& fragment);
  absl::Status Closed() const;

  std::string path_;
  env::GameConfig config_;
  std::optional<AtomicFile> file_;  // None when finished or given up.
  int num_fragments_ = 0;
};

struct Shard {
  env::GameConfig config;
  nlohmann::json metadata;
  std::vector<Fragment> fragments;
  std::string path = {};  // What it was read from, for errors.

  int64_t num_timesteps() const;
};

// Reads a whole shard. Refuses one that differs from the format in any way; the error names the
// file and the byte offset of what is wrong.
absl::StatusOr<Shard> ReadShard(const std::string& path);
// The same of a file's bytes; `path` is that of errors.
absl::StatusOr<Shard> ParseShard(absl::string_view bytes, const std::string& path);

}  // namespace hod::engine
