// NumPy arrays over memory of the engine, and arrays from outside that must be as expected.
#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "bindings/errors.h"
#include "env/game/geometry.h"

namespace hod::bindings {

using Shape = std::vector<py::ssize_t>;

inline Shape ShapeOf(const env::WorldSize& size) { return {size.w, size.h, size.d}; }

// A read-only array over `data`, which belongs to `owner` and stays where it is as long as `owner`
// lives; the array keeps it alive. Without `strides` in C order.
template <typename T>
py::array_t<T> View(const T* data, const Shape& shape, py::handle owner,
                    const Shape& strides = {}) {
  py::array_t<T> array(shape, strides, data, owner);
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

// A new array with a copy of `values`.
template <typename T>
py::array_t<T> Copy(const std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

// Elements of an array in C order.
template <typename T>
absl::Span<const T> Elements(const py::array& array) {
  return absl::Span<const T>(static_cast<const T*>(array.data()),
                             static_cast<size_t>(array.size()));
}

inline std::string ShapeText(const py::array& array) {
  return absl::StrCat(
      "(", absl::StrJoin(absl::MakeSpan(array.shape(), static_cast<size_t>(array.ndim())), ", "),
      ")");
}

// `array` in C order. TypeError unless its elements are of type T, ValueError unless it has `shape`
// (-1: any extent); `name` is what errors call it.
template <typename T>
py::array Exact(const py::array& array, const Shape& shape, const std::string& name) {
  if (!array.dtype().equal(py::dtype::of<T>())) {
    throw py::type_error(absl::StrCat(name, ": dtype ", std::string(py::str(array.dtype())),
                                      ", expected ", std::string(py::str(py::dtype::of<T>()))));
  }
  bool fits = array.ndim() == static_cast<py::ssize_t>(shape.size());
  for (size_t i = 0; fits && i < shape.size(); ++i) {
    fits = shape[i] < 0 || array.shape(static_cast<py::ssize_t>(i)) == shape[i];
  }
  if (!fits) {
    throw py::value_error(absl::StrCat(name, ": shape ", ShapeText(array), ", expected (",
                                       absl::StrJoin(shape, ", "), ")"));
  }
  return py::array_t<T, py::array::c_style>::ensure(array);
}

// Integers of any type that are within [0, end), as int32; else TypeError or ValueError.
std::vector<int32_t> Indices(const py::array& array, const Shape& shape, int32_t end,
                             const std::string& name);

}  // namespace hod::bindings
