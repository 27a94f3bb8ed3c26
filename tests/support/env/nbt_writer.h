// Writes NBT by hand, for tests: values are byte strings, put together from the inside out.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace hod::env::nbt {

inline std::string BigEndian(uint64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

// A payload and the number of its type.
struct Value {
  int type;
  std::string payload;
};

inline Value Byte(int value) { return {1, BigEndian(static_cast<uint64_t>(value), 1)}; }
inline Value Short(int value) { return {2, BigEndian(static_cast<uint64_t>(value), 2)}; }
inline Value Int(int value) { return {3, BigEndian(static_cast<uint64_t>(value), 4)}; }
inline Value Long(int64_t value) { return {4, BigEndian(static_cast<uint64_t>(value), 8)}; }
inline Value String(const std::string& text) { return {8, BigEndian(text.size(), 2) + text}; }
inline Value Bytes(const std::string& bytes) { return {7, BigEndian(bytes.size(), 4) + bytes}; }

inline Value Longs(const std::vector<uint64_t>& numbers) {
  Value array{12, BigEndian(numbers.size(), 4)};
  for (const uint64_t number : numbers) array.payload += BigEndian(number, 8);
  return array;
}

inline Value List(const std::vector<Value>& values) {
  Value list{9, BigEndian(values.empty() ? 0 : values[0].type, 1) + BigEndian(values.size(), 4)};
  for (const Value& value : values) list.payload += value.payload;
  return list;
}

using Fields = std::vector<std::pair<std::string, Value>>;

// The fields with one changed, or left out.
inline Fields With(Fields fields, const std::string& name, const Value& value) {
  for (auto& field : fields) {
    if (field.first == name) field.second = value;
  }
  return fields;
}
inline Fields Without(const Fields& fields, const std::string& name) {
  Fields kept;
  for (const auto& field : fields) {
    if (field.first != name) kept.push_back(field);
  }
  return kept;
}

inline std::string Named(const std::string& name, const Value& value) {
  return BigEndian(value.type, 1) + String(name).payload + value.payload;
}

inline Value Compound(const Fields& fields) {
  Value compound{10, ""};
  for (const auto& [name, value] : fields) compound.payload += Named(name, value);
  compound.payload += '\0';
  return compound;
}

// The payload of a value that begins at `at`, with all its numbers turned round; `at` moves on.
inline std::string Turned(int type, const std::string& bytes, size_t& at) {
  const auto number = [&](size_t size) {
    at += size;
    return std::string(bytes.rend() - static_cast<std::ptrdiff_t>(at),
                       bytes.rend() - static_cast<std::ptrdiff_t>(at - size));
  };
  const auto length = [&](size_t size) {
    size_t value = 0;
    for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
    return value;
  };
  const auto text = [&](size_t size) {
    const size_t count = length(size);
    std::string turned = number(size);
    turned += bytes.substr(at, count);
    at += count;
    return turned;
  };
  constexpr size_t kSizes[] = {0, 1, 2, 4, 8, 4, 8};
  if (type <= 6) return number(kSizes[type]);
  if (type == 7) return text(4);
  if (type == 8) return text(2);
  std::string turned;
  if (type == 10) {
    for (;;) {
      const int inner = bytes[at];
      turned += bytes[at++];
      if (inner == 0) return turned;
      turned += text(2);
      turned += Turned(inner, bytes, at);
    }
  }
  const int inner = type == 9 ? bytes[at] : type == 11 ? 3 : 4;
  if (type == 9) turned += bytes[at++];
  const size_t count = length(4);
  turned += number(4);
  for (size_t i = 0; i < count; ++i) turned += Turned(inner, bytes, at);
  return turned;
}

// A document of Bedrock, from one of Java.
inline std::string LittleEndian(const std::string& document) {
  // A compound around it, so that it is turned with its type and name.
  size_t at = 0;
  const std::string turned = Turned(10, document + '\0', at);
  return turned.substr(0, turned.size() - 1);
}

inline std::string Gzip(absl::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace hod::env::nbt
