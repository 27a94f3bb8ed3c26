// Who may ask a server for what, by the headers of a request.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace hod::engine {

// Whether a Host header names this server. A page elsewhere can make a browser ask a server of this
// machine under a name of its own (DNS rebinding), but not under a number or "localhost". At a
// loopback address only loopback names are right, elsewhere any number and the machine's name.
bool HostIsOurs(absl::string_view host, absl::string_view address, int port);

// Whether a page of that origin may open the socket: only ours, under the name it was asked by.
// Clients that are no browsers send none.
bool OriginIsOurs(absl::string_view origin, absl::string_view host);

// Compares in a time that depends on the lengths alone.
bool SameSecret(absl::string_view a, absl::string_view b);

}  // namespace hod::engine
