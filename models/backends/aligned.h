// Memory for vectors of the processor, and counts of channels that fill them.
#pragma once

#include <new>
#include <vector>

namespace hod::models {

// Memory that starts on a line of the cache: a vector across two lines is loaded twice.
template <typename T>
struct LineAllocator {
  static constexpr std::align_val_t kLine{64};
  using value_type = T;
  T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kLine)); }
  void deallocate(T* memory, size_t) { ::operator delete(memory, kLine); }
  friend bool operator==(const LineAllocator&, const LineAllocator&) = default;
};
template <typename T>
using Aligned = std::vector<T, LineAllocator<T>>;

constexpr int RoundUp(int count, int multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

}  // namespace hod::models
