#include "env/base/loopback.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <utility>

#include "env/base/status.h"

namespace hod {

absl::StatusOr<LoopbackListener> ListenOnLoopback() {
  Descriptor file(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (file.get() < 0 || bind(file.get(), any, length) != 0 || listen(file.get(), 1) != 0 ||
      getsockname(file.get(), any, &length) != 0) {
    return SystemError("127.0.0.1", "listen");
  }
  return LoopbackListener{std::move(file), ntohs(address.sin_port)};
}

absl::StatusOr<int> FreeLoopbackPort() {
  ASSIGN_OR_RETURN(const LoopbackListener listener, ListenOnLoopback());
  return listener.port;
}

}  // namespace hod
