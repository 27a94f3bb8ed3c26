// Writes NBT by hand, for tests: values are byte strings, put together from the inside out.
#pragma once

#include <zlib.h>

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

inline Value List(const std::vector<Value>& values) {
  Value list{9, BigEndian(values.empty() ? 0 : values[0].type, 1) + BigEndian(values.size(), 4)};
  for (const Value& value : values) list.payload += value.payload;
  return list;
}

using Fields = std::vector<std::pair<std::string, Value>>;

inline std::string Named(const std::string& name, const Value& value) {
  return BigEndian(value.type, 1) + String(name).payload + value.payload;
}

inline Value Compound(const Fields& fields) {
  Value compound{10, ""};
  for (const auto& [name, value] : fields) compound.payload += Named(name, value);
  compound.payload += '\0';
  return compound;
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
