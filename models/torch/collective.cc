#include "models/training/collective.h"

#include <ATen/ATen.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/status.h"
#include "models/torch/library.h"

namespace hod::models {
namespace {

// How long those who are left look for who is lost, and rank 0 answers them.
constexpr auto kRollCall = std::chrono::milliseconds(2000);
constexpr auto kBetweenLooks = std::chrono::milliseconds(50);

std::string AliveKey(int rank) { return absl::StrCat("alive/", rank); }

// What the libraries throw, in one line.
std::string MessageOf(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

// The address of this machine on the way to `host`; nothing if there is none.
std::string AddressTowards(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;  // Connecting it sends nothing.
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &found) != 0) return "";
  std::string address;
  for (const addrinfo* a = found; a != nullptr && address.empty(); a = a->ai_next) {
    const int file = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (file < 0) continue;
    sockaddr_storage own{};
    socklen_t size = sizeof(own);
    char text[NI_MAXHOST];
    if (connect(file, a->ai_addr, a->ai_addrlen) == 0 &&
        getsockname(file, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
        getnameinfo(reinterpret_cast<sockaddr*>(&own), size, text, sizeof(text), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      address = text;
    }
    close(file);
  }
  freeaddrinfo(found);
  return address;
}

class GlooCollective final : public Collective {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // Throws what the libraries throw.
  explicit GlooCollective(const CollectiveOptions& options)
      : rank_(options.rank), size_(options.size) {
    const Milliseconds patience(absl::ToInt64Milliseconds(options.patience));
    c10d::TCPStoreOptions meeting;
    meeting.port = static_cast<uint16_t>(options.port);
    meeting.isServer = rank_ == 0;
    meeting.numWorkers = size_;
    meeting.timeout = patience;
    store_ = c10::make_intrusive<c10d::TCPStore>(options.host, meeting);
    const auto how = c10d::ProcessGroupGloo::Options::create(patience);
    how->threads = 1;
    const char* const interface = std::getenv("GLOO_SOCKET_IFNAME");
    const std::string address = AddressTowards(options.host, options.port);
    how->devices.push_back(interface != nullptr && *interface != '\0'
                               ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                           : address.empty()
                               ? c10d::ProcessGroupGloo::createDefaultDevice()
                               : c10d::ProcessGroupGloo::createDeviceForHostname(address));
    group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, rank_, size_, how);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  absl::Status Sum(absl::Span<float> values) override { return SumOf(values, at::kFloat); }
  absl::Status Sum(absl::Span<double> values) override { return SumOf(values, at::kDouble); }

  absl::StatusOr<std::vector<std::string>> Gather(const std::string& bytes) override {
    std::vector<double> sizes(size_);
    sizes[rank_] = static_cast<double>(bytes.size());
    RETURN_IF_ERROR(Sum(absl::MakeSpan(sizes)));
    std::vector<std::string> gathered(size_);
    for (int from = 0; from < size_; ++from) {
      std::string& text = gathered[from];
      if (from == rank_) text = bytes;
      text.resize(static_cast<size_t>(sizes[from]));
      if (text.empty()) continue;
      c10d::BroadcastOptions options;
      options.rootRank = from;
      std::vector<at::Tensor> tensors = {
          at::from_blob(text.data(), {static_cast<int64_t>(text.size())}, at::kByte)};
      RETURN_IF_ERROR(Together([&] { group_->broadcast(tensors, options)->wait(); }));
    }
    return gathered;
  }

 private:
  template <typename T>
  absl::Status SumOf(absl::Span<T> values, at::ScalarType type) {
    std::vector<at::Tensor> tensors = {
        at::from_blob(values.data(), {static_cast<int64_t>(values.size())}, type)};
    return Together([&] { group_->allreduce(tensors)->wait(); });
  }

  absl::Status Together(const std::function<void()>& work) {
    try {
      work();
      return absl::OkStatus();
    } catch (const std::exception& error) {
      return absl::UnavailableError(absl::StrCat("learner ", rank_, " of ", size_, ": ",
                                                 WhoIsLost(), ": ", MessageOf(error)));
    }
  }

  // Every rank that is left says so in rank 0's store, and looks who does not.
  std::string WhoIsLost() const {
    struct Roll {
      std::mutex mutex;
      std::condition_variable ready;
      bool done = false;
      std::vector<int> missing;
    };
    const auto roll = std::make_shared<Roll>();
    // In a thread that nobody waits for: a store that hangs does not answer at all.
    std::thread([roll, store = store_, rank = rank_, size = size_] {
      std::vector<int> missing;
      try {
        store->set(AliveKey(rank), {1});
        const auto end = std::chrono::steady_clock::now() + kRollCall;
        for (int other = 0; other < size; ++other) {
          while (!store->check({AliveKey(other)})) {
            if (std::chrono::steady_clock::now() > end) {
              missing.push_back(other);
              break;
            }
            std::this_thread::sleep_for(kBetweenLooks);
          }
        }
      } catch (const std::exception&) {
        missing = {0};
      }
      const std::lock_guard<std::mutex> lock(roll->mutex);
      roll->missing = std::move(missing);
      roll->done = true;
      roll->ready.notify_one();
    }).detach();
    std::unique_lock<std::mutex> lock(roll->mutex);
    const bool done = roll->ready.wait_for(lock, 2 * kRollCall, [&] { return roll->done; });
    std::vector<int> missing = done ? roll->missing : std::vector<int>{0};
    lock.unlock();
    // Others may still be asking.
    if (rank_ == 0) std::this_thread::sleep_for(kRollCall / 2);
    if (missing.empty()) return "a connection between learners is broken";
    return absl::StrCat("no answer from learner ", absl::StrJoin(missing, " and "),
                        ", lost or busy");
  }

  const int rank_, size_;
  c10::intrusive_ptr<c10d::TCPStore> store_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Collective>> NewCollective(const CollectiveOptions& options) {
  try {
    return std::make_unique<GlooCollective>(options);
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("learner ", options.rank, " of ", options.size, " has not met the others at ",
                     options.host, ":", options.port, " within ",
                     absl::FormatDuration(options.patience), ": ", MessageOf(error)));
  }
}

}  // namespace hod::models
