// Reads NBT, the binary format of Minecraft's files: one named compound of nested, typed values, as
// a rule in gzip. Numbers are big-endian in the Java edition, little-endian in Bedrock. The input
// is never trusted: it is checked as a whole before anything is read from it, with bounds on size
// and depth, and values are views into the bytes, so that no file makes the reader use much more
// memory than its contents have.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace hod::env {

inline constexpr size_t kMaxNbtBytes = size_t{64} << 20;  // Limits the file, and its contents.
inline constexpr int kMaxNbtDepth = 512;                  // The same as in Minecraft.

enum class NbtOrder { kBigEndian, kLittleEndian };

enum class NbtType : uint8_t {
  kEnd,
  kByte,
  kShort,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kByteArray,
  kString,
  kList,
  kCompound,
  kIntArray,
  kLongArray,
};

// A value in a document; valid as long as the document is, wherever that is moved.
class NbtValue {
 public:
  NbtType type() const { return type_; }

  // The field of the name in a compound. It is an error if there is none, or more than one; errors
  // name the file, offset and field.
  absl::StatusOr<NbtValue> Field(absl::string_view name) const;
  bool Has(absl::string_view name) const;
  // Calls `visit` for every field of a compound until it returns an error, which is passed on.
  absl::Status ForEachField(const std::function<absl::Status(absl::string_view name,
                                                             const NbtValue& value)>& visit) const;

  // Calls `visit` for every element of a list, in the same way.
  absl::Status ForEachElement(
      const std::function<absl::Status(const NbtValue& value)>& visit) const;

  // The value of a number of any integer type.
  absl::StatusOr<int64_t> Integer() const;
  absl::StatusOr<absl::string_view> Text() const;
  // The bytes of a byte array.
  absl::StatusOr<absl::string_view> Bytes() const;
  // The numbers of an array of longs.
  absl::StatusOr<std::vector<uint64_t>> Longs() const;
  // How many numbers an array of any type has; 0 for what is no array.
  size_t ArraySize() const;

  // "FILE: offset N of the contents: ...", for errors about this value; `within` adds to the
  // offset.
  template <typename... Parts>
  absl::Status Error(size_t within, const Parts&... what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(bytes_->path, ": offset ", offset_ + within, " of the contents: ", what...));
  }
  // Where the bytes of an array begin, for Error().
  static constexpr size_t kArrayHeader = 4;

 private:
  friend class NbtDocument;
  struct Bytes_ {
    std::string path, contents;
    NbtOrder order;
  };
  NbtValue(const Bytes_* bytes, NbtType type, size_t offset)
      : bytes_(bytes), type_(type), offset_(offset) {}

  const Bytes_* bytes_;
  NbtType type_;
  size_t offset_;  // Where the payload begins.
};

class NbtDocument {
 public:
  // Reads a file, in gzip or plain. Errors name the file and the offset, in the file where its
  // compression is at fault, else in what it contains.
  static absl::StatusOr<NbtDocument> Read(const std::string& path,
                                          NbtOrder order = NbtOrder::kBigEndian);

  NbtValue root() const { return NbtValue(bytes_.get(), NbtType::kCompound, root_); }

 private:
  std::unique_ptr<NbtValue::Bytes_> bytes_;
  size_t root_ = 0;
};

}  // namespace hod::env
