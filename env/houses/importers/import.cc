#include "env/houses/importers/import.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "env/base/files.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/game/game.h"
#include "env/houses/files/npy.h"
#include "env/houses/importers/craftassist.h"
#include "env/houses/importers/grabcraft.h"
#include "env/houses/importers/litematic.h"
#include "env/houses/importers/mcstructure.h"
#include "env/houses/importers/schematic.h"
#include "env/houses/importers/structure.h"
#include "env/houses/statistics/statistics.h"

namespace hod::env {
namespace {

namespace fs = std::filesystem;

// The split that the folders of a path name; nothing if none does.
std::optional<HouseSplit> SplitOfFolders(const fs::path& path) {
  std::optional<HouseSplit> split;
  for (const fs::path& part : path.parent_path()) {
    const std::string name = absl::AsciiStrToLower(part.string());
    if (name == SplitName(HouseSplit::kTrain)) split = HouseSplit::kTrain;
    if (name == SplitName(HouseSplit::kTest)) split = HouseSplit::kTest;
  }
  return split;
}

HouseSplit SplitOf(const HouseFile& file, uint64_t hash, const SplitRule& rule) {
  if (rule.train + rule.test > 0) {
    return hash % static_cast<uint64_t>(rule.train + rule.test) < static_cast<uint64_t>(rule.train)
               ? HouseSplit::kTrain
               : HouseSplit::kTest;
  }
  std::error_code code;
  std::optional<HouseSplit> split =
      SplitOfFolders(fs::absolute(file.path, code).lexically_normal());
  if (!split) split = SplitOfFolders(fs::canonical(file.path, code));
  return split.value_or(HouseSplit::kTrain);
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
  HouseSplit split;
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
  const absl::StatusOr<std::string> bytes = ReadFile(file.path);
  if (!bytes.ok()) {
    Reject(bytes.status(), "unreadable", outcome);
    return outcome;
  }
  // The name would not do for chance: it depends on how the path was given.
  const uint64_t hash = XXH64(bytes->data(), bytes->size(), options.seed);
  Rng rng(hash);
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
  outcome.split = SplitOf(file, hash, options.split);
  outcome.goal = GoalFromHouse(GameFor(options.size), placed.size, placed.blocks);
  return outcome;
}

nlohmann::json Report(const FoundFiles& found, const std::vector<Outcome>& outcomes,
                      const ImportResult& result, const ImportOptions& options) {
  std::vector<std::vector<Block>> goals;
  for (const Outcome& outcome : outcomes) {
    if (outcome.house) goals.push_back(outcome.goal);
  }
  nlohmann::json report = {{"files", outcomes.size()},
                           {"imported", result.set.houses.size()},
                           {"seed", options.seed},
                           {"rejected", nlohmann::json::array()},
                           {"rejected_by", nlohmann::json::object()},
                           {"left_out", nlohmann::json::array()},
                           {"statistics", nlohmann::json::object()}};
  std::map<std::string, int> causes;
  for (const Rejection& rejection : result.rejected) {
    report["rejected"].push_back({{"file", rejection.file}, {"reason", rejection.reason}});
    ++causes[rejection.cause];
  }
  for (const auto& [cause, count] : causes) report["rejected_by"][cause] = count;
  for (const LeftOut& left_out : found.left_out) {
    report["left_out"].push_back({{"file", left_out.path}, {"reason", left_out.reason}});
  }
  if (goals.empty()) return report;
  for (const Figure& figure : Summarize(GameFor(options.size).size, goals)) {
    report["statistics"][figure.name] = {
        {"mean", figure.mean}, {"min", figure.min}, {"max", figure.max}};
  }
  return report;
}

}  // namespace

absl::StatusOr<House> ReadStructure(const HouseFile& file) {
  switch (file.format) {
    case HouseFormat::kCraftAssist:
      return ReadCraftAssist(file.path);
    case HouseFormat::kGrabCraft:
      return ReadGrabCraft(file.path);
    case HouseFormat::kSchematic:
      return ReadSchematic(file.path);
    case HouseFormat::kLitematic:
      return ReadLitematic(file.path);
    case HouseFormat::kStructure:
      return ReadStructureBlock(file.path);
    case HouseFormat::kMcstructure:
      return ReadMcstructure(file.path);
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

absl::StatusOr<ImportResult> ImportHouses(const FoundFiles& found, const ImportOptions& options,
                                          const std::function<bool(int)>& progress) {
  const std::vector<HouseFile>& files = found.files;
  RETURN_IF_ERROR(CheckThreads(options.threads));
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
      result.set.houses.push_back({files[i].name, outcome.split, *outcome.house});
    } else {
      result.rejected.push_back({files[i].path, outcome.reason, outcome.cause});
    }
  }
  result.set.import = Report(found, outcomes, result, options);
  return result;
}

}  // namespace hod::env
