#include "env/houses/files/house_set.h"

#include <unistd.h>
#include <xxhash.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"
#include "env/base/zstd.h"
#include "env/game/config.h"
#include "env/houses/transforms/transforms.h"

namespace hod::env {
namespace {

using nlohmann::json;

constexpr char kFormat[] = "hod house set";
constexpr int kVersion = 1;
constexpr size_t kMaxSetFileBytes = size_t{256} << 20;
constexpr uint64_t kMaxCells = uint64_t{1} << 30;
constexpr int kCompressionLevel = 12;

std::string Checksum(const std::string& bytes) {
  return absl::StrFormat("%016x", XXH64(bytes.data(), bytes.size(), 0));
}

json ToJson(const WorldSize& size) { return {size.w, size.h, size.d}; }

// Three extents from 1 to those of `max`.
void ReadSize(JsonObjectReader& reader, const WorldSize& max, WorldSize& out) {
  const json* value = reader.Find("size");
  if (value == nullptr) return;
  const auto in = [](const json& extent, int limit) {
    return extent.is_number_unsigned() && extent.get<uint64_t>() >= 1 &&
           extent.get<uint64_t>() <= static_cast<uint64_t>(limit);
  };
  if (value->is_array() && value->size() == 3 && in((*value)[0], max.w) && in((*value)[1], max.h) &&
      in((*value)[2], max.d)) {
    out = {(*value)[0].get<int>(), (*value)[1].get<int>(), (*value)[2].get<int>()};
  } else {
    reader.Fail(reader.Path("size"),
                absl::StrCat("three extents from 1 to at most ", max.w, ", ", max.h, ", ", max.d));
  }
}

void ReadMember(JsonObjectReader& reader, const WorldSize& max, HouseSet::Member& member) {
  std::string split;
  reader.Read("name", member.name);
  reader.Read("split", split);
  if (split == SplitName(HouseSplit::kTest)) {
    member.split = HouseSplit::kTest;
  } else if (split == SplitName(HouseSplit::kTrain)) {
    member.split = HouseSplit::kTrain;
  } else {
    reader.Fail(reader.Path("split"), "\"train\" or \"test\"");
  }
  ReadSize(reader, max, member.house.size);
}

// Everything but the blocks.
absl::StatusOr<HouseSet> ParseManifest(const json& manifest) {
  HouseSet set;
  std::vector<std::string> transforms;
  JsonObjectReader reader(manifest, "");
  reader.Expect("format", kFormat);
  reader.Expect("version", kVersion);
  reader.Read("name", set.name);
  reader.Read("source", set.source);
  reader.Read("license", set.license);
  ReadSize(reader, {kMaxWorldExtent, kMaxWorldExtent, kMaxWorldExtent}, set.size);
  reader.Read("transforms", transforms);
  absl::StatusOr<Pipeline> pipeline = Pipeline::Parse(transforms);
  if (!pipeline.ok()) reader.Fail(Annotate(pipeline.status(), "transforms"));
  reader.Find("houses_xxh64");
  if (const json* import = reader.Find("import")) set.import = *import;
  reader.ReadObjects("houses", [&](JsonObjectReader& fields) {
    ReadMember(fields, set.size, set.houses.emplace_back());
  });
  if (reader.ok() && set.houses.empty()) reader.Fail("houses", "an array, not empty");
  RETURN_IF_ERROR(reader.Finish());
  set.pipeline = *std::move(pipeline);
  return set;
}

absl::Status ReadBlocks(const std::string& path, const std::string& frame, HouseSet& set) {
  const auto error = [&](auto... what) {
    return absl::DataLossError(absl::StrCat(path, ": ", what...));
  };
  uint64_t cells = 0;
  for (const HouseSet::Member& member : set.houses) cells += member.house.size.Volume();
  absl::StatusOr<std::string> bytes = absl::DataLossError("too many cells");
  if (cells <= kMaxCells) bytes = ZstdDecompress(frame, cells);
  if (!bytes.ok() || bytes->size() != cells) {
    return error("is not a zstd frame of the ", cells, " cells in the manifest");
  }
  auto next = bytes->begin();
  for (HouseSet::Member& member : set.houses) {
    const auto end = next + member.house.size.Volume();
    member.house.blocks.assign(next, end);
    for (; next != end; ++next) {
      const int block = static_cast<uint8_t>(*next);
      if (block >= kNumBlocks || block == kBedrock) {
        return error("cell ", next - bytes->begin(), ": block id ", block, ", expected 0 or ",
                     int{kFirstPlaceable}, " to ", kNumBlocks - 1);
      }
    }
    if (IsAllAir(member.house)) return error("house \"", member.name, "\" is only air");
  }
  return absl::OkStatus();
}

}  // namespace

std::string SplitName(HouseSplit split) { return split == HouseSplit::kTrain ? "train" : "test"; }

absl::StatusOr<HouseSetFiles> SerializeHouseSet(const HouseSet& set) {
  std::string blocks;
  json houses = json::array();
  for (const HouseSet::Member& member : set.houses) {
    blocks.append(member.house.blocks.begin(), member.house.blocks.end());
    houses.push_back({{"name", member.name},
                      {"split", SplitName(member.split)},
                      {"size", ToJson(member.house.size)}});
  }
  HouseSetFiles files;
  ASSIGN_OR_RETURN(files.houses, ZstdCompress(blocks, kCompressionLevel));
  nlohmann::ordered_json manifest;
  manifest["format"] = kFormat;
  manifest["version"] = kVersion;
  manifest["name"] = set.name;
  manifest["source"] = set.source;
  manifest["license"] = set.license;
  manifest["size"] = ToJson(set.size);
  manifest["transforms"] = set.pipeline.ToStrings();
  manifest["houses_xxh64"] = Checksum(files.houses);
  manifest["import"] = set.import;
  manifest["houses"] = houses;
  files.manifest = DumpJson(manifest, 1) + "\n";
  return files;
}

absl::Status WriteHouseSet(const std::string& directory, const HouseSet& set) {
  const std::string manifest_path = absl::StrCat(directory, "/", kManifestFile),
                    houses_path = absl::StrCat(directory, "/", kHousesFile);
  ASSIGN_OR_RETURN(const HouseSetFiles files, SerializeHouseSet(set));
  RETURN_IF_ERROR(MakeDirectories(directory));
  absl::Status status = WriteFileAtomically(houses_path, files.houses);
  if (status.ok()) status = WriteFileAtomically(manifest_path, files.manifest);
  if (status.ok()) return status;
  // Houses without a manifest are of no use, and they would take up room on a disk that is full. A
  // manifest is there if only its folder could not be synced.
  unlink(manifest_path.c_str());
  unlink(houses_path.c_str());
  return status;
}

absl::StatusOr<HouseSet> ReadHouseSet(const std::string& directory) {
  const std::string manifest_path = absl::StrCat(directory, "/", kManifestFile),
                    houses_path = absl::StrCat(directory, "/", kHousesFile);
  ASSIGN_OR_RETURN(const json manifest, ReadJsonFile(manifest_path, kMaxSetFileBytes));
  absl::StatusOr<HouseSet> parsed = ParseManifest(manifest);
  RETURN_IF_ERROR(Annotate(parsed.status(), manifest_path));
  HouseSet set = *std::move(parsed);
  ASSIGN_OR_RETURN(const std::string houses, ReadFile(houses_path, kMaxSetFileBytes));
  if (manifest.value("houses_xxh64", json()) != Checksum(houses)) {
    return absl::DataLossError(absl::StrCat(houses_path, ": differs from houses_xxh64 of ",
                                            manifest_path, ", which is ", Checksum(houses)));
  }
  RETURN_IF_ERROR(ReadBlocks(houses_path, houses, set));
  return set;
}

}  // namespace hod::env
