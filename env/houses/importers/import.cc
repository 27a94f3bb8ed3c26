#include "env/houses/importers/import.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "env/base/status.h"
#include "env/game/game.h"
#include "env/houses/files/npy.h"
#include "env/houses/importers/craftassist.h"
#include "env/houses/importers/grabcraft.h"
#include "env/houses/importers/schematic.h"
#include "env/houses/statistics/statistics.h"

namespace hod::env {
namespace {

namespace fs = std::filesystem;

constexpr char kMetadataEnding[] = ".metadata.json";

std::optional<HouseFormat> FormatOf(const fs::path& path) {
  const std::string name = path.filename().string(), extension = path.extension().string();
  if (name == "schematic.npy") return HouseFormat::kCraftAssist;
  if (extension == ".npy") return HouseFormat::kNpy;
  if (extension == ".schem" || extension == ".schematic") return HouseFormat::kSchematic;
  std::error_code ignored;
  if (extension == ".json" && !absl::EndsWith(name, kMetadataEnding) &&
      fs::exists(fs::path(path).replace_extension(kMetadataEnding), ignored)) {
    return HouseFormat::kGrabCraft;
  }
  return std::nullopt;
}

// "houses/train/ID/schematic.npy" is the house "houses/train/ID", "a/b.schem" is "a/b".
std::string NameOf(const fs::path& path, HouseFormat format) {
  if (format == HouseFormat::kCraftAssist && path.has_parent_path()) {
    return path.parent_path().string();
  }
  return fs::path(path).replace_extension().string();
}

absl::Status AddFolder(const std::string& folder, std::optional<HouseFormat> only,
                       std::vector<HouseFile>& files) {
  const size_t before = files.size();
  std::error_code code;
  fs::recursive_directory_iterator entries(folder, code);
  for (; !code && entries != fs::recursive_directory_iterator(); entries.increment(code)) {
    const fs::path& path = entries->path();
    const std::optional<HouseFormat> format = FormatOf(path);
    std::error_code ignored;
    if (!format || (only && *format != *only) || !entries->is_regular_file(ignored)) continue;
    files.push_back({path.string(), NameOf(path.lexically_relative(folder), *format), *format});
  }
  if (code) {
    return absl::NotFoundError(
        absl::StrCat(folder, ": cannot read the directory: ", code.message()));
  }
  std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end(),
            [](const HouseFile& a, const HouseFile& b) { return a.path < b.path; });
  return absl::OkStatus();
}

HouseSplit SplitOf(const HouseFile& file, const ImportOptions& options) {
  const SplitRule& rule = options.split;
  if (rule.train + rule.test > 0) {
    const uint64_t hash = XXH64(file.name.data(), file.name.size(), options.seed);
    return hash % static_cast<uint64_t>(rule.train + rule.test) < static_cast<uint64_t>(rule.train)
               ? HouseSplit::kTrain
               : HouseSplit::kTest;
  }
  // The innermost folder of either name decides.
  HouseSplit split = HouseSplit::kTrain;
  for (const fs::path& part : fs::path(file.path).parent_path()) {
    if (part == "train") split = HouseSplit::kTrain;
    if (part == "test") split = HouseSplit::kTest;
  }
  return split;
}

// A game whose houses are at most `size`.
GameConfig GameFor(const WorldSize& size) {
  GameConfig config;
  config.size = {size.w + 2, size.h + 2, size.d + 2};
  return config;
}

// What became of one file.
struct Outcome {
  std::optional<House> house;
  std::vector<Block> goal;  // A goal with the house in some place, for statistics.
  std::string reason, cause;
};

void Reject(const absl::Status& status, std::string cause, Outcome& outcome) {
  outcome.reason = std::string(status.message());
  outcome.cause = std::move(cause);
}

Outcome ImportOne(const HouseFile& file, const ImportOptions& options) {
  Outcome outcome;
  absl::StatusOr<House> structure = ReadStructure(file);
  if (!structure.ok()) {
    Reject(structure.status(),
           absl::IsFailedPrecondition(structure.status()) ? "unknown block" : "unreadable",
           outcome);
    return outcome;
  }
  Rng rng(XXH64(file.name.data(), file.name.size(), options.seed));
  House house = *std::move(structure);
  absl::Status status = options.pipeline.Run(Pipeline::Part::kImport, options.size, house, rng);
  House placed = house;
  if (status.ok()) {
    status = options.pipeline.Run(Pipeline::Part::kPlacement, options.size, placed, rng);
  }
  if (!status.ok()) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(status.message(), absl::MaxSplits(": ", 1));
    Reject(status, parts.first, outcome);
    return outcome;
  }
  outcome.house = std::move(house);
  outcome.goal = GoalFromHouse(GameFor(options.size), placed.size, placed.blocks);
  return outcome;
}

nlohmann::json Report(const std::vector<Outcome>& outcomes, const ImportResult& result,
                      const ImportOptions& options) {
  std::vector<std::vector<Block>> goals;
  for (const Outcome& outcome : outcomes) {
    if (outcome.house) goals.push_back(outcome.goal);
  }
  nlohmann::json report = {{"files", outcomes.size()},
                           {"imported", result.set.houses.size()},
                           {"seed", options.seed},
                           {"rejected", nlohmann::json::array()},
                           {"rejected_by", nlohmann::json::object()},
                           {"statistics", nlohmann::json::object()}};
  std::map<std::string, int> causes;
  for (const Rejection& rejection : result.rejected) {
    report["rejected"].push_back({{"file", rejection.file}, {"reason", rejection.reason}});
    ++causes[rejection.cause];
  }
  for (const auto& [cause, count] : causes) report["rejected_by"][cause] = count;
  if (goals.empty()) return report;
  for (const Figure& figure : Summarize(GameFor(options.size).size, goals)) {
    report["statistics"][figure.name] = {
        {"mean", figure.mean}, {"min", figure.min}, {"max", figure.max}};
  }
  return report;
}

}  // namespace

absl::StatusOr<std::vector<HouseFile>> FindHouseFiles(const std::vector<std::string>& paths,
                                                      std::optional<HouseFormat> only) {
  std::vector<HouseFile> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
      const std::optional<HouseFormat> format = only ? only : FormatOf(path);
      if (!format) {
        return absl::InvalidArgumentError(absl::StrCat(
            path,
            ": no known format; expected schematic.npy, *.npy, *.schem, *.schematic, or "
            "*.json with *.metadata.json beside it"));
      }
      files.push_back({path, NameOf(fs::path(path).filename(), *format), *format});
    } else if (absl::Status status = AddFolder(path, only, files); !status.ok()) {
      return status;
    }
  }
  return files;
}

absl::StatusOr<House> ReadStructure(const HouseFile& file) {
  switch (file.format) {
    case HouseFormat::kCraftAssist:
      return ReadCraftAssist(file.path);
    case HouseFormat::kGrabCraft:
      return ReadGrabCraft(file.path);
    case HouseFormat::kSchematic:
      return ReadSchematic(file.path);
    case HouseFormat::kNpy:
      break;
  }
  absl::StatusOr<House> house = ReadNpy(file.path, kMaxStructureExtent);
  RETURN_IF_ERROR(house.status());
  const auto bedrock = std::find(house->blocks.begin(), house->blocks.end(), kBedrock);
  if (bedrock == house->blocks.end()) return house;
  const Cell c = house->size.At(static_cast<int>(bedrock - house->blocks.begin()));
  return absl::InvalidArgumentError(absl::StrCat(file.path, ": bedrock at (", c.x, ", ", c.y, ", ",
                                                 c.z, "), which no house can have"));
}

absl::StatusOr<ImportResult> ImportHouses(const std::vector<HouseFile>& files,
                                          const ImportOptions& options,
                                          const std::function<bool(int)>& progress) {
  std::vector<Outcome> outcomes(files.size());
  std::atomic<bool> cancelled{false};
  std::mutex mutex;
  int done = 0;
  tbb::task_arena(options.threads).execute([&] {
    tbb::parallel_for(size_t{0}, files.size(), [&](size_t i) {
      if (cancelled) return;
      outcomes[i] = ImportOne(files[i], options);
      const std::lock_guard<std::mutex> lock(mutex);
      if (!progress(++done)) cancelled = true;
    });
  });
  if (cancelled) return absl::CancelledError("import interrupted; nothing was written");
  ImportResult result;
  result.set.name = options.name;
  result.set.source = options.source;
  result.set.license = options.license;
  result.set.size = options.size;
  result.set.pipeline = options.pipeline;
  for (size_t i = 0; i < files.size(); ++i) {
    Outcome& outcome = outcomes[i];
    if (outcome.house) {
      result.set.houses.push_back({files[i].name, SplitOf(files[i], options), *outcome.house});
    } else {
      result.rejected.push_back({files[i].path, outcome.reason, outcome.cause});
    }
  }
  result.set.import = Report(outcomes, result, options);
  return result;
}

}  // namespace hod::env
