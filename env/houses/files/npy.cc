#include "env/houses/files/npy.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::env {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;
constexpr size_t kMaxHeaderSize = 4096;
constexpr size_t kMaxArrayBytes = 2 * size_t{kMaxStructureCells};
constexpr size_t kMaxNpyBytes = kMagicSize + 2 + 4 + kMaxHeaderSize + kMaxArrayBytes;

// A reader of the header's Python dictionary, e.g.
// {'descr': '|u1', 'fortran_order': False, 'shape': (11, 10, 10), }
class HeaderReader {
 public:
  // `offset` is that of `text` in the file, for messages.
  HeaderReader(const std::string& path, absl::string_view text, size_t offset, int rank,
               int max_extent)
      : path_(path), text_(text), offset_(offset), rank_(rank), max_extent_(max_extent) {}

  // The shape.
  absl::StatusOr<std::vector<int>> Read() {
    std::vector<int> shape;
    bool has_descr = false, has_order = false, has_shape = false;
    if (!Accept("{")) return Error("expected '{'");
    while (!Accept("}")) {
      if (Accept("'descr':")) {
        if (has_descr || !Accept("'|u1'")) return Error("expected one 'descr' of '|u1' (uint8)");
        has_descr = true;
      } else if (Accept("'fortran_order':")) {
        if (has_order || !Accept("False")) return Error("expected one 'fortran_order' of False");
        has_order = true;
      } else if (Accept("'shape':")) {
        if (has_shape || !ReadShape(shape)) {
          return Error(
              absl::StrCat("expected one 'shape' of ", rank_, " extents from 1 to ", max_extent_));
        }
        has_shape = true;
      } else {
        return Error("expected 'descr', 'fortran_order' or 'shape'");
      }
      if (!Accept(",")) {
        if (!Accept("}")) return Error("expected ',' or '}'");
        break;
      }
    }
    SkipSpace();
    if (position_ != text_.size()) return Error("expected only blanks after the dictionary");
    for (const auto& [has, key] :
         {std::pair{has_descr, "descr"}, {has_order, "fortran_order"}, {has_shape, "shape"}}) {
      if (!has) return Error(absl::StrCat("the header lacks '", key, "'"));
    }
    return shape;
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": offset ", offset_ + position_, ": ", what));
  }
  void SkipSpace() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) {
      ++position_;
    }
  }
  bool Accept(absl::string_view token) {
    SkipSpace();
    if (text_.substr(position_, token.size()) != token) return false;
    position_ += token.size();
    return true;
  }
  bool ReadExtent(int& extent) {
    SkipSpace();
    const size_t begin = position_;
    while (position_ < text_.size() && absl::ascii_isdigit(text_[position_])) ++position_;
    return absl::SimpleAtoi(text_.substr(begin, position_ - begin), &extent) && extent >= 1 &&
           extent <= max_extent_;
  }
  bool ReadShape(std::vector<int>& shape) {
    if (!Accept("(")) return false;
    for (int i = 0; i < rank_; ++i) {
      int extent = 0;
      if ((i > 0 && !Accept(",")) || !ReadExtent(extent)) return false;
      shape.push_back(extent);
    }
    Accept(",");
    return Accept(")");
  }

  const std::string& path_;
  const absl::string_view text_;
  const size_t offset_;
  const int rank_, max_extent_;
  size_t position_ = 0;
};

}  // namespace

absl::StatusOr<NpyArray> ReadNpyArray(const std::string& path, int rank, int max_extent) {
  ASSIGN_OR_RETURN(const std::string file, ReadFile(path, kMaxNpyBytes));
  const absl::string_view bytes = file;
  const auto error = [&](size_t offset, auto... what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": offset ", offset, ": ", what...));
  };

  size_t offset = kMagicSize + 2;
  if (bytes.size() < offset || bytes.substr(0, kMagicSize) != kMagic) {
    return error(0, "not a .npy file: expected \"\\x93NUMPY\" and a version");
  }
  const int major = bytes[kMagicSize], minor = bytes[kMagicSize + 1];
  if ((major != 1 && major != 2) || minor != 0) {
    return error(kMagicSize, "format version ", major, ".", minor, ", expected 1.0 or 2.0");
  }
  const absl::string_view length = bytes.substr(offset, major == 1 ? 2 : 4);
  if (length.size() < (major == 1 ? 2 : 4))
    return error(offset, "truncated in the header's length");
  size_t header_size = 0;
  for (size_t i = 0; i < length.size(); ++i) {
    header_size |= static_cast<size_t>(static_cast<uint8_t>(length[i])) << (8 * i);
  }
  if (header_size > kMaxHeaderSize) {
    return error(offset, "a header of ", header_size, " bytes, expected at most ", kMaxHeaderSize);
  }
  offset += length.size();
  const absl::string_view header = bytes.substr(offset, header_size);
  if (header.size() < header_size) {
    return error(offset, "truncated in the header of ", header_size, " bytes");
  }
  ASSIGN_OR_RETURN(std::vector<int> shape,
                   HeaderReader(path, header, offset, rank, max_extent).Read());
  size_t volume = 1;
  for (const int extent : shape) {
    volume *= static_cast<size_t>(extent);
    if (volume > kMaxArrayBytes) {
      return error(offset, "an array of more than ", kMaxArrayBytes, " bytes, expected less");
    }
  }
  offset += header_size;
  const absl::string_view data = bytes.substr(offset);
  if (data.size() < volume) {
    return error(offset, "truncated: expected ", volume, " bytes of data, found ", data.size());
  }
  if (data.size() > volume) return error(offset + volume, "expected the end of the file");
  return NpyArray{std::move(shape), std::string(data), offset};
}

absl::StatusOr<House> ReadNpy(const std::string& path, int max_extent) {
  ASSIGN_OR_RETURN(NpyArray array, ReadNpyArray(path, 3, max_extent));
  const auto error = [&](size_t i, auto... what) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": offset ", array.data_offset + i, ": ", what...));
  };
  if (array.bytes.size() > kMaxStructureCells) {
    return error(0, array.bytes.size(), " cells, expected at most ", kMaxStructureCells);
  }
  for (size_t i = 0; i < array.bytes.size(); ++i) {
    const int block = static_cast<uint8_t>(array.bytes[i]);
    if (block >= kNumBlocks) {
      return error(i, "block id ", block, ", expected 0 to ", kNumBlocks - 1);
    }
  }
  return House{{array.shape[0], array.shape[1], array.shape[2]},
               std::vector<Block>(array.bytes.begin(), array.bytes.end())};
}

}  // namespace hod::env
