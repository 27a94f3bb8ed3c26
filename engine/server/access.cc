#include "engine/server/access.h"

#include <arpa/inet.h>

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "env/base/host_name.h"

namespace hod::engine {
namespace {

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || address == "::1";
}

bool IsNumber(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

}  // namespace

bool HostIsOurs(absl::string_view host, absl::string_view address, int port) {
  int named_port = 80;
  const size_t colon = host.rfind(':');
  if (colon != absl::string_view::npos && host.find(']', colon) == absl::string_view::npos) {
    if (!absl::SimpleAtoi(host.substr(colon + 1), &named_port)) return false;
    host = host.substr(0, colon);
  }
  if (named_port != port) return false;
  std::string name = absl::AsciiStrToLower(host);
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    name = name.substr(1, name.size() - 2);
  }
  if (name == "localhost" || (IsNumber(name) && IsLoopback(name))) return true;
  return !IsLoopback(address) &&
         (IsNumber(name) || (!name.empty() && name == absl::AsciiStrToLower(HostName())));
}

bool OriginIsOurs(absl::string_view origin, absl::string_view host) {
  return origin.empty() || origin == absl::StrCat("http://", host);
}

bool SameSecret(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  }
  return difference == 0;
}

}  // namespace hod::engine
