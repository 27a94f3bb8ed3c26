#include "models/files/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/bytes.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/json_events.h"
#include "env/base/status.h"

namespace hod::models {
namespace {

using nlohmann::json;

constexpr char kMetadata[] = "__metadata__";
constexpr uint64_t kLengthSize = 8;

struct DtypeInfo {
  Dtype dtype;
  const char* name;
  int64_t bits;  // An element's.
};
constexpr DtypeInfo kDtypes[kNumDtypes] = {{Dtype::kBool, "BOOL", 8},
                                           {Dtype::kF4, "F4", 4},
                                           {Dtype::kF6E2M3, "F6_E2M3", 6},
                                           {Dtype::kF6E3M2, "F6_E3M2", 6},
                                           {Dtype::kU8, "U8", 8},
                                           {Dtype::kI8, "I8", 8},
                                           {Dtype::kF8E5M2, "F8_E5M2", 8},
                                           {Dtype::kF8E4M3, "F8_E4M3", 8},
                                           {Dtype::kF8E8M0, "F8_E8M0", 8},
                                           {Dtype::kF8E4M3Fnuz, "F8_E4M3FNUZ", 8},
                                           {Dtype::kF8E5M2Fnuz, "F8_E5M2FNUZ", 8},
                                           {Dtype::kI16, "I16", 16},
                                           {Dtype::kU16, "U16", 16},
                                           {Dtype::kF16, "F16", 16},
                                           {Dtype::kBF16, "BF16", 16},
                                           {Dtype::kI32, "I32", 32},
                                           {Dtype::kU32, "U32", 32},
                                           {Dtype::kF32, "F32", 32},
                                           {Dtype::kC64, "C64", 64},
                                           {Dtype::kF64, "F64", 64},
                                           {Dtype::kI64, "I64", 64},
                                           {Dtype::kU64, "U64", 64}};

const DtypeInfo& InfoOf(Dtype dtype) { return kDtypes[static_cast<int>(dtype)]; }

absl::Status Malformed(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

struct Entry {
  Dtype dtype = Dtype::kF32;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;
};

// Reads a header. Whatever does not belong there ends it, so that it takes memory for the tensors
// and strings alone.
class HeaderReader : public JsonEvents {
 public:
  std::map<std::string, Entry> entries;
  std::map<std::string, std::string> metadata;

  bool null() override { return Unexpected(); }
  bool boolean(bool) override { return Unexpected(); }
  bool number_integer(number_integer_t) override { return Unexpected(); }
  bool number_float(number_float_t, const string_t&) override { return Unexpected(); }

  bool number_unsigned(number_unsigned_t value) override {
    if (within_ == Within::kShape && value <= uint64_t{INT64_MAX}) {
      entry_->shape.push_back(static_cast<int64_t>(value));
      return true;
    }
    if (within_ != Within::kOffsets || num_offsets_ == 2) return Unexpected();
    (num_offsets_++ == 0 ? entry_->begin : entry_->end) = value;
    return true;
  }

  bool string(string_t& value) override {
    if (within_ == Within::kMetadata) {
      *text_ = std::move(value);
      return true;
    }
    if (within_ != Within::kEntry || field_ != kDtype) return Unexpected();
    const DtypeInfo* const info = std::find_if(std::begin(kDtypes), std::end(kDtypes),
                                               [&](const DtypeInfo& d) { return value == d.name; });
    if (info == std::end(kDtypes)) return Wrong(absl::StrCat("unknown dtype ", JsonExcerpt(value)));
    entry_->dtype = info->dtype;
    return true;
  }

  bool key(string_t& name) override {
    bool is_new = false;
    if (within_ == Within::kHeader && name == kMetadata) {
      entry_ = nullptr;
      is_new = !std::exchange(has_metadata_, true);
    } else if (within_ == Within::kHeader) {
      const auto [place, added] = entries.try_emplace(name);
      is_new = added;
      name_ = &place->first;
      entry_ = &place->second;
    } else if (within_ == Within::kMetadata) {
      const auto [place, added] = metadata.try_emplace(name);
      is_new = added;
      name_ = &place->first;
      text_ = &place->second;
    } else {
      field_ = name == "dtype" ? kDtype : name == "shape" ? kShape : kOffsets;
      if (field_ == kOffsets && name != "data_offsets") return Wrong(kFields);
      is_new = (fields_ & field_) == 0;
      fields_ |= field_;
    }
    return is_new || Fail(absl::StrCat("the same key \"", JsonExcerpt(name), "\" twice"));
  }

  bool start_object(size_t) override {
    if (within_ == Within::kNothing) {
      within_ = Within::kHeader;
    } else if (within_ == Within::kHeader) {
      within_ = entry_ == nullptr ? Within::kMetadata : Within::kEntry;
      fields_ = num_offsets_ = 0;
    } else {
      return Unexpected();
    }
    return true;
  }

  bool end_object() override {
    if (within_ == Within::kEntry && !EndEntry()) return false;
    within_ = Within::kHeader;
    return true;
  }

  bool start_array(size_t) override {
    if (within_ != Within::kEntry || field_ == kDtype) return Unexpected();
    within_ = field_ == kShape ? Within::kShape : Within::kOffsets;
    return true;
  }

  bool end_array() override {
    if (within_ == Within::kOffsets && num_offsets_ != 2) return Unexpected();
    within_ = Within::kEntry;
    return true;
  }

 private:
  enum class Within { kNothing, kHeader, kMetadata, kEntry, kShape, kOffsets };
  enum Field { kDtype = 1, kShape = 2, kOffsets = 4 };
  static constexpr char kFields[] = "expected exactly dtype, shape and data_offsets";

  bool EndEntry() {
    if (fields_ != (kDtype | kShape | kOffsets)) return Wrong(kFields);
    const std::optional<int64_t> size = NumBytes(entry_->dtype, entry_->shape);
    if (!size) return Wrong("shape is too large, or takes no whole number of bytes");
    if (entry_->end < entry_->begin ||
        entry_->end - entry_->begin != static_cast<uint64_t>(*size)) {
      return Wrong(absl::StrCat("data_offsets are [", entry_->begin, ", ", entry_->end,
                                "], but the shape takes ", *size, " bytes"));
    }
    return true;
  }

  bool Wrong(const std::string& what) {
    return Fail(absl::StrCat("tensor \"", JsonExcerpt(*name_), "\": ", what));
  }

  // What has been read belongs elsewhere.
  bool Unexpected() {
    switch (within_) {
      case Within::kNothing:
        return Fail("expected a JSON object");
      case Within::kHeader:
        return entry_ == nullptr ? Fail("__metadata__: expected an object") : Wrong(kFields);
      case Within::kMetadata:
        return Fail(absl::StrCat("__metadata__ \"", JsonExcerpt(*name_), "\": expected a string"));
      default:
        return Wrong(field_ == kDtype   ? "dtype: expected a string"
                     : field_ == kShape ? "shape: expected a list of extents"
                                        : "data_offsets: expected [begin, end]");
    }
  }

  Within within_ = Within::kNothing;
  const std::string* name_ = nullptr;  // The last key, of a tensor or of the metadata.
  Entry* entry_ = nullptr;             // The tensor that is being read; null: the metadata are.
  std::string* text_ = nullptr;
  bool has_metadata_ = false;
  Field field_ = kDtype;
  int fields_ = 0;  // Those of the entry that have come.
  int num_offsets_ = 0;
};

// Copies each tensor's bytes from `data`, which the tensors must tile.
absl::Status TakeData(const std::string& path, absl::string_view data,
                      std::map<std::string, Entry>& entries, SafeTensors& file) {
  std::vector<std::pair<const std::string, Entry>*> order;
  order.reserve(entries.size());
  for (auto& entry : entries) order.push_back(&entry);
  // Empty tensors come before the one that begins at the same byte.
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  uint64_t next = 0;
  for (auto* item : order) {
    const auto& [name, entry] = *item;
    if (entry.begin != next) {
      return Malformed(path, absl::StrCat("tensor \"", JsonExcerpt(name), "\" begins at byte ",
                                          entry.begin, " of the data, expected ", next));
    }
    if (entry.end > data.size()) {
      return Malformed(path, absl::StrCat("tensor \"", JsonExcerpt(name), "\" ends at byte ",
                                          entry.end, " of the data, which has ", data.size()));
    }
    next = entry.end;
  }
  if (next != data.size()) {
    return Malformed(path, absl::StrCat("data has ", data.size(), " bytes, tensors take ", next));
  }
  for (auto& [name, entry] : entries) {
    file.tensors.emplace_hint(
        file.tensors.end(), name,
        SafeTensor{entry.dtype, std::move(entry.shape),
                   std::string(data.substr(entry.begin, entry.end - entry.begin))});
  }
  return absl::OkStatus();
}

using NamedTensor = std::pair<const std::string, SafeTensor>;

// The order in which tensors are written: by the width of their elements, then by name.
std::vector<const NamedTensor*> AlignedOrder(const SafeTensors& file) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : file.tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return InfoOf(a->second.dtype).bits > InfoOf(b->second.dtype).bits;
  });
  return order;
}

std::string MakeHeader(const SafeTensors& file, absl::Span<const NamedTensor* const> order) {
  json header = json::object();
  if (!file.metadata.empty()) header[kMetadata] = file.metadata;
  uint64_t next = 0;
  for (const NamedTensor* item : order) {
    const auto& [name, tensor] = *item;
    header[name] = {{"dtype", Name(tensor.dtype)},
                    {"shape", tensor.shape},
                    {"data_offsets", {next, next + tensor.data.size()}}};
    next += tensor.data.size();
  }
  std::string text = DumpJson(header);
  text.append((8 - text.size() % 8) % 8, ' ');  // Aligns the data.
  return text;
}

}  // namespace

const char* Name(Dtype dtype) { return InfoOf(dtype).name; }

std::optional<int64_t> NumBytes(Dtype dtype, absl::Span<const int64_t> shape) {
  int64_t bits = 1;
  for (const int64_t extent : shape) {
    if (__builtin_mul_overflow(bits, extent, &bits)) return std::nullopt;
  }
  if (__builtin_mul_overflow(bits, InfoOf(dtype).bits, &bits) || bits % 8 != 0) return std::nullopt;
  return bits / 8;
}

absl::StatusOr<SafeTensors> ReadSafeTensors(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  return ParseSafeTensors(path, bytes);
}

absl::StatusOr<SafeTensors> ParseSafeTensors(const std::string& path, absl::string_view bytes) {
  if (bytes.size() < kLengthSize) {
    return Malformed(path, absl::StrCat("has ", bytes.size(), " bytes, too few for a header"));
  }
  ByteReader in(bytes);
  const auto length = in.Fixed<uint64_t>("length of the header");
  if (length > kMaxHeaderSize || length > in.remaining()) {
    return Malformed(path, absl::StrCat("header of ", length, " bytes, expected at most ",
                                        std::min<uint64_t>(kMaxHeaderSize, in.remaining())));
  }
  HeaderReader header;
  const absl::Status read = ReadJsonEvents(in.Bytes(length, "header"), header);
  if (!read.ok()) return Malformed(path, absl::StrCat("JSON header: ", read.message()));
  SafeTensors file;
  file.metadata = std::move(header.metadata);
  RETURN_IF_ERROR(TakeData(path, in.Bytes(in.remaining(), "data"), header.entries, file));
  return file;
}

absl::Status WriteSafeTensors(const std::string& path, const SafeTensors& file) {
  const std::vector<const NamedTensor*> order = AlignedOrder(file);
  const std::string header = MakeHeader(file, order);
  if (header.size() > kMaxHeaderSize) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": header of ", header.size(),
                                                   " bytes, expected at most ", kMaxHeaderSize));
  }
  ByteWriter out;
  out.Fixed(uint64_t{header.size()});
  out.Bytes(header);
  ASSIGN_OR_RETURN(AtomicFile to, AtomicFile::Create(path));
  RETURN_IF_ERROR(to.Write(out.bytes()));
  for (const NamedTensor* item : order) RETURN_IF_ERROR(to.Write(item->second.data));
  return to.Commit();
}

}  // namespace hod::models
