#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace hod::fuzz {
namespace {

// Numbers at the edges of types and of sense.
constexpr const char* kTextNumbers[] = {"-1",
                                        "0",
                                        "1",
                                        "2",
                                        "64",
                                        "65",
                                        "255",
                                        "256",
                                        "65536",
                                        "2147483647",
                                        "2147483648",
                                        "-2147483648",
                                        "4294967295",
                                        "4294967296",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "18446744073709551615",
                                        "1e300",
                                        "-1e300",
                                        "1e-320",
                                        "0.5",
                                        "1e999",
                                        "null",
                                        "true",
                                        "\"\"",
                                        "[]",
                                        "{}",
                                        "[[0,0]]",
                                        "nan",
                                        "inf"};
constexpr uint64_t kBinaryNumbers[] = {0,          1,          0x7f,       0x80,
                                       0xff,       0x7fff,     0xffff,     0x10000,
                                       0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
                                       ~0ull >> 1, ~0ull,      1ull << 63, 0x7ff0000000000000};

int Size(const std::string& bytes) { return static_cast<int>(bytes.size()); }

// A position in non-empty `bytes`, and how much to take from there: mostly little.
struct Range {
  Range(const std::string& bytes, Rng& rng) : begin(rng.Below(Size(bytes))) {
    const int most = rng.Chance(0.8) ? 16 : Size(bytes);
    length = rng.Between(1, std::min(most, Size(bytes) - begin));
  }
  int begin, length;
};

// The number in text that is the next from some position on; false if there is none.
bool ReplaceTextNumber(std::string& bytes, Rng& rng) {
  const auto part_of_number = [](unsigned char c) { return std::isdigit(c) || c == '-'; };
  const auto begin =
      std::find_if(bytes.begin() + rng.Below(Size(bytes)), bytes.end(), part_of_number);
  if (begin == bytes.end()) return false;
  const auto end = std::find_if_not(begin, bytes.end(), part_of_number);
  bytes.replace(begin, end, kTextNumbers[rng.Below(std::size(kTextNumbers))]);
  return true;
}

void ReplaceBinaryNumber(std::string& bytes, Rng& rng) {
  const int at = rng.Below(Size(bytes));
  const int width = std::min(1 << rng.Below(4), Size(bytes) - at);
  uint64_t number = kBinaryNumbers[rng.Below(std::size(kBinaryNumbers))];
  if (rng.Chance(0.5)) {  // Near the one that is there, or near the size of the file.
    number = rng.Chance(0.5) ? bytes.size() : static_cast<uint8_t>(bytes[at]);
    number += static_cast<uint64_t>(rng.Between(-9, 9));
  }
  for (int k = 0; k < width; ++k) bytes[at + k] = static_cast<char>(number >> 8 * k);
}

void MutateOnce(const std::string& other, Rng& rng, std::string& bytes) {
  if (bytes.empty()) {
    bytes = other;
    return;
  }
  const Range range(bytes, rng);
  switch (rng.Below(10)) {
    case 0:
      bytes[range.begin] = static_cast<char>(bytes[range.begin] ^ 1 << rng.Below(8));
      break;
    case 1:
      bytes[range.begin] = static_cast<char>(rng.Below(256));
      break;
    case 2:
    case 3:
      if (ReplaceTextNumber(bytes, rng)) break;
      [[fallthrough]];
    case 4:
      ReplaceBinaryNumber(bytes, rng);
      break;
    case 5:
      bytes.erase(range.begin, range.length);
      break;
    case 6: {
      const std::string copy = bytes.substr(range.begin, range.length);
      bytes.insert(rng.Between(0, Size(bytes)), copy);
      break;
    }
    case 7: {
      const std::string copy = bytes.substr(range.begin, range.length);
      const int to = rng.Below(Size(bytes));
      bytes.replace(to, std::min(range.length, Size(bytes) - to), copy);
      break;
    }
    case 8:
      if (rng.Chance(0.2)) bytes.resize(range.begin);
      break;
    case 9: {
      if (other.empty()) break;
      const Range from(other, rng);
      bytes.insert(rng.Between(0, Size(bytes)), other, from.begin, from.length);
      break;
    }
  }
}

}  // namespace

void Mutate(const std::string& other, Rng& rng, std::string& bytes) {
  for (int times = 1 << rng.Below(4); times > 0; --times) MutateOnce(other, rng, bytes);
  if (bytes.size() > kMaxInput) bytes.resize(kMaxInput);
}

}  // namespace hod::fuzz
