// Status values as Python exceptions, and exceptions of Python code that the engine called.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hod::bindings {

namespace py = pybind11;

// ValueError for arguments and contents of files that are wrong; an OSError, which knows errno and
// the file, where one cannot be read or written; else RuntimeError. Requires the GIL.
void ThrowIfError(const absl::Status& status);

template <typename T>
T ValueOrThrow(absl::StatusOr<T> value) {
  ThrowIfError(value.status());
  return *std::move(value);
}

// The first exception that Python code threw where the engine could not let it through: on other
// threads, and in functions that cannot fail. Thread-safe.
class PythonErrors {
 public:
  // Calls `python()` with the GIL. What it throws is kept, and a status says so.
  template <typename Function>
  absl::Status Catch(const Function& python) {
    const py::gil_scoped_acquire gil;
    try {
      python();
      return absl::OkStatus();
    } catch (...) {
      Keep(std::current_exception());
      return absl::UnknownError("an exception in Python");
    }
  }
  // Throws what is kept, which is then forgotten. Requires the GIL.
  void RethrowIfAny();

 private:
  void Keep(std::exception_ptr error);

  std::mutex mutex_;
  std::exception_ptr first_;
};

// A Python object that the engine may drop on any thread.
using SharedObject = std::shared_ptr<py::object>;
SharedObject Share(py::object object);

// What a pointer from Python points to: None is a null pointer. TypeError if it is one.
template <typename Pointer>
const Pointer& Required(const Pointer& pointer) {
  if (pointer == nullptr) throw py::type_error("None, expected an object of the package");
  return pointer;
}

}  // namespace hod::bindings
