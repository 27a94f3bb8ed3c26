#include "env/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace hod {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD.

struct Character {
  char32_t code;
  size_t size;  // In bytes.
  bool is_valid;
};

// The first character of `text`, which is not empty. Where that is not UTF-8: one byte, U+FFFD.
Character First(absl::string_view text) {
  constexpr Character kBad = {0xFFFD, 1, false};
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1, true};
  const size_t size = byte(0) < 0xC2 ? 0 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (size == 0 || byte(0) > 0xF4 || text.size() < size) return kBad;
  char32_t code = byte(0) & (0x7F >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kBad;
    code = code << 6 | (byte(i) & 0x3F);
  }
  // Longer than need be, a surrogate, or beyond Unicode.
  if ((size == 3 && code < 0x800) || (size == 4 && (code < 0x10000 || code > 0x10FFFF)) ||
      (code >= 0xD800 && code <= 0xDFFF)) {
    return kBad;
  }
  return {code, size, true};
}

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

int ColumnsOf(char32_t code) {
  // East Asian scripts, their punctuation and wide forms, and pictographs (Unicode's UAX #11).
  static constexpr char32_t kWide[][2] = {
      {0x1100, 0x115F},   {0x231A, 0x231B},  {0x23E9, 0x23F3}, {0x25FD, 0x25FE}, {0x2600, 0x27BF},
      {0x2B1B, 0x2B55},   {0x2E80, 0x303E},  {0x3041, 0xA4CF}, {0xA960, 0xA97C}, {0xAC00, 0xD7A3},
      {0xF900, 0xFAFF},   {0xFE10, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x1B2FF},
      {0x1F000, 0x1FAFF}, {0x20000, 0x3FFFD}};
  const auto* const range =
      std::find_if(std::begin(kWide), std::end(kWide), [&](const auto& r) { return code <= r[1]; });
  return range != std::end(kWide) && code >= (*range)[0] ? 2 : 1;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Character c = First(text);
    if (!c.is_valid) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

std::string ToUtf8(absl::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const Character c = First(text);
    if (c.is_valid) {
      valid.append(text.data(), c.size);
    } else {
      valid.append(kReplacement);
    }
    text.remove_prefix(c.size);
  }
  return valid;
}

std::string FirstColumns(absl::string_view text, int columns) {
  std::string shown;
  while (!text.empty()) {
    const Character c = First(text);
    columns -= ColumnsOf(c.code);
    if (columns < 0) break;
    if (IsControl(c.code)) {
      shown.push_back('?');
    } else if (c.is_valid) {
      shown.append(text.data(), c.size);
    } else {
      shown.append(kReplacement);
    }
    text.remove_prefix(c.size);
  }
  return shown;
}

int NumColumns(absl::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Character c = First(text);
    columns += ColumnsOf(c.code);
    text.remove_prefix(c.size);
  }
  return columns;
}

}  // namespace hod
