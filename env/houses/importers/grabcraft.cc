#include "env/houses/importers/grabcraft.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "env/base/files.h"
#include "env/base/status.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

using nlohmann::json;

// Coordinates are keys; bounded so that their differences are.
constexpr int kMaxCoordinate = 1 << 20;
// Enough for all blocks of the largest structures that can become houses.
constexpr size_t kMaxBlocks = 1 << 20;
// Real files have up to some MB. The parser holds a string of the file several times.
constexpr size_t kMaxGrabCraftBytes = size_t{32} << 20;
constexpr int kBlockDepth = 4;  // Depth of the object of one block.
constexpr int kMaxDepth = 8;    // Limits anything within it.

struct NamedCell {
  Cell cell;
  Block block;
};

// Collects the blocks while the file is being parsed, so that no tree of it is ever in memory.
class Handler : public nlohmann::json_sax<json> {
 public:
  const absl::Status& status() const { return status_; }
  const std::vector<NamedCell>& cells() const { return cells_; }

  bool null() override { return Other(); }
  bool boolean(bool) override { return Other(); }
  bool number_integer(number_integer_t) override { return Other(); }
  bool number_unsigned(number_unsigned_t) override { return Other(); }
  bool number_float(number_float_t, const string_t&) override { return Other(); }
  bool binary(binary_t&) override { return Other(); }
  bool string(string_t& text) override {
    if (!(depth_ == kBlockDepth && key_ == "name")) return Other();
    if (name_) return Fail(absl::StrCat(Where(), ": a block with two names"));
    name_ = text;
    return true;
  }
  bool start_object(size_t) override {
    if (depth_ == kBlockDepth - 1) name_.reset();
    return Enter();
  }
  bool key(string_t& key) override {
    key_ = key;
    if (depth_ > kBlockDepth - 1) return true;
    int& coordinate = keys_[depth_ - 1];
    if (absl::SimpleAtoi(key, &coordinate) && std::abs(coordinate) <= kMaxCoordinate) return true;
    return Fail(absl::StrCat("key \"", key, "\", expected a coordinate"));
  }
  bool end_object() override {
    --depth_;
    return depth_ != kBlockDepth - 1 || AddBlock();
  }
  bool start_array(size_t) override { return depth_ < kBlockDepth ? Other() : Enter(); }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    return Fail(absl::StrCat("offset ", position, ": not valid JSON, or truncated"));
  }

 private:
  bool Fail(const std::string& what) {
    if (status_.ok()) status_ = absl::InvalidArgumentError(what);
    return false;
  }
  bool Other() {
    if (depth_ >= kBlockDepth) return true;
    return Fail(absl::StrCat(Where(), ": expected an object at depth ", depth_ + 1, " of ",
                             "{y: {x: {z: block}}}"));
  }
  bool Enter() { return ++depth_ <= kMaxDepth || Fail(absl::StrCat(Where(), ": nested too deep")); }
  std::string Where() const {
    return absl::StrCat("y ", keys_[0], ", x ", keys_[1], ", z ", keys_[2]);
  }
  bool AddBlock() {
    if (!name_) return Fail(absl::StrCat(Where(), ": a block without a \"name\""));
    if (cells_.size() == kMaxBlocks) {
      return Fail(absl::StrCat(Where(), ": more than ", kMaxBlocks, " blocks"));
    }
    if (absl::StartsWith(*name_, "Brown Mushroom Block")) {
      status_ = absl::FailedPreconditionError(
          absl::StrCat(Where(), ": block ", *name_, ": no type of the game stands for it"));
      return false;
    }
    cells_.push_back(
        {{keys_[1], keys_[0], keys_[2]}, BlockFromGrabCraftName(*name_).value_or(kAuto)});
    return true;
  }

  absl::Status status_;
  std::vector<NamedCell> cells_;
  int depth_ = 0;
  std::array<int, 3> keys_{};  // y, x, z
  std::string key_;
  std::optional<std::string> name_;  // Name of the block being read.
};

absl::StatusOr<House> Assemble(const std::vector<NamedCell>& cells) {
  if (cells.empty()) return absl::InvalidArgumentError("no blocks");
  Cell low = cells[0].cell, high = low;
  for (const NamedCell& named : cells) {
    const Cell& c = named.cell;
    low = {std::min(low.x, c.x), std::min(low.y, c.y), std::min(low.z, c.z)};
    high = {std::max(high.x, c.x), std::max(high.y, c.y), std::max(high.z, c.z)};
  }
  const WorldSize size{high.x - low.x + 1, high.y - low.y + 1, high.z - low.z + 1};
  if (std::max({size.w, size.h, size.d}) > kMaxStructureExtent ||
      size.Volume() > kMaxStructureCells) {
    return absl::InvalidArgumentError(absl::StrCat("extents ", size.w, "x", size.h, "x", size.d,
                                                   ", expected at most ", kMaxStructureExtent,
                                                   " each and ", kMaxStructureCells, " cells"));
  }
  House house = AirHouse(size);
  std::vector<bool> seen(house.blocks.size());
  for (const auto& [cell, block] : cells) {
    const int i = size.Index({cell.x - low.x, cell.y - low.y, cell.z - low.z});
    if (seen[i]) {
      return absl::InvalidArgumentError(
          absl::StrCat("y ", cell.y, ", x ", cell.x, ", z ", cell.z, ": two blocks there"));
    }
    seen[i] = true;
    house.blocks[i] = block;
  }
  return house;
}

}  // namespace

absl::StatusOr<House> ReadGrabCraft(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string file, ReadFile(path, kMaxGrabCraftBytes));
  Handler handler;
  if (!json::sax_parse(file, &handler)) return Annotate(handler.status(), path);
  absl::StatusOr<House> house = Assemble(handler.cells());
  RETURN_IF_ERROR(Annotate(house.status(), path));
  FillAuto(*house);
  return house;
}

}  // namespace hod::env
