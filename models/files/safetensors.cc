#include "models/files/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/bytes.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::models {
namespace {

using nlohmann::json;

constexpr char kMetadata[] = "__metadata__";
constexpr uint64_t kLengthSize = 8;

struct DtypeInfo {
  Dtype dtype;
  const char* name;
  int64_t size;
};
constexpr DtypeInfo kDtypes[] = {
    {Dtype::kBool, "BOOL", 1}, {Dtype::kU8, "U8", 1},   {Dtype::kI8, "I8", 1},
    {Dtype::kI16, "I16", 2},   {Dtype::kU16, "U16", 2}, {Dtype::kF16, "F16", 2},
    {Dtype::kBF16, "BF16", 2}, {Dtype::kI32, "I32", 4}, {Dtype::kU32, "U32", 4},
    {Dtype::kF32, "F32", 4},   {Dtype::kI64, "I64", 8}, {Dtype::kU64, "U64", 8},
    {Dtype::kF64, "F64", 8}};

absl::Status Malformed(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

// Elements of a shape, or -1 if they overflow.
int64_t NumElements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) {
    if (__builtin_mul_overflow(count, extent, &count)) return -1;
  }
  return count;
}

bool IsIndex(const json& value) {
  return value.is_number_unsigned() && value.get<uint64_t>() <= uint64_t{INT64_MAX};
}

struct Entry {
  SafeTensor tensor;  // Without data.
  uint64_t begin, end;
};

// One tensor's entry of the header; the message of an error says what is wrong with it.
absl::StatusOr<Entry> ParseEntry(const json& value) {
  const auto wrong = [](const std::string& what) { return absl::DataLossError(what); };
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") ||
      !value.contains("shape") || !value.contains("data_offsets")) {
    return wrong("expected exactly dtype, shape and data_offsets");
  }
  const json &dtype = value["dtype"], &shape = value["shape"], &offsets = value["data_offsets"];
  const DtypeInfo* const info = std::find_if(std::begin(kDtypes), std::end(kDtypes),
                                             [&](const DtypeInfo& d) { return dtype == d.name; });
  if (info == std::end(kDtypes)) return wrong(absl::StrCat("unknown dtype ", DumpJson(dtype)));
  if (!shape.is_array() || !std::all_of(shape.begin(), shape.end(), IsIndex)) {
    return wrong(absl::StrCat("shape is ", DumpJson(shape), ", expected a list of extents"));
  }
  if (!offsets.is_array() || offsets.size() != 2 || !IsIndex(offsets[0]) || !IsIndex(offsets[1])) {
    return wrong(absl::StrCat("data_offsets are ", DumpJson(offsets), ", expected [begin, end]"));
  }
  Entry entry{{info->dtype, shape.get<std::vector<int64_t>>(), {}}, offsets[0], offsets[1]};
  int64_t size = NumElements(entry.tensor.shape);
  if (size < 0 || __builtin_mul_overflow(size, info->size, &size)) {
    return wrong("shape is too large");
  }
  if (entry.end < entry.begin || entry.end - entry.begin != static_cast<uint64_t>(size)) {
    return wrong(absl::StrCat("data_offsets are ", DumpJson(offsets), ", but the shape takes ",
                              size, " bytes"));
  }
  return entry;
}

absl::Status ParseMetadata(const std::string& path, const json& value, SafeTensors& file) {
  if (!value.is_object()) return Malformed(path, "__metadata__ is not an object");
  for (const auto& [name, text] : value.items()) {
    if (!text.is_string()) {
      return Malformed(path, absl::StrCat("__metadata__ \"", name, "\" is not a string"));
    }
    file.metadata[name] = text.get<std::string>();
  }
  return absl::OkStatus();
}

// Copies each tensor's bytes from `data`, which the tensors must tile.
absl::Status TakeData(const std::string& path, absl::string_view data,
                      std::map<std::string, Entry>& entries, SafeTensors& file) {
  std::vector<std::pair<const std::string, Entry>*> order;
  for (auto& entry : entries) order.push_back(&entry);
  // Empty tensors come before the one that begins at the same byte.
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  uint64_t next = 0;
  for (auto* item : order) {
    const auto& [name, entry] = *item;
    if (entry.begin != next) {
      return Malformed(path, absl::StrCat("tensor \"", name, "\" begins at byte ", entry.begin,
                                          " of the data, expected ", next));
    }
    if (entry.end > data.size()) {
      return Malformed(path, absl::StrCat("tensor \"", name, "\" ends at byte ", entry.end,
                                          " of the data, which has ", data.size()));
    }
    next = entry.end;
  }
  if (next != data.size()) {
    return Malformed(path, absl::StrCat("data has ", data.size(), " bytes, tensors take ", next));
  }
  for (auto& [name, entry] : entries) {
    entry.tensor.data = std::string(data.substr(entry.begin, entry.end - entry.begin));
    file.tensors.emplace(name, std::move(entry.tensor));
  }
  return absl::OkStatus();
}

std::string MakeHeader(const SafeTensors& file) {
  json header = json::object();
  if (!file.metadata.empty()) header[kMetadata] = file.metadata;
  uint64_t next = 0;
  for (const auto& [name, tensor] : file.tensors) {
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

const char* Name(Dtype dtype) { return kDtypes[static_cast<int>(dtype)].name; }
int64_t SizeOf(Dtype dtype) { return kDtypes[static_cast<int>(dtype)].size; }

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
  const absl::StatusOr<json> header = ParseJson(in.Bytes(length, "header"));
  if (!header.ok())
    return Malformed(path, absl::StrCat("JSON header: ", header.status().message()));
  if (!header->is_object()) return Malformed(path, "header is not a JSON object");
  SafeTensors file;
  std::map<std::string, Entry> entries;
  for (const auto& [name, value] : header->items()) {
    if (name == kMetadata) {
      RETURN_IF_ERROR(ParseMetadata(path, value, file));
      continue;
    }
    absl::StatusOr<Entry> entry = ParseEntry(value);
    if (!entry.ok()) {
      return Annotate(entry.status(), absl::StrCat(path, ": tensor \"", name, "\""));
    }
    entries.emplace(name, *std::move(entry));
  }
  RETURN_IF_ERROR(TakeData(path, in.Bytes(in.remaining(), "data"), entries, file));
  return file;
}

absl::Status WriteSafeTensors(const std::string& path, const SafeTensors& file) {
  const std::string header = MakeHeader(file);
  ByteWriter out;
  out.Fixed(uint64_t{header.size()});
  out.Bytes(header);
  ASSIGN_OR_RETURN(AtomicFile to, AtomicFile::Create(path));
  RETURN_IF_ERROR(to.Write(out.bytes()));
  for (const auto& [name, tensor] : file.tensors) RETURN_IF_ERROR(to.Write(tensor.data));
  return to.Commit();
}

}  // namespace hod::models
