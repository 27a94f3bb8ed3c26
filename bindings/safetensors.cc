// Files of named tensors in Python.
#include "models/files/safetensors.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include "bindings/models.h"

namespace hod::bindings {
namespace {

using models::Dtype;
using models::SafeTensor;
using models::SafeTensors;

// {name: (dtype, shape, bytes as uint8 [n])}: a view of the file's data in memory.
std::tuple<py::dict, std::map<std::string, std::string>> Read(const std::filesystem::path& path) {
  absl::StatusOr<SafeTensors> contents;
  {
    const py::gil_scoped_release release;
    contents = models::ReadSafeTensors(path.string());
  }
  auto file = std::make_unique<SafeTensors>(ValueOrThrow(std::move(contents)));
  const SafeTensors& read = *file;
  const py::capsule owner(file.release(), [](void* f) { delete static_cast<SafeTensors*>(f); });
  py::dict tensors;
  for (const auto& [name, tensor] : read.tensors) {
    tensors[py::str(name)] =
        py::make_tuple(models::Name(tensor.dtype), py::tuple(py::cast(tensor.shape)),
                       View(reinterpret_cast<const uint8_t*>(tensor.data.data()),
                            {static_cast<py::ssize_t>(tensor.data.size())}, owner));
  }
  return {tensors, read.metadata};
}

Dtype DtypeOf(const std::string& name) {
  for (int i = 0; i < models::kNumDtypes; ++i) {
    if (name == models::Name(static_cast<Dtype>(i))) return static_cast<Dtype>(i);
  }
  throw py::value_error(absl::StrCat("dtype: ", name, " is none of the format's"));
}

// Text of the header. TypeError for anything but str.
std::string TextFrom(py::handle object, const char* what) {
  if (PyUnicode_Check(object.ptr()) == 0) {
    throw py::type_error(
        absl::StrCat(what, ": ", std::string(py::repr(object)), ", expected text"));
  }
  const py::object bytes = py::reinterpret_steal<py::object>(PyUnicode_AsUTF8String(object.ptr()));
  if (!bytes) throw py::error_already_set();
  return bytes.cast<std::string>();
}

void Write(const std::filesystem::path& path, const py::dict& tensors, const py::dict& metadata) {
  SafeTensors file;
  for (const auto& [key, value] : metadata) {
    file.metadata.emplace(TextFrom(key, "metadata"), TextFrom(value, "metadata"));
  }
  for (const auto& [key, value] : tensors) {
    const std::string name = TextFrom(key, "name of a tensor");
    if (name == "__metadata__") {
      throw py::value_error("name of a tensor: __metadata__, which the format keeps for itself");
    }
    const auto [dtype, shape, bytes] =
        value.cast<std::tuple<std::string, std::vector<int64_t>, py::bytes>>();
    SafeTensor tensor{DtypeOf(dtype), shape, bytes};
    for (const int64_t extent : shape) {
      if (extent < 0) throw py::value_error(absl::StrCat(name, ": negative extent"));
    }
    const std::optional<int64_t> size = models::NumBytes(tensor.dtype, shape);
    if (size != static_cast<int64_t>(tensor.data.size())) {
      throw py::value_error(absl::StrCat(name, ": ", tensor.data.size(), " bytes, expected ",
                                         size ? absl::StrCat(*size) : "a whole number of them"));
    }
    file.tensors.emplace(name, std::move(tensor));
  }
  absl::Status status;
  {
    const py::gil_scoped_release release;
    status = models::WriteSafeTensors(path.string(), file);
  }
  ThrowIfError(status);
}

}  // namespace

void BindSafetensors(py::module_& m) {
  m.def("read_safetensors", &Read, py::arg("path"),
        "({name: (dtype, shape, uint8 [bytes])}, metadata) of a file; see hod.safetensors.");
  m.def("write_safetensors", &Write, py::arg("path"), py::arg("tensors"),
        py::arg("metadata") = py::dict(),
        "Writes {name: (dtype, shape, bytes)}; see hod.safetensors.");
}

}  // namespace hod::bindings
