#include "env/base/bytes.h"

#include <string>

#include "tests/support/catch.h"

namespace hod {
namespace {

TEST_CASE("Fields come back as they were written") {
  ByteWriter out;
  out.Fixed(uint32_t{0x01020304});
  out.Fixed(-1.5f);
  for (const uint64_t number : {uint64_t{0}, uint64_t{127}, uint64_t{128}, ~uint64_t{0}}) {
    out.Varint(number);
  }
  out.Bytes("end");
  CHECK(out.bytes().substr(0, 4) == "\x04\x03\x02\x01");

  ByteReader in(out.bytes());
  CHECK(in.Fixed<uint32_t>("number") == 0x01020304);
  CHECK(in.Fixed<float>("share") == -1.5f);
  for (const uint64_t number : {uint64_t{0}, uint64_t{127}, uint64_t{128}, ~uint64_t{0}}) {
    CHECK(in.Varint(0, ~uint64_t{0}, "count") == number);
  }
  CHECK(in.Bytes(3, "end") == "end");
  CHECK(in.ok());
  CHECK(in.remaining() == 0);
}

TEST_CASE("The first fault is kept with its offset, and what follows reads as nothing") {
  const auto error = [](const std::string& bytes, auto read) {
    ByteReader in(bytes);
    read(in);
    REQUIRE_FALSE(in.ok());
    CHECK(in.Fixed<uint8_t>("later") == 0);
    CHECK(in.remaining() == 0);
    return std::string(in.status().message());
  };
  CHECK(error("ab", [](ByteReader& in) { in.Fixed<uint32_t>("size"); }) ==
        "at offset 0: size needs 4 bytes, but 2 are left");
  CHECK(error("\x05", [](ByteReader& in) { in.Varint(6, 9, "count"); }) ==
        "at offset 0: count is 5, expected 6 to 9");
  CHECK(error(std::string("\x80\0", 2), [](ByteReader& in) { in.Varint(0, 9, "count"); }) ==
        "at offset 0: count is padded with zeros");
  CHECK(error(std::string(10, '\xFF'), [](ByteReader& in) { in.Varint(0, 9, "count"); }) ==
        "at offset 0: count is over 64 bits long");
  CHECK(error("\x05xx", [](ByteReader& in) { in.Count(100, 2, "count"); }) ==
        "at offset 0: count is 5, but only 2 bytes are left");
}

}  // namespace
}  // namespace hod
