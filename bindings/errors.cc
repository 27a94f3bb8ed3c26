#include "bindings/errors.h"

#include <memory>
#include <optional>
#include <string>

#include "env/base/descriptor.h"

namespace hod::bindings {
namespace {

PyObject* ExceptionOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kNotFound:  // A missing name; a missing file has an errno.
      return PyExc_ValueError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return PyExc_OSError;
    default:
      return PyExc_RuntimeError;
  }
}

// The exception of the errno, which Python prints before the message and the path.
[[noreturn]] void Throw(const FileError& file, std::string message) {
  if (const size_t at = message.find(file.path + ": "); at != std::string::npos) {
    message.erase(at, file.path.size() + 2);
  }
  const py::object path = py::reinterpret_steal<py::object>(PyUnicode_DecodeFSDefaultAndSize(
      file.path.data(), static_cast<py::ssize_t>(file.path.size())));
  if (!path) throw py::error_already_set();
  // OSError turns an errno into FileNotFoundError, IsADirectoryError and the like.
  const py::object exception =
      py::reinterpret_borrow<py::object>(PyExc_OSError)(file.error, message, path);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  throw py::error_already_set();
}

}  // namespace

void ThrowIfError(const absl::Status& status) {
  if (status.ok()) return;
  const std::string message(status.message());
  if (const std::optional<FileError> file = FileErrorOf(status)) Throw(*file, message);
  PyErr_SetString(ExceptionOf(status.code()), message.c_str());
  throw py::error_already_set();
}

void PythonErrors::Keep(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (first_ == nullptr) first_ = std::move(error);
}

void PythonErrors::RethrowIfAny() {
  std::exception_ptr error;
  {
    const std::lock_guard lock(mutex_);
    std::swap(error, first_);
  }
  if (error != nullptr) std::rethrow_exception(error);
}

SharedObject Share(py::object object) {
  return SharedObject(new py::object(std::move(object)), [](py::object* last) {
    const py::gil_scoped_acquire gil;
    delete last;
  });
}

}  // namespace hod::bindings
