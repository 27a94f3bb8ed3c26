#include "bindings/arrays.h"

namespace hod::bindings {

std::vector<int32_t> Indices(const py::array& array, const Shape& shape, int32_t end,
                             const std::string& name) {
  const char kind = array.dtype().kind();
  if (kind != 'i' && kind != 'u') {
    throw py::type_error(
        absl::StrCat(name, ": dtype ", std::string(py::str(array.dtype())), ", expected integers"));
  }
  const py::array wide =
      Exact<int64_t>(py::array_t<int64_t, py::array::forcecast>::ensure(array), shape, name);
  std::vector<int32_t> indices;
  indices.reserve(static_cast<size_t>(wide.size()));
  for (const int64_t index : Elements<int64_t>(wide)) {
    if (index < 0 || index >= end) {
      throw py::value_error(absl::StrCat(name, ": ", index, ", expected 0 to ", end - 1));
    }
    indices.push_back(static_cast<int32_t>(index));
  }
  return indices;
}

}  // namespace hod::bindings
