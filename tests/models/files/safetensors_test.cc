#include "models/files/safetensors.h"

#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

SafeTensors SomeTensors() {
  SafeTensors file;
  file.tensors["b"] = {Dtype::kF32, {2, 3}, std::string(24, 'b')};
  file.tensors["a"] = {Dtype::kI64, {}, std::string(8, 'a')};
  file.tensors["empty"] = {Dtype::kU8, {0, 5}, ""};
  file.tensors["z"] = {Dtype::kBF16, {3}, std::string(6, 'z')};
  file.metadata = {{"format", "x"}, {"note", "\"quoted\" \n"}};
  return file;
}

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// A file of this header and data.
std::string Bytes(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(uint64_t{header.size()} >> (8 * i));
  return bytes + header + data;
}

TEST_CASE("Tensors and metadata survive writing and reading") {
  const TempDir directory;
  const std::string path = directory / "t.safetensors";
  const SafeTensors written = SomeTensors();
  REQUIRE(WriteSafeTensors(path, written).ok());
  CHECK(directory.NumFiles() == 1);
  const auto read = ReadSafeTensors(path);
  REQUIRE(read.ok());
  CHECK(read->metadata == written.metadata);
  REQUIRE(read->tensors.size() == written.tensors.size());
  for (const auto& [name, tensor] : written.tensors) {
    const SafeTensor& other = read->tensors.at(name);
    CHECK(other.dtype == tensor.dtype);
    CHECK(other.shape == tensor.shape);
    CHECK(other.data == tensor.data);
  }
  // The data starts aligned, as the format asks.
  CHECK((Contents(path).size() - 38) % 8 == 0);
}

TEST_CASE("Tensors are written aligned to their elements, whatever their names") {
  const TempDir directory;
  const std::string path = directory / "t.safetensors";
  SafeTensors file;
  file.tensors["a"] = {Dtype::kU8, {1}, "1"};
  file.tensors["b"] = {Dtype::kF64, {1}, std::string(8, '8')};
  file.tensors["c"] = {Dtype::kBF16, {1}, "22"};
  file.tensors["d"] = {Dtype::kF32, {1}, "4444"};
  REQUIRE(WriteSafeTensors(path, file).ok());
  const std::string bytes = Contents(path);
  CHECK(bytes.substr(bytes.size() - 15) == "888888884444221");
  CHECK((bytes.size() - 15) % 8 == 0);
}

TEST_CASE("Every dtype of the format is known by its name") {
  const TempDir directory;
  const std::string path = directory / "t.safetensors";
  SafeTensors file;
  for (int i = 0; i < kNumDtypes; ++i) {
    const auto dtype = static_cast<Dtype>(i);
    const std::optional<int64_t> size = NumBytes(dtype, {4, 2});
    REQUIRE(size);
    file.tensors[Name(dtype)] = {dtype, {4, 2}, std::string(*size, 'x')};
  }
  REQUIRE(WriteSafeTensors(path, file).ok());
  const auto read = ReadSafeTensors(path);
  REQUIRE(read.ok());
  for (const auto& [name, tensor] : read->tensors) CHECK(Name(tensor.dtype) == name);
  CHECK(read->tensors.size() == kNumDtypes);
  CHECK(NumBytes(Dtype::kC64, {3}) == 24);
  CHECK(NumBytes(Dtype::kF6E2M3, {4}) == 3);
  CHECK(NumBytes(Dtype::kF4, {3}) == std::nullopt);
}

TEST_CASE("Names may hold any character, and many tensors are no trouble") {
  const TempDir directory;
  const std::string path = directory / "t.safetensors";
  SafeTensors file;
  file.tensors[std::string("a\0b\"\n", 5)] = {Dtype::kU8, {1}, "x"};
  for (int i = 0; i < 40000; ++i) {
    file.tensors[absl::StrCat("layers.", i, ".weight")] = {Dtype::kU8, {1}, "x"};
  }
  REQUIRE(WriteSafeTensors(path, file).ok());
  const auto read = ReadSafeTensors(path);
  REQUIRE(read.ok());
  CHECK(read->tensors.size() == file.tensors.size());
  CHECK(read->tensors.begin()->first == std::string("a\0b\"\n", 5));
  file.metadata["much"] = std::string(kMaxHeaderSize, 'x');
  CHECK(absl::IsInvalidArgument(WriteSafeTensors(path, file)));
}

TEST_CASE("A file cut anywhere or with bytes too many is refused") {
  const TempDir directory;
  const std::string path = directory / "t";
  REQUIRE(WriteSafeTensors(path, SomeTensors()).ok());
  const std::string whole = Contents(path);
  for (size_t size = 0; size < whole.size(); ++size) {
    Put(path, whole.substr(0, size));
    const auto read = ReadSafeTensors(path);
    REQUIRE_FALSE(read.ok());
    REQUIRE(read.status().message().find(path) != absl::string_view::npos);
  }
  Put(path, whole + "x");
  CHECK_FALSE(ReadSafeTensors(path).ok());
}

TEST_CASE("A file with any byte changed is refused or read as what it says") {
  const TempDir directory;
  const std::string path = directory / "t";
  REQUIRE(WriteSafeTensors(path, SomeTensors()).ok());
  const std::string whole = Contents(path);
  for (size_t i = 0; i < whole.size() - 38; ++i) {
    for (const char byte : {'"', '9', '\xff'}) {
      std::string changed = whole;
      changed[i] = byte;
      Put(path, changed);
      const auto read = ReadSafeTensors(path);
      if (!read.ok()) continue;
      for (const auto& [name, tensor] : read->tensors) {
        REQUIRE(NumBytes(tensor.dtype, tensor.shape) == static_cast<int64_t>(tensor.data.size()));
      }
    }
  }
}

TEST_CASE("Malformed headers are refused, and the error says why") {
  const TempDir directory;
  const std::string path = directory / "t";
  const auto refused = [&](const std::string& bytes, const char* why) {
    Put(path, bytes);
    const auto read = ReadSafeTensors(path);
    INFO(bytes << " -> " << read.status());
    REQUIRE_FALSE(read.ok());
    CHECK(read.status().message().find(why) != absl::string_view::npos);
  };
  const std::string good = R"({"dtype":"U8","shape":[2],"data_offsets":[0,2]})";
  Put(path, Bytes("{\"a\":" + good + "}  ", "xy"));
  REQUIRE(ReadSafeTensors(path).ok());

  refused(Bytes("{\"a\":", ""), "JSON");
  refused(Bytes("[1]", ""), "JSON object");
  refused(Bytes("\"\xff\"", ""), "JSON");
  for (const char* wrong :
       {"[", "{\"a\":", "{\"a\":[", R"({"a":{"shape":[)", "{\"__metadata__\":["}) {
    std::string deep;
    while (deep.size() < kMaxHeaderSize - 100) deep += wrong;
    refused(Bytes(deep, ""), "JSON header");
    CHECK(ReadSafeTensors(path).status().message().size() < 1000);
  }
  refused(Bytes("\xEF\xBB\xBF{}", ""), "byte order mark");
  refused(Bytes(std::string("{}\0", 3), ""), "NUL");
  refused(Bytes(std::string("\0{}", 3), ""), "NUL");
  refused(Bytes("{\"a\":" + good + ",\"a\":" + good + "}", "xy"), "\"a\" twice");
  refused(Bytes(R"({"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}})", "xy"),
          "\"dtype\" twice");
  refused(Bytes(R"({"a":{"dtype":"U9","shape":[2],"data_offsets":[0,2]}})", "xy"), "dtype");
  refused(Bytes(R"({"a":{"dtype":7,"shape":[2],"data_offsets":[0,2]}})", "xy"), "dtype");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}})", "xy"), "shape");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}})", "xy"), "shape");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":2,"data_offsets":[0,2]}})", "xy"), "shape");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", ""),
          "too large");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}})", "xy"), "takes 3");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}})", "xy"), "offsets");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0]}})", "xy"), "offsets");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[2]}})", "xy"), "exactly");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"more":1}})", "xy"),
          "exactly");
  refused(Bytes("{\"a\":" + good + "}", "x"), "ends at byte 2");
  refused(Bytes("{\"a\":" + good + "}", "xyz"), "tensors take 2");
  refused(Bytes(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", "xyz"), "expected 0");
  refused(
      Bytes("{\"a\":" + good + R"(,"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", "xyz"),
      "expected 2");
  refused(Bytes(R"({"__metadata__":{"a":1}})", ""), "expected a string");
  refused(Bytes(R"({"__metadata__":{"a":"1","a":"2"}})", ""), "\"a\" twice");
  refused(Bytes(R"({"__metadata__":{},"__metadata__":{}})", ""), "\"__metadata__\" twice");
  refused(Bytes(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})", "xy"), "whole number");
  refused(Bytes(R"({"__metadata__":[]})", ""), "__metadata__");

  std::string huge = Bytes("{}", "");
  for (int i = 0; i < 8; ++i) huge[i] = '\xff';
  refused(huge, "header of 18446744073709551615 bytes");
  refused(Bytes(std::string(kMaxHeaderSize + 1, ' '), ""), "expected at most 16777216");
}

TEST_CASE("Missing files and directories are named") {
  const TempDir directory;
  CHECK(ReadSafeTensors(directory / "none").status().code() == absl::StatusCode::kNotFound);
  CHECK_FALSE(ReadSafeTensors(directory / "").ok());
  const absl::Status status = WriteSafeTensors(directory / "none/t", SomeTensors());
  CHECK(status.message().find("none/t") != absl::string_view::npos);
}

// A limit on the size of files stands in for a full disk.
TEST_CASE("A write that fails leaves the old file and no other") {
  const TempDir directory;
  const std::string path = directory / "t";
  REQUIRE(WriteSafeTensors(path, SomeTensors()).ok());
  const std::string old = Contents(path);
  SafeTensors large = SomeTensors();
  large.tensors["large"] = {Dtype::kU8, {1 << 20}, std::string(1 << 20, 'x')};

  rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small = {4096, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const absl::Status status = WriteSafeTensors(path, large);
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);

  REQUIRE_FALSE(status.ok());
  CHECK(status.message().find(path) != absl::string_view::npos);
  CHECK(Contents(path) == old);
  CHECK(directory.NumFiles() == 1);
}

}  // namespace
}  // namespace hod::models
