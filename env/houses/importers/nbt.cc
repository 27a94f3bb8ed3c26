#include "env/houses/importers/nbt.h"

#include <utility>

#include "env/base/files.h"
#include "env/base/gzip.h"
#include "env/base/status.h"

namespace hod::env {
namespace {

// Reads a number of `size` bytes. Whoever calls it knows that they are there.
uint64_t Number(absl::string_view bytes, NbtOrder order, size_t offset, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    const size_t at = order == NbtOrder::kBigEndian ? i : size - 1 - i;
    value = value << 8 | static_cast<uint8_t>(bytes[offset + at]);
  }
  return value;
}

// The size of a number; 0 for other types.
size_t NumberSize(NbtType type) {
  switch (type) {
    case NbtType::kByte:
      return 1;
    case NbtType::kShort:
      return 2;
    case NbtType::kInt:
    case NbtType::kFloat:
      return 4;
    case NbtType::kLong:
    case NbtType::kDouble:
      return 8;
    default:
      return 0;
  }
}

// The size of an element of an array; 0 for other types.
size_t ElementSize(NbtType type) {
  switch (type) {
    case NbtType::kByteArray:
      return 1;
    case NbtType::kIntArray:
      return 4;
    case NbtType::kLongArray:
      return 8;
    default:
      return 0;
  }
}

// Goes over a value without keeping anything of it.
class Walker {
 public:
  Walker(absl::string_view bytes, NbtOrder order) : bytes_(bytes), order_(order) {}

  bool ok() const { return error_.empty(); }
  size_t error_offset() const { return error_offset_; }
  const std::string& error() const { return error_; }

  NbtType Type(size_t& offset) {
    if (!Need(offset, 1, "a type")) return NbtType::kEnd;
    const auto type = static_cast<uint8_t>(bytes_[offset]);
    if (type > static_cast<uint8_t>(NbtType::kLongArray)) {
      Fail(offset, absl::StrCat("type ", type, ", expected 0 to 12"));
      return NbtType::kEnd;
    }
    ++offset;
    return static_cast<NbtType>(type);
  }

  absl::string_view Name(size_t& offset) {
    const size_t begin = offset + 2;
    Skip(NbtType::kString, offset, 0);
    return ok() ? bytes_.substr(begin, offset - begin) : absl::string_view();
  }

  struct ListHeader {
    NbtType type;
    size_t count;
  };
  // What precedes the elements of a list.
  ListHeader List(size_t& offset) {
    const NbtType type = Type(offset);
    const size_t begin = offset;
    const size_t count = Count(offset, 1, "a list");
    if (ok() && type == NbtType::kEnd && count > 0) Fail(begin, "a list of values of no type");
    return {type, count};
  }

  // Moves `offset` behind the payload of a value.
  void Skip(NbtType type, size_t& offset, int depth) {
    if (!ok()) return;
    if (const size_t size = NumberSize(type); size > 0) {
      if (Need(offset, size, "a number")) offset += size;
    } else if (const size_t element = ElementSize(type); element > 0) {
      const size_t count = Count(offset, element, "an array");
      offset += ok() ? count * element : 0;
    } else if (type == NbtType::kString) {
      if (!Need(offset, 2, "the length of a string")) return;
      const size_t length = Number(bytes_, order_, offset, 2);
      if (Need(offset + 2, length, "a string")) offset += 2 + length;
    } else if (depth >= kMaxNbtDepth) {
      Fail(offset, absl::StrCat("nested more than ", kMaxNbtDepth, " deep"));
    } else if (type == NbtType::kList) {
      SkipList(offset, depth);
    } else if (type == NbtType::kCompound) {
      SkipCompound(offset, depth);
    } else {
      Fail(offset, "a value of no type");
    }
  }

 private:
  void Fail(size_t offset, std::string what) {
    if (!ok()) return;
    error_offset_ = offset;
    error_ = std::move(what);
  }
  bool Need(size_t offset, size_t count, const char* what) {
    if (ok() && count > bytes_.size() - offset) {
      Fail(offset, absl::StrCat("truncated: ", what, " of ", count, " bytes, but ",
                                bytes_.size() - offset, " are left"));
    }
    return ok();
  }
  // The number of elements of at least `min_size` bytes that follow, no more than there is room
  // for.
  size_t Count(size_t& offset, size_t min_size, const char* what) {
    if (!Need(offset, 4, "a length")) return 0;
    const auto count = static_cast<int32_t>(Number(bytes_, order_, offset, 4));
    const size_t left = bytes_.size() - offset - 4;
    if (count < 0 || static_cast<size_t>(count) > left / min_size) {
      Fail(offset, absl::StrCat(what, " of ", count, " elements, but ", left, " bytes are left"));
      return 0;
    }
    offset += 4;
    return static_cast<size_t>(count);
  }
  void SkipList(size_t& offset, int depth) {
    const ListHeader list = List(offset);
    for (size_t i = 0; i < list.count && ok(); ++i) Skip(list.type, offset, depth + 1);
  }
  void SkipCompound(size_t& offset, int depth) {
    for (;;) {
      const NbtType type = Type(offset);
      if (!ok() || type == NbtType::kEnd) return;
      Name(offset);
      Skip(type, offset, depth + 1);
    }
  }

  absl::string_view bytes_;
  NbtOrder order_;
  size_t error_offset_ = 0;
  std::string error_;
};

}  // namespace

absl::StatusOr<NbtDocument> NbtDocument::Read(const std::string& path, NbtOrder order) {
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxNbtBytes));
  if (IsGzip(bytes)) {
    absl::StatusOr<std::string> contents = Gunzip(bytes, kMaxNbtBytes);
    RETURN_IF_ERROR(Annotate(contents.status(), path));
    bytes = *std::move(contents);
  }
  NbtDocument document;
  document.bytes_ = std::make_unique<NbtValue::Bytes_>();
  *document.bytes_ = {path, std::move(bytes), order};
  const std::string& contents = document.bytes_->contents;
  const NbtValue whole(document.bytes_.get(), NbtType::kCompound, 0);
  if (contents.empty() || contents[0] != static_cast<char>(NbtType::kCompound)) {
    return whole.Error(0, "not an NBT file: expected a compound (type 10), in gzip or plain");
  }
  Walker walker(contents, order);
  size_t offset = 1;
  walker.Name(offset);
  document.root_ = offset;
  walker.Skip(NbtType::kCompound, offset, 0);
  if (!walker.ok()) return whole.Error(walker.error_offset(), walker.error());
  if (offset != contents.size()) return whole.Error(offset, "expected the end");
  return document;
}

absl::Status NbtValue::ForEachField(
    const std::function<absl::Status(absl::string_view, const NbtValue&)>& visit) const {
  if (type_ != NbtType::kCompound) return Error(0, "expected a compound");
  Walker walker(bytes_->contents, bytes_->order);
  size_t offset = offset_;
  for (;;) {
    const NbtType type = walker.Type(offset);
    if (type == NbtType::kEnd) return absl::OkStatus();
    const absl::string_view name = walker.Name(offset);
    RETURN_IF_ERROR(visit(name, NbtValue(bytes_, type, offset)));
    walker.Skip(type, offset, 0);
  }
}

absl::Status NbtValue::ForEachElement(
    const std::function<absl::Status(const NbtValue&)>& visit) const {
  if (type_ != NbtType::kList) return Error(0, "expected a list");
  Walker walker(bytes_->contents, bytes_->order);
  size_t offset = offset_;
  const Walker::ListHeader list = walker.List(offset);
  for (size_t i = 0; i < list.count; ++i) {
    RETURN_IF_ERROR(visit(NbtValue(bytes_, list.type, offset)));
    walker.Skip(list.type, offset, 0);
  }
  return absl::OkStatus();
}

absl::StatusOr<NbtValue> NbtValue::Field(absl::string_view wanted) const {
  absl::StatusOr<NbtValue> found = Error(0, "no field \"", wanted, "\"");
  RETURN_IF_ERROR(ForEachField([&](absl::string_view name, const NbtValue& value) -> absl::Status {
    if (name != wanted) return absl::OkStatus();
    if (found.ok()) return value.Error(0, "field \"", wanted, "\" appears twice");
    found = value;
    return absl::OkStatus();
  }));
  return found;
}

bool NbtValue::Has(absl::string_view wanted) const {
  bool has = false;
  ForEachField([&](absl::string_view name, const NbtValue&) {
    has |= name == wanted;
    return absl::OkStatus();
  }).IgnoreError();
  return has;
}

absl::StatusOr<int64_t> NbtValue::Integer() const {
  const auto number = [&](size_t size) {
    return Number(bytes_->contents, bytes_->order, offset_, size);
  };
  switch (type_) {
    case NbtType::kByte:
      return static_cast<int8_t>(number(1));
    case NbtType::kShort:
      return static_cast<int16_t>(number(2));
    case NbtType::kInt:
      return static_cast<int32_t>(number(4));
    case NbtType::kLong:
      return static_cast<int64_t>(number(8));
    default:
      return Error(0, "expected a whole number");
  }
}

absl::StatusOr<absl::string_view> NbtValue::Text() const {
  if (type_ != NbtType::kString) return Error(0, "expected a text");
  const size_t length = Number(bytes_->contents, bytes_->order, offset_, 2);
  return absl::string_view(bytes_->contents).substr(offset_ + 2, length);
}

size_t NbtValue::ArraySize() const {
  return ElementSize(type_) == 0 ? 0 : Number(bytes_->contents, bytes_->order, offset_, 4);
}

absl::StatusOr<absl::string_view> NbtValue::Bytes() const {
  if (type_ != NbtType::kByteArray) return Error(0, "expected a byte array");
  return absl::string_view(bytes_->contents).substr(offset_ + kArrayHeader, ArraySize());
}

absl::StatusOr<std::vector<uint64_t>> NbtValue::Longs() const {
  if (type_ != NbtType::kLongArray) return Error(0, "expected an array of longs");
  std::vector<uint64_t> longs(ArraySize());
  for (size_t i = 0; i < longs.size(); ++i) {
    longs[i] = Number(bytes_->contents, bytes_->order, offset_ + kArrayHeader + 8 * i, 8);
  }
  return longs;
}

}  // namespace hod::env
