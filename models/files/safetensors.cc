#include "models/files/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
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

absl::Status SystemError(const std::string& path, const char* operation) {
  const int error = errno;
  const std::string message = absl::StrCat(path, ": ", operation, ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(message) : absl::UnavailableError(message);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError(path, "open");
  const auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemError(path, "stat");
  if (!S_ISREG(info.st_mode)) return Malformed(path, "not a regular file");
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = read(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "read");
    if (n == 0) return Malformed(path, absl::StrCat("ends at byte ", done, " while being read"));
    done += static_cast<size_t>(n);
  }
  return bytes;
}

// JSON without names given twice, which the parser alone would let pass. Invalid JSON is
// "discarded".
json ParseHeader(const char* begin, const char* end, std::string& duplicate) {
  std::vector<std::set<std::string>> names;
  const auto callback = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!names.back().insert(name).second) duplicate = name;
    }
    return true;
  };
  return json::parse(begin, end, callback, /*allow_exceptions=*/false);
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
  if (info == std::end(kDtypes)) return wrong(absl::StrCat("unknown dtype ", dtype.dump()));
  if (!shape.is_array() || !std::all_of(shape.begin(), shape.end(), IsIndex)) {
    return wrong(absl::StrCat("shape is ", shape.dump(), ", expected a list of extents"));
  }
  if (!offsets.is_array() || offsets.size() != 2 || !IsIndex(offsets[0]) || !IsIndex(offsets[1])) {
    return wrong(absl::StrCat("data_offsets are ", offsets.dump(), ", expected [begin, end]"));
  }
  Entry entry{{info->dtype, shape.get<std::vector<int64_t>>(), {}}, offsets[0], offsets[1]};
  int64_t size = NumElements(entry.tensor.shape);
  if (size < 0 || __builtin_mul_overflow(size, info->size, &size)) {
    return wrong("shape is too large");
  }
  if (entry.end < entry.begin || entry.end - entry.begin != static_cast<uint64_t>(size)) {
    return wrong(absl::StrCat("data_offsets are ", offsets.dump(), ", but the shape takes ", size,
                              " bytes"));
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
  // Strings that are not UTF-8 cannot be written as JSON: their bad bytes are replaced.
  std::string text = header.dump(-1, ' ', false, json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');  // Aligns the data.
  return text;
}

absl::Status WriteAll(int fd, const std::string& path, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

// Makes the rename itself survive a power failure.
absl::Status SyncDirectory(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return SystemError(directory, "open");
  const auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  return fsync(fd) == 0 ? absl::OkStatus() : SystemError(directory, "fsync");
}

}  // namespace

const char* Name(Dtype dtype) { return kDtypes[static_cast<int>(dtype)].name; }
int64_t SizeOf(Dtype dtype) { return kDtypes[static_cast<int>(dtype)].size; }

absl::StatusOr<SafeTensors> ReadSafeTensors(const std::string& path) {
  absl::StatusOr<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < kLengthSize) {
    return Malformed(path, absl::StrCat("has ", bytes->size(), " bytes, too few for a header"));
  }
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<uint8_t>((*bytes)[i]);
  if (length > kMaxHeaderSize || length > bytes->size() - kLengthSize) {
    return Malformed(path,
                     absl::StrCat("header of ", length, " bytes, expected at most ",
                                  std::min<uint64_t>(kMaxHeaderSize, bytes->size() - kLengthSize)));
  }
  const char* const header_begin = bytes->data() + kLengthSize;
  std::string duplicate;
  const json header = ParseHeader(header_begin, header_begin + length, duplicate);
  if (!header.is_object()) return Malformed(path, "header is not a JSON object");
  if (!duplicate.empty()) {
    return Malformed(path, absl::StrCat("header names \"", duplicate, "\" twice"));
  }
  SafeTensors file;
  std::map<std::string, Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == kMetadata) {
      RETURN_IF_ERROR(ParseMetadata(path, value, file));
      continue;
    }
    absl::StatusOr<Entry> entry = ParseEntry(value);
    if (!entry.ok()) {
      return Malformed(path, absl::StrCat("tensor \"", name, "\": ", entry.status().message()));
    }
    entries.emplace(name, *std::move(entry));
  }
  const absl::string_view data = absl::string_view(*bytes).substr(kLengthSize + length);
  RETURN_IF_ERROR(TakeData(path, data, entries, file));
  return file;
}

absl::Status WriteSafeTensors(const std::string& path, const SafeTensors& file) {
  const std::string header = MakeHeader(file);
  std::string length(kLengthSize, '\0');
  for (uint64_t i = 0; i < kLengthSize; ++i) {
    length[i] = static_cast<char>(static_cast<uint64_t>(header.size()) >> (8 * i));
  }
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return SystemError(temporary, "create");
  auto discard = absl::MakeCleanup([&] {
    if (fd >= 0) close(fd);
    unlink(temporary.c_str());
  });
  absl::Status status = WriteAll(fd, path, absl::StrCat(length, header));
  for (auto it = file.tensors.begin(); status.ok() && it != file.tensors.end(); ++it) {
    status = WriteAll(fd, path, it->second.data);
  }
  if (!status.ok()) return status;
  if (fchmod(fd, 0644) != 0) return SystemError(path, "chmod");
  if (fsync(fd) != 0) return SystemError(path, "fsync");
  if (close(std::exchange(fd, -1)) != 0) return SystemError(path, "close");
  if (rename(temporary.c_str(), path.c_str()) != 0) return SystemError(path, "rename");
  std::move(discard).Cancel();
  return SyncDirectory(path);
}

}  // namespace hod::models
