#include "benchmarks/plain_copy.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "absl/strings/string_view.h"
#include "env/base/clock.h"
#include "env/base/descriptor.h"
#include "env/base/loopback.h"
#include "env/base/status.h"

namespace hod::benchmarks {
namespace {

// What this thread has used so far.
double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

absl::StatusOr<PlainCopy> CopyPlainly(const std::vector<std::string>& messages, double seconds) {
  ASSIGN_OR_RETURN(const LoopbackListener listener, ListenOnLoopback());
  double received = 0, receiver_cpu = 0;
  std::thread receiver([&, file = listener.file.get()] {
    const Descriptor from(accept(file, nullptr, nullptr));
    std::string buffer(1 << 20, 0);
    for (ssize_t got; (got = read(from.get(), buffer.data(), buffer.size())) > 0;) {
      received += static_cast<double>(got);
    }
    receiver_cpu = CpuSeconds();
  });
  const double before = CpuSeconds();
  const Stopwatch watch;
  {
    const Descriptor to(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(listener.port));
    if (connect(to.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      shutdown(listener.file.get(), SHUT_RDWR);
      receiver.join();
      return SystemError("127.0.0.1", "connect");
    }
    for (size_t i = 0; watch.Seconds() < seconds; ++i) {
      absl::string_view left = messages[i % messages.size()];
      while (!left.empty()) {
        const ssize_t sent = send(to.get(), left.data(), left.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        left.remove_prefix(static_cast<size_t>(sent));
      }
    }
  }
  receiver.join();
  const double cpu = CpuSeconds() - before + receiver_cpu;
  return PlainCopy{received / kMegabyte / watch.Seconds(), 1000 * cpu / (received / kMegabyte)};
}

}  // namespace hod::benchmarks
