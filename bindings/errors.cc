#include "bindings/errors.h"

#include <memory>
#include <string>

namespace hod::bindings {
namespace {

PyObject* ExceptionOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss:
      return PyExc_ValueError;
    case absl::StatusCode::kNotFound:
      return PyExc_FileNotFoundError;
    case absl::StatusCode::kAlreadyExists:
      return PyExc_FileExistsError;
    case absl::StatusCode::kPermissionDenied:
      return PyExc_PermissionError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return PyExc_OSError;
    default:
      return PyExc_RuntimeError;
  }
}

}  // namespace

void ThrowIfError(const absl::Status& status) {
  if (status.ok()) return;
  PyErr_SetString(ExceptionOf(status.code()), std::string(status.message()).c_str());
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
