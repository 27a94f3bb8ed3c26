#include "tests/support/base/poor_line.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>

#include "absl/strings/str_cat.h"
#include "env/base/clock.h"
#include "env/base/random.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

// The end of a line in the network of the calling thread: whoever reads it gets what is sent to
// `to`, and what is written to it arrives at `from`. -1: there can be none.
int OpenEnd(const std::string& name, const std::string& from, const std::string& to) {
  const int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return -1;
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  const std::string set = absl::StrCat("ip address add ", from, " peer ", to, " dev ", name,
                                       " && ip link set ", name, " up");
  if (ioctl(file, TUNSETIFF, &request) == 0 && std::system(set.c_str()) == 0) return file;
  close(file);
  return -1;
}

struct Packet {
  MonotonicTime due;
  int to;
  std::string bytes;
};

}  // namespace

bool PoorLine::Available() {
  bool available = false;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) return;
    const int end = OpenEnd("hod", "198.18.0.1", "198.18.0.2");
    available = end >= 0;
    close(end);
  }).join();
  if (!available) WARN("skipped: no networks of a test's own (root, iproute2, /dev/net/tun)");
  return available;
}

PoorLine::PoorLine() {
  // The network 198.18/15 is for tests; tests that run at once take different parts of it.
  const int part = getpid() % 0x4000;
  const std::string prefix =
      absl::StrCat("198.", 18 + part / 0x2000, ".", part / 64 % 128 * 2, ".");
  here_ = absl::StrCat(prefix, part % 64 * 4 + 1);
  there_ = absl::StrCat(prefix, part % 64 * 4 + 2);
  near_end_ = OpenEnd(absl::StrCat("hod", getpid()), here_, there_);
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) return;
    far_end_ = OpenEnd("hod", there_, here_);
    network_ = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  }).join();
  REQUIRE(near_end_ >= 0);
  REQUIRE(far_end_ >= 0);
  REQUIRE(network_ >= 0);
  relay_ = std::thread([this] { Relay(); });
}

PoorLine::~PoorLine() {
  stop_ = true;
  relay_.join();
  for (const int file : {near_end_, far_end_, network_}) close(file);
}

void PoorLine::There(const std::function<void()>& work) const {
  std::thread([&] {
    if (setns(network_, CLONE_NEWNET) == 0) work();
  }).join();
}

void PoorLine::Relay() {
  Rng rng(1);
  std::deque<Packet> held;
  std::array<char, 1 << 16> buffer;
  while (!stop_) {
    pollfd ends[] = {{near_end_, POLLIN, 0}, {far_end_, POLLIN, 0}};
    poll(ends, 2, /*timeout=*/1);
    for (const auto& [from, to] :
         {std::pair(near_end_, far_end_), std::pair(far_end_, near_end_)}) {
      for (ssize_t got; (got = read(from, buffer.data(), buffer.size())) > 0;) {
        if (cut_ || rng.Chance(loss_)) continue;
        held.push_back({MonotonicNow() + absl::Microseconds(delay_us_.load()), to,
                        std::string(buffer.data(), static_cast<size_t>(got))});
      }
    }
    for (; !held.empty() && held.front().due <= MonotonicNow(); held.pop_front()) {
      if (cut_) continue;
      if (write(held.front().to, held.front().bytes.data(), held.front().bytes.size()) < 0)
        continue;
    }
  }
}

}  // namespace hod
