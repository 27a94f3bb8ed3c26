// A house set: houses that were imported once, ready to be goals. A folder of two files:
//
//   houses.zst     one zstd frame of the block ids of all houses, one after the other, each
//   [w][h][d] manifest.json  what is needed to read them, and where they come from:
//     {"format": "hod house set", "version": 1, "name": ..., "source": [...], "license": ...,
//      "size": [w, h, d], "transforms": [...], "houses_xxh64": "16 hex digits",
//      "houses": [{"name": ..., "split": "train" or "test", "size": [w, h, d]}, ...],
//      "import": {...}}
//
// The manifest is written last, so a set is complete once it is there.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/houses/house.h"
#include "env/houses/transforms/pipeline.h"

namespace hod::env {

inline constexpr char kManifestFile[] = "manifest.json";
inline constexpr char kHousesFile[] = "houses.zst";

enum class HouseSplit { kTrain, kTest };
std::string SplitName(HouseSplit split);

struct HouseSet {
  struct Member {
    std::string name;
    HouseSplit split;
    House house;  // At most `size`; blocks are air and dirt to wool, some of them not air.
  };

  std::string name;
  std::vector<std::string> source;  // Where the houses were read from, in words.
  std::string license;              // Under what terms, in words.
  WorldSize size;                   // What the houses were scaled for: see MaxHouseSize().
  Pipeline pipeline;                // Its part kPlacement is still to be done.
  std::vector<Member> houses;       // At least one.
  nlohmann::json import;            // Free: counts, rejected houses, statistics.
};

// The contents of the two files.
struct HouseSetFiles {
  std::string houses, manifest;
};
// Text that is not UTF-8, such as names of files, gets U+FFFD for its bad bytes.
absl::StatusOr<HouseSetFiles> SerializeHouseSet(const HouseSet& set);

// Writes the files into a folder that has no set yet; it is made with all above it where it is
// missing. After an error neither file is there.
absl::Status WriteHouseSet(const std::string& directory, const HouseSet& set);

// Refuses a set that differs from the format in any way; the error names the file and the key.
absl::StatusOr<HouseSet> ReadHouseSet(const std::string& directory);

}  // namespace hod::env
