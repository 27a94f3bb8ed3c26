#include "env/houses/importers/find_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "env/base/descriptor.h"
#include "env/base/status.h"

namespace hod::env {
namespace {

namespace fs = std::filesystem;

constexpr char kMetadataEnding[] = ".metadata.json";
constexpr char kNoFormat[] = "of no known format";
constexpr char kNeither[] = "neither a file nor a folder";

std::string LowerName(const fs::path& path) {
  return absl::AsciiStrToLower(path.filename().string());
}

// The names of what is in a folder, in lower case.
using Names = std::set<std::string>;

std::optional<HouseFormat> FormatOf(const fs::path& path, const Names& siblings) {
  const std::string name = LowerName(path);
  const auto ends = [&](const char* ending) { return absl::EndsWith(name, ending); };
  if (name == "schematic.npy") return HouseFormat::kCraftAssist;
  if (ends(".npy")) return HouseFormat::kNpy;
  if (ends(".schem") || ends(".schematic")) return HouseFormat::kSchematic;
  if (ends(".litematic")) return HouseFormat::kLitematic;
  if (ends(".nbt")) return HouseFormat::kStructure;
  if (ends(".mcstructure")) return HouseFormat::kMcstructure;
  const bool has_metadata =
      siblings.contains(absl::StrCat(absl::StripSuffix(name, ".json"), kMetadataEnding));
  if (ends(".json") && !ends(kMetadataEnding) && has_metadata) return HouseFormat::kGrabCraft;
  return std::nullopt;
}

// Whether a file belongs to a house file beside it.
bool IsMetadata(const fs::path& path, const Names& siblings) {
  std::string name = LowerName(path);
  if (!absl::EndsWith(name, kMetadataEnding)) return false;
  return siblings.contains(absl::StrCat(absl::StripSuffix(name, kMetadataEnding), ".json"));
}

// "houses/train/ID/schematic.npy" is the house "houses/train/ID", "a/b.schem" is "a/b".
std::string NameOf(const fs::path& path, HouseFormat format) {
  if (format == HouseFormat::kCraftAssist && path.has_parent_path()) {
    return path.parent_path().string();
  }
  return fs::path(path).replace_extension().string();
}

// The name of a file at a path within what was asked for. A "schematic.npy" right there goes by the
// name of the folder that it is in.
std::string NameOf(const fs::path& path, const fs::path& within, HouseFormat format) {
  std::error_code code;
  const fs::path folder = fs::absolute(path, code).lexically_normal().parent_path().filename();
  const bool is_named_by_folder = format == HouseFormat::kCraftAssist && !within.has_parent_path();
  return is_named_by_folder && !folder.empty() ? folder.string() : NameOf(within, format);
}

// A file with its names from the shortest to the longest: the path within what was asked for
// without its ending and with it, then so the path as it was given, which no other file has.
struct Candidate {
  size_t root;  // Which of the paths that were asked for it was found in.
  HouseFile file;
  std::vector<std::string> names;
  size_t used = 0;  // Which of them is the file's.
};

// Gives longer names to files that share one until all are distinct.
void MakeNamesDistinct(std::vector<Candidate>& candidates) {
  for (bool changed = true; changed;) {
    changed = false;
    std::map<std::string, int> counts;
    for (const Candidate& candidate : candidates) ++counts[candidate.names[candidate.used]];
    for (Candidate& candidate : candidates) {
      if (counts[candidate.names[candidate.used]] == 1) continue;
      if (candidate.used + 1 == candidate.names.size()) continue;
      ++candidate.used;
      changed = true;
    }
  }
}

class Finder {
 public:
  explicit Finder(std::optional<HouseFormat> only) : only_(only) {}

  // Adds what lies at a path that was asked for, but for links below it.
  absl::Status AddRoot(size_t root, const std::string& path) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (fs::is_regular_file(status)) return AddNamedFile(root, path);
    if (fs::exists(status) && !fs::is_directory(status)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", kNeither, ", expected one of them"));
    }
    const fs::directory_iterator entries(path, code);
    if (!code) {
      AddFolder({root, path, path});
      return absl::OkStatus();
    }
    return SystemError(path, "read the directory", code.value());
  }

  // Follows the links that were met; more of them may be found on the way.
  void FollowLinks() {
    for (size_t i = 0; i < links_.size(); ++i) {
      const Place link = links_[i];
      std::error_code code;
      const fs::file_status status = fs::status(link.path, code);
      if (fs::is_directory(status)) {
        AddFolder(link);
      } else if (fs::exists(status)) {
        AddFile(link, NamesIn(link.path.parent_path()));
      } else {
        LeaveOut(link.path, absl::StrCat("a link that leads nowhere: ",
                                         code ? code.message() : "no such file"));
      }
    }
  }

  FoundFiles Finish() && {
    FoundFiles found;
    std::sort(files_.begin(), files_.end(), [](const Candidate& a, const Candidate& b) {
      return std::tie(a.root, a.file.path) < std::tie(b.root, b.file.path);
    });
    MakeNamesDistinct(files_);
    for (Candidate& candidate : files_) {
      candidate.file.name = std::move(candidate.names[candidate.used]);
      found.files.push_back(std::move(candidate.file));
    }
    std::sort(left_out_.begin(), left_out_.end(),
              [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
    found.left_out = std::move(left_out_);
    return found;
  }

 private:
  // Something below one of the paths that were asked for, `folder`.
  struct Place {
    size_t root;
    fs::path folder, path;
  };

  void LeaveOut(const fs::path& path, std::string reason) {
    left_out_.push_back({path.string(), std::move(reason)});
  }

  // Whether a place is met for the first time; if not, it is left out.
  bool IsNew(const fs::path& path, const char* what) {
    struct stat info;
    if (stat(path.c_str(), &info) != 0) {
      LeaveOut(path, absl::StrCat("cannot be read: ", std::generic_category().message(errno)));
      return false;
    }
    const auto [first, is_new] =
        first_path_.emplace(std::pair(info.st_dev, info.st_ino), path.string());
    if (!is_new) LeaveOut(path, absl::StrCat("the same ", what, " as ", first->second));
    return is_new;
  }

  static Names NamesIn(const fs::path& folder) {
    Names names;
    std::error_code code;
    const fs::path listed = folder.empty() ? fs::path(".") : folder;
    for (fs::directory_iterator i(listed, code), end; !code && i != end; i.increment(code)) {
      names.insert(LowerName(i->path()));
    }
    return names;
  }

  absl::Status AddNamedFile(size_t root, const fs::path& path) {
    const std::optional<HouseFormat> format =
        only_ ? only_ : FormatOf(path, NamesIn(path.parent_path()));
    if (!format) {
      return absl::InvalidArgumentError(absl::StrCat(
          path.string(),
          ": no known format; expected schematic.npy, *.npy, *.schem, *.schematic, *.litematic, "
          "*.nbt, *.mcstructure, or *.json with *.metadata.json beside it"));
    }
    if (IsNew(path, "file")) Take(root, path, path.filename(), *format);
    return absl::OkStatus();
  }

  void AddFile(const Place& place, const Names& siblings) {
    std::error_code code;
    if (!fs::is_regular_file(place.path, code)) {
      return LeaveOut(place.path,
                      code ? absl::StrCat("cannot be read: ", code.message()) : kNeither);
    }
    if (IsMetadata(place.path, siblings)) return;
    const std::optional<HouseFormat> format = FormatOf(place.path, siblings);
    if (!format) return LeaveOut(place.path, kNoFormat);
    if (only_ && *format != *only_) return LeaveOut(place.path, "of another format than asked for");
    if (!IsNew(place.path, "file")) return;
    Take(place.root, place.path, place.path.lexically_relative(place.folder), *format);
  }

  void Take(size_t root, const fs::path& path, const fs::path& within, HouseFormat format) {
    files_.push_back(
        {root,
         {path.string(), "", format},
         {NameOf(path, within, format), within.string(), NameOf(path, format), path.string()}});
  }

  // Everything in a folder and below; links are kept for later.
  void AddFolder(const Place& top) {
    std::vector<Place> folders = {top};
    while (!folders.empty()) {
      const Place folder = std::move(folders.back());
      folders.pop_back();
      if (!IsNew(folder.path, "folder")) continue;
      std::vector<fs::directory_entry> entries;
      Names names;
      std::error_code code;
      for (fs::directory_iterator i(folder.path, code), end; !code && i != end; i.increment(code)) {
        entries.push_back(*i);
        names.insert(LowerName(i->path()));
      }
      if (code) LeaveOut(folder.path, absl::StrCat("cannot be read: ", code.message()));
      std::sort(entries.begin(), entries.end());
      for (const fs::directory_entry& entry : entries) {
        const Place place{folder.root, folder.folder, entry.path()};
        std::error_code ignored;
        if (entry.is_symlink(ignored)) {
          links_.push_back(place);
        } else if (entry.is_directory(ignored)) {
          folders.push_back(place);
        } else {
          AddFile(place, names);
        }
      }
    }
  }

  std::optional<HouseFormat> only_;
  std::vector<Candidate> files_;
  std::vector<LeftOut> left_out_;
  std::vector<Place> links_;
  std::map<std::pair<dev_t, ino_t>, std::string> first_path_;  // By what hard links share, too.
};

}  // namespace

absl::StatusOr<FoundFiles> FindHouseFiles(const std::vector<std::string>& paths,
                                          std::optional<HouseFormat> only) {
  Finder finder(only);
  for (size_t i = 0; i < paths.size(); ++i) {
    RETURN_IF_ERROR(finder.AddRoot(i, paths[i]));
  }
  finder.FollowLinks();
  return std::move(finder).Finish();
}

}  // namespace hod::env
