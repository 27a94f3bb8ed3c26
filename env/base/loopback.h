// Ports of this machine that other machines do not reach.
#pragma once

#include "absl/status/statusor.h"
#include "env/base/descriptor.h"

namespace hod {

// A socket that listens at a port of 127.0.0.1 that nobody else has.
struct LoopbackListener {
  Descriptor file;
  int port = 0;
};
absl::StatusOr<LoopbackListener> ListenOnLoopback();

// A port of 127.0.0.1 at which nobody listens now. Somebody else may take it before it is used.
absl::StatusOr<int> FreeLoopbackPort();

}  // namespace hod
