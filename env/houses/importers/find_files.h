// Finds house files of all formats in folders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace hod::env {

enum class HouseFormat {
  kCraftAssist,  // schematic.npy
  kGrabCraft,    // *.json beside *.metadata.json
  kSchematic,    // *.schem, *.schematic
  kLitematic,    // *.litematic
  kStructure,    // *.nbt
  kMcstructure,  // *.mcstructure
  kNpy,          // other *.npy: block ids of the game, [w][h][d]
};

struct HouseFile {
  std::string path;
  // The path within what was asked for, without what all such files share; more of the path where
  // files would be of one name.
  std::string name;
  HouseFormat format;
};

// A file or folder that is not imported, and why.
struct LeftOut {
  std::string path, reason;
};

struct FoundFiles {
  std::vector<HouseFile> files;   // In the order of the paths, those of a folder by path.
  std::vector<LeftOut> left_out;  // All else that was found, by path.
};

// The files of all formats, or of one, below folders, and files named themselves. The case of names
// does not matter; links are followed. A file or folder that several paths or links, hard ones too,
// lead to counts once, where it is reached without a link if there is such a way. A folder below
// that cannot be read is left out. An error names one of `paths` that cannot be read, or is a file
// of no known format.
absl::StatusOr<FoundFiles> FindHouseFiles(const std::vector<std::string>& paths,
                                          std::optional<HouseFormat> only);

}  // namespace hod::env
