// A connection to a Redis server: commands out, replies in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace hod::engine {

struct RedisAddress {
  std::string host;  // "" with a socket.
  int port = 6379;
  std::string socket;  // The path of a Unix socket.
  std::string user, password;
  int database = 0;
};

inline constexpr char kRedisUrls[] =
    "redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] or unix:PATH";
// Errors do not show the password.
absl::StatusOr<RedisAddress> ParseRedisUrl(absl::string_view url);

struct RedisReply {
  enum class Kind { kNil, kText, kInteger, kList };
  Kind kind = Kind::kNil;
  std::string text;
  int64_t integer = 0;
  std::vector<RedisReply> list;

  bool is_nil() const { return kind == Kind::kNil; }
};

inline constexpr absl::Duration kRedisTimeout = absl::Seconds(10);

// Not thread-safe. Connects when it is first used and again after a connection is lost, so that
// whoever calls may simply call again. No call waits longer than the timeout.
class Redis {
 public:
  explicit Redis(RedisAddress address, absl::Duration timeout = kRedisTimeout);
  ~Redis();
  Redis(Redis&&) noexcept;

  // Errors: unavailable if the server cannot be reached or has not answered; resource exhausted if
  // its memory or its disk is full; failed precondition for what else it says. They name the
  // address.
  absl::StatusOr<RedisReply> Command(const std::vector<std::string>& words);
  std::string name() const;  // "HOST:PORT" or the socket's path.

 private:
  struct Connection;
  absl::Status Connect();
  absl::StatusOr<RedisReply> Ask(const std::vector<std::string>& words);

  RedisAddress address_;
  absl::Duration timeout_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace hod::engine
