#include "tests/models/reference/npz.h"

#include <zlib.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "tests/support/catch.h"

namespace hod::models {
namespace {

uint32_t Little(const std::string& bytes, size_t at, int size) {
  REQUIRE(at + size <= bytes.size());
  uint32_t value = 0;
  for (int i = size - 1; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

std::string Inflate(const std::string& deflated, size_t size) {
  std::string out(size, '\0');
  z_stream stream = {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
  stream.avail_in = static_cast<uInt>(deflated.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  REQUIRE(inflateInit2(&stream, -MAX_WBITS) == Z_OK);
  const int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  REQUIRE(result == Z_STREAM_END);
  REQUIRE(stream.avail_out == 0);
  return out;
}

NpzArray ParseNpy(const std::string& bytes) {
  REQUIRE(bytes.rfind("\x93NUMPY\x01", 0) == 0);
  const size_t header_size = Little(bytes, 8, 2);
  const std::string header = bytes.substr(10, header_size);
  std::smatch match;
  REQUIRE(std::regex_search(
      header, match,
      std::regex("'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\)")));
  NpzArray array{match[1], {}, bytes.substr(10 + header_size)};
  const std::string extents = match[2];
  const std::regex number("[0-9]+");
  for (std::sregex_iterator it(extents.begin(), extents.end(), number), end; it != end; ++it) {
    array.shape.push_back(std::stoll(it->str()));
  }
  int64_t size = std::stoll(array.type.substr(2));
  for (const int64_t extent : array.shape) size *= extent;
  REQUIRE(static_cast<int64_t>(array.bytes.size()) == size);
  return array;
}

}  // namespace

std::map<std::string, NpzArray> ReadNpz(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  // The archive's end: a record of 22 bytes, which says where the directory is.
  REQUIRE(bytes.size() > 22);
  const size_t end = bytes.size() - 22;
  REQUIRE(bytes.compare(end, 4, "PK\x05\x06") == 0);
  const uint32_t count = Little(bytes, end + 10, 2);
  size_t entry = Little(bytes, end + 16, 4);
  std::map<std::string, NpzArray> arrays;
  for (uint32_t i = 0; i < count; ++i) {
    REQUIRE(bytes.compare(entry, 4, "PK\x01\x02") == 0);
    const uint32_t method = Little(bytes, entry + 10, 2);
    const uint32_t packed = Little(bytes, entry + 20, 4), size = Little(bytes, entry + 24, 4);
    const uint32_t name_size = Little(bytes, entry + 28, 2);
    const size_t local = Little(bytes, entry + 42, 4);
    const std::string name = bytes.substr(entry + 46, name_size);
    const size_t data = local + 30 + Little(bytes, local + 26, 2) + Little(bytes, local + 28, 2);
    REQUIRE(data + packed <= bytes.size());
    REQUIRE((method == 0 || method == 8));
    const std::string contents = bytes.substr(data, packed);
    arrays[name.substr(0, name.rfind(".npy"))] =
        ParseNpy(method == 0 ? contents : Inflate(contents, size));
    entry += 46 + name_size + Little(bytes, entry + 30, 2) + Little(bytes, entry + 32, 2);
  }
  return arrays;
}

}  // namespace hod::models
