// Little-endian fields and varints in a byte string. The reader never trusts its input: the first
// thing that is wrong is kept as a status with its offset, and from then on every read gives 0.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace hod {

static_assert(std::endian::native == std::endian::little,
              "samples are stored as they lie in memory");

class ByteWriter {
 public:
  // `T` is an integer or a floating-point number of fixed width.
  template <typename T>
  void Fixed(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  // LEB128: seven bits a byte, the lowest first.
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }
  void Bytes(absl::string_view bytes) { bytes_.append(bytes.data(), bytes.size()); }

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : bytes_(bytes) {}

  // OK, or the first thing that was wrong, beginning with "at offset N".
  const absl::Status& status() const { return status_; }
  bool ok() const { return status_.ok(); }
  size_t offset() const { return offset_; }
  size_t remaining() const { return bytes_.size() - offset_; }

  // Records a fault of the value that was read from `offset` on.
  template <typename... Parts>
  void Fail(size_t offset, const Parts&... parts) {
    if (!ok()) return;
    status_ = absl::DataLossError(absl::StrCat("at offset ", offset, ": ", parts...));
    offset_ = bytes_.size();
  }

  absl::string_view Bytes(size_t count, absl::string_view what) {
    if (count > remaining()) {
      Fail(offset_, what, " needs ", count, " bytes, but ", remaining(), " are left");
      return {};
    }
    offset_ += count;
    return bytes_.substr(offset_ - count, count);
  }

  template <typename T>
  T Fixed(absl::string_view what) {
    T value{};
    const absl::string_view bytes = Bytes(sizeof(T), what);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }

  // A number from `min` to `max`. Each has one encoding only: longer ones are refused.
  uint64_t Varint(uint64_t min, uint64_t max, absl::string_view what) {
    const size_t begin = offset_;
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = Fixed<uint8_t>(what);
      if (!ok()) return 0;
      if (shift == 63 && byte > 1) {
        Fail(begin, what, " is over 64 bits long");
        return 0;
      }
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte & 0x80) continue;
      if (byte == 0 && shift > 0) Fail(begin, what, " is padded with zeros");
      break;
    }
    if (value < min || value > max) {
      Fail(begin, what, " is ", value, ", expected ", min, " to ", max);
    }
    return ok() ? value : 0;
  }

  // The number of elements that follow, each of at least `min_bytes` bytes: never more than the
  // input can hold, so that memory may be set aside for them.
  size_t Count(uint64_t max, size_t min_bytes, absl::string_view what) {
    const size_t begin = offset_;
    const uint64_t count = Varint(0, max, what);
    if (count <= remaining() / min_bytes) return count;
    Fail(begin, what, " is ", count, ", but only ", remaining(), " bytes are left");
    return 0;
  }

 private:
  absl::string_view bytes_;
  size_t offset_ = 0;
  absl::Status status_;
};

}  // namespace hod
