#include "env/base/zstd.h"

#include "tests/support/catch.h"

namespace hod {
namespace {

TEST_CASE("A frame holds what was compressed") {
  for (const std::string& bytes :
       {std::string(), std::string("a\0b", 3), std::string(100000, 'x')}) {
    const absl::StatusOr<std::string> frame = ZstdCompress(bytes, 3);
    REQUIRE(frame.ok());
    CHECK(*ZstdDecompress(*frame, bytes.size()) == bytes);
  }
  CHECK(ZstdCompress(std::string(100000, 'x'), 3)->size() < 1000);
}

TEST_CASE("A frame that is too large or damaged is refused") {
  const std::string frame = *ZstdCompress(std::string(1000, 'x'), 3);
  CHECK(ZstdDecompress(frame, 999).status().message() ==
        "is not a zstd frame of at most 999 bytes");
  CHECK(ZstdDecompress("nonsense", 999).status().message() ==
        "is not a zstd frame of at most 999 bytes");
  CHECK_FALSE(ZstdDecompress("", 999).ok());
  CHECK(ZstdDecompress(frame.substr(0, frame.size() - 1), 1000).status().message() ==
        "does not decompress to 1000 bytes");
  CHECK(ZstdDecompress(frame + "x", 1000).status().message() ==
        "does not decompress to 1000 bytes");
}

}  // namespace
}  // namespace hod
