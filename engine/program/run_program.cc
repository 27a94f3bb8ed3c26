#include "engine/program/run_program.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace hod::engine {
namespace {

constexpr char kOutOfMemory[] = "out of memory";

// The next files would be opened in the place of standard ones that are closed, and then be printed
// into. What takes their place here takes no output, so that it is missed.
void FillStandardFiles() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) < 0) open("/", O_RDONLY);
  }
}

// Whether the system did not start a thread: what the standard library or oneTBB throws.
bool IsThreadError(const std::exception& error) {
  const auto* const system = dynamic_cast<const std::system_error*>(&error);
  return system != nullptr ? system->code() == std::errc::resource_unavailable_try_again
                           : std::strstr(error.what(), "pthread_create") != nullptr;
}
constexpr char kNoThread[] = "cannot start a thread: Resource temporarily unavailable";

// Where an exception leaves a thread. Needs no memory.
[[noreturn]] void EndByException() {
  try {
    if (const std::exception_ptr exception = std::current_exception()) {
      std::rethrow_exception(exception);
    }
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "hod: %s\n", kOutOfMemory);
    _exit(1);
  } catch (const std::exception& error) {
    if (IsThreadError(error)) {
      std::fprintf(stderr, "hod: %s\n", kNoThread);
      _exit(1);
    }
    std::fprintf(stderr, "hod: internal error: %s\n", error.what());
  } catch (...) {
  }
  std::abort();
}

absl::Status FlushOutput() {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int error = errno;
  if (flushed && std::ferror(stdout) == 0) return absl::OkStatus();
  constexpr char kMessage[] = "standard output: cannot write all that was printed";
  if (error == 0) return absl::DataLossError(kMessage);  // It went wrong before.
  return absl::DataLossError(absl::StrCat(kMessage, ": ", std::strerror(error)));
}

}  // namespace

int RunProgram(CLI::App& app, absl::Status& result, int argc, char** argv) {
  FillStandardFiles();
  std::set_terminate(EndByException);
  int parsed = 0;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    parsed = app.exit(error);  // Prints help, the version, or what is wrong.
  } catch (const std::bad_alloc&) {
    result = absl::ResourceExhaustedError(kOutOfMemory);
  } catch (const std::exception& error) {
    result = IsThreadError(error)
                 ? absl::ResourceExhaustedError(kNoThread)
                 : absl::InternalError(absl::StrCat("internal error: ", error.what()));
  }
  if (result.ok()) result = FlushOutput();
  if (result.ok()) return parsed;
  std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), std::string(result.message()).c_str());
  return absl::IsCancelled(result) ? 130 : 1;
}

}  // namespace hod::engine
