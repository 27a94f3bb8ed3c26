// Makes a house set of files of several formats: reads, transforms and splits them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/houses/files/house_set.h"
#include "env/houses/importers/find_files.h"
#include "env/houses/transforms/pipeline.h"

namespace hod::env {

// The structure in a file, before any transform. An error of code FailedPrecondition is about a
// block that no type of the game stands for; other errors are about the file.
absl::StatusOr<House> ReadStructure(const HouseFile& file);

// Which houses are for training. By default those in folders named "test" are not. The whole path
// counts, with the folders above what was asked for, however it was spelled; the innermost folder
// named "test" or "train" decides, in any case of letters. Links count by their own names; where
// those say nothing, by what they lead to. With a ratio, a hash of what the file holds and the seed
// decides, so that a house keeps its side when others come, when it moves, and however its path is
// given; files that hold the same are on one side.
struct SplitRule {
  int train = 0, test = 0;  // Parts of the ratio; both 0 for folders.
};

struct ImportOptions {
  std::string name, license;
  std::vector<std::string> source;
  WorldSize size;  // The largest house, see MaxHouseSize(). Extents 4 to kMaxWorldExtent - 2.
  Pipeline pipeline = Pipeline::Paper();
  SplitRule split;
  uint64_t seed = 0;
  int threads = 1;
};

struct Rejection {
  std::string file, reason;
  std::string cause;  // The transform that rejected it, "unknown block" or "unreadable".
};

struct ImportResult {
  HouseSet set;  // set.houses may be empty; then it is no valid set.
  std::vector<Rejection> rejected;
};

// Imports the files, with `threads` threads; the result does not depend on their number. The set's
// report lists what was rejected and what was left out.
// `progress` is called with the number of files done, from one thread at a time; when it returns
// false, the import ends with a Cancelled error.
absl::StatusOr<ImportResult> ImportHouses(const FoundFiles& found, const ImportOptions& options,
                                          const std::function<bool(int)>& progress);

}  // namespace hod::env
