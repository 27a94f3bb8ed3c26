// Files of named tensors in Python.
#include "models/files/safetensors.h"

#include <pybind11/stl.h>

#include <map>
#include <memory>

#include "bindings/models.h"

namespace hod::bindings {
namespace {

using models::Dtype;
using models::SafeTensor;
using models::SafeTensors;

constexpr Dtype kDtypes[] = {Dtype::kBool, Dtype::kU8,   Dtype::kI8,  Dtype::kI16, Dtype::kU16,
                             Dtype::kF16,  Dtype::kBF16, Dtype::kI32, Dtype::kU32, Dtype::kF32,
                             Dtype::kI64,  Dtype::kU64,  Dtype::kF64};

// {name: (dtype, shape, bytes as uint8 [n])}: a view of the file's data in memory.
py::tuple Read(const std::string& path) {
  auto file = std::make_unique<SafeTensors>(ValueOrThrow(models::ReadSafeTensors(path)));
  const SafeTensors& read = *file;
  const py::capsule owner(file.release(), [](void* f) { delete static_cast<SafeTensors*>(f); });
  py::dict tensors;
  for (const auto& [name, tensor] : read.tensors) {
    tensors[name.c_str()] =
        py::make_tuple(models::Name(tensor.dtype), py::tuple(py::cast(tensor.shape)),
                       View(reinterpret_cast<const uint8_t*>(tensor.data.data()),
                            {static_cast<py::ssize_t>(tensor.data.size())}, owner));
  }
  return py::make_tuple(tensors, read.metadata);
}

Dtype DtypeOf(const std::string& name) {
  for (const Dtype dtype : kDtypes) {
    if (name == models::Name(dtype)) return dtype;
  }
  throw py::value_error(absl::StrCat("dtype: ", name, " is none of the format's"));
}

void Write(const std::string& path, const py::dict& tensors,
           const std::map<std::string, std::string>& metadata) {
  SafeTensors file{{}, metadata};
  for (const auto& [key, value] : tensors) {
    const auto name = key.cast<std::string>();
    const auto [dtype, shape, bytes] =
        value.cast<std::tuple<std::string, std::vector<int64_t>, py::bytes>>();
    SafeTensor tensor{DtypeOf(dtype), shape, bytes};
    int64_t size = models::SizeOf(tensor.dtype);
    for (const int64_t extent : shape) {
      if (extent < 0) throw py::value_error(absl::StrCat(name, ": negative extent"));
      size *= extent;
    }
    if (size != static_cast<int64_t>(tensor.data.size())) {
      throw py::value_error(
          absl::StrCat(name, ": ", tensor.data.size(), " bytes, expected ", size));
    }
    file.tensors.emplace(name, std::move(tensor));
  }
  ThrowIfError(models::WriteSafeTensors(path, file));
}

}  // namespace

void BindSafetensors(py::module_& m) {
  m.def("read_safetensors", &Read, py::arg("path"),
        "({name: (dtype, shape, uint8 [bytes])}, metadata) of a file; see hod.safetensors.");
  m.def("write_safetensors", &Write, py::arg("path"), py::arg("tensors"),
        py::arg("metadata") = std::map<std::string, std::string>(),
        "Writes {name: (dtype, shape, bytes)}; see hod.safetensors.");
}

}  // namespace hod::bindings
