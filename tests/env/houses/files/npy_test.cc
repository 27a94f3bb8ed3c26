#include "env/houses/files/npy.h"

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/npy_bytes.h"

namespace hod::env {
namespace {

constexpr int kMaxExtent = 64;
const WorldSize kSize{2, 3, 2};
const std::string kData("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x00\x01", 12);

TEST_CASE("npy: versions 1 and 2 are read in C order") {
  const TempDir dir;
  for (const int version : {1, 2}) {
    const absl::StatusOr<House> house =
        ReadNpy(dir.Write("house.npy", NpyBytes(NpyHeader(kSize), kData, version)), kMaxExtent);
    REQUIRE(house.ok());
    CHECK(house->size == kSize);
    CHECK(house->At({0, 1, 1}) == 3);
    CHECK(house->At({1, 2, 1}) == 1);
  }
}

TEST_CASE("npy: every truncation is refused, naming the file") {
  const TempDir dir;
  const std::string bytes = NpyBytes(NpyHeader(kSize), kData);
  for (size_t length = 0; length < bytes.size(); ++length) {
    const absl::StatusOr<House> house =
        ReadNpy(dir.Write("cut.npy", bytes.substr(0, length)), kMaxExtent);
    REQUIRE_FALSE(house.ok());
    CHECK(house.status().message().find("cut.npy: offset") != absl::string_view::npos);
  }
}

TEST_CASE("npy: what is not a block array is refused with the reason") {
  struct Case {
    std::string bytes, message;
  };
  const std::string good = NpyHeader(kSize);
  const auto with = [&](const std::string& header) { return NpyBytes(header, kData); };
  const auto case_ = GENERATE_COPY(values<Case>({
      {"PK\x03\x04 something else", "not a .npy file"},
      {NpyBytes(good, kData, 3), "version 3.0"},
      {with("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3, 2), }"), "'|u1'"},
      {with("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }"), "'fortran_order'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 6), }"), "'shape'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 2, 1), }"), "'shape'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3, 2), }"), "'shape'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 3, 2), }"), "'shape'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999, 3, 2), }"), "'shape'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (2000000, 2000000, 2), }"),
       "'shape'"},
      {with("{'descr': '|u1', 'fortran_order': False, }"), "lacks 'shape'"},
      {with("{'descr': '|u1', 'descr': '|u1', 'shape': (2, 3, 2)}"), "one 'descr'"},
      {with("{'descr': '|u1', 'shape': (2, 3, 2)}"), "lacks 'fortran_order'"},
      {with("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 2)} x"), "only blanks"},
      {with("{'kind': 1}"), "expected 'descr'"},
      {with(""), "expected '{'"},
      {NpyBytes(good, kData + "x"), "expected the end of the file"},
      {NpyBytes(std::string(60000, ' '), kData), "header of 60000 bytes"},
      {NpyBytes(good, kData.substr(1) + "\x0a"), "block id 10"},
  }));
  const TempDir dir;
  const absl::StatusOr<House> house = ReadNpy(dir.Write("bad.npy", case_.bytes), kMaxExtent);
  REQUIRE_FALSE(house.ok());
  INFO(house.status().message());
  CHECK(house.status().message().find("bad.npy") != absl::string_view::npos);
  CHECK(house.status().message().find(case_.message) != absl::string_view::npos);
}

TEST_CASE("npy: a missing file and a directory are errors") {
  const TempDir dir;
  CHECK(ReadNpy(dir.path() + "/none.npy", kMaxExtent).status().code() ==
        absl::StatusCode::kNotFound);
  CHECK_FALSE(ReadNpy(dir.path(), kMaxExtent).ok());
}

}  // namespace
}  // namespace hod::env
