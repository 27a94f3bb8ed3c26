#include "engine/cluster/redis.h"

#include <hiredis/hiredis.h>
#include <signal.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};

// While one lives, this thread gets no SIGPIPE, which hiredis raises by writing to a server that is
// gone, and which would end the program.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    if (sigismember(&before_, SIGPIPE) != 0) return;
    const timespec at_once{};
    while (sigtimedwait(&pipe_, nullptr, &at_once) > 0) continue;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_, before_;
};

RedisReply Copy(const redisReply& reply) {
  RedisReply copy;
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return copy;
    case REDIS_REPLY_INTEGER:
      copy.kind = RedisReply::Kind::kInteger;
      copy.integer = reply.integer;
      return copy;
    case REDIS_REPLY_ARRAY:
      copy.kind = RedisReply::Kind::kList;
      for (size_t i = 0; i < reply.elements; ++i) copy.list.push_back(Copy(*reply.element[i]));
      return copy;
    default:
      copy.kind = RedisReply::Kind::kText;
      copy.text.assign(reply.str, reply.len);
      return copy;
  }
}

absl::Status ErrorOf(const std::string& name, absl::string_view error) {
  const std::string text = absl::StrCat(name, ": ", error);
  const bool full = absl::StrContains(error, "OOM ") || absl::StrContains(error, "MISCONF ");
  if (full) return absl::ResourceExhaustedError(text);
  if (absl::StartsWith(error, "LOADING ")) return absl::UnavailableError(text);
  return absl::FailedPreconditionError(text);
}

}  // namespace

struct Redis::Connection {
  std::unique_ptr<redisContext, FreeContext> context;
};

absl::StatusOr<RedisAddress> ParseRedisUrl(absl::string_view url) {
  const auto wrong = [] {
    return absl::InvalidArgumentError(absl::StrCat("--redis: expected ", kRedisUrls));
  };
  RedisAddress address;
  if (absl::ConsumePrefix(&url, "unix:")) {
    if (url.empty()) return wrong();
    address.socket = std::string(url);
    return address;
  }
  if (!absl::ConsumePrefix(&url, "redis://")) return wrong();
  const size_t at = url.rfind('@');
  if (at != absl::string_view::npos) {
    const absl::string_view who = url.substr(0, at);
    const size_t colon = who.find(':');
    if (colon == absl::string_view::npos) return wrong();
    address.user = std::string(who.substr(0, colon));
    address.password = std::string(who.substr(colon + 1));
    url = url.substr(at + 1);
  }
  const size_t slash = url.find('/');
  if (slash != absl::string_view::npos) {
    const absl::string_view database = url.substr(slash + 1);
    if (!database.empty() &&
        (!absl::SimpleAtoi(database, &address.database) || address.database < 0)) {
      return wrong();
    }
    url = url.substr(0, slash);
  }
  const size_t colon = url.rfind(':');
  if (colon != absl::string_view::npos) {
    if (!absl::SimpleAtoi(url.substr(colon + 1), &address.port) || address.port < 1 ||
        address.port > 65535) {
      return wrong();
    }
    url = url.substr(0, colon);
  }
  if (url.empty()) return wrong();
  address.host = std::string(url);
  return address;
}

Redis::Redis(RedisAddress address, absl::Duration timeout)
    : address_(std::move(address)), timeout_(timeout) {}
Redis::~Redis() = default;
Redis::Redis(Redis&&) noexcept = default;

std::string Redis::name() const {
  return address_.socket.empty() ? absl::StrCat(address_.host, ":", address_.port)
                                 : address_.socket;
}

absl::Status Redis::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  const timeval timeout = absl::ToTimeval(timeout_);
  auto connection = std::make_unique<Connection>();
  connection->context.reset(
      address_.socket.empty()
          ? redisConnectWithTimeout(address_.host.c_str(), address_.port, timeout)
          : redisConnectUnixWithTimeout(address_.socket.c_str(), timeout));
  redisContext* const context = connection->context.get();
  if (context == nullptr || context->err != 0) {
    return absl::UnavailableError(
        absl::StrCat(name(), ": cannot connect: ", context ? context->errstr : "out of memory"));
  }
  redisSetTimeout(context, timeout);
  if (address_.socket.empty()) redisEnableKeepAlive(context);
  connection_ = std::move(connection);
  if (!address_.password.empty()) {
    std::vector<std::string> auth = {"AUTH"};
    if (!address_.user.empty()) auth.push_back(address_.user);
    auth.push_back(address_.password);
    const auto reply = Ask(auth);
    if (!reply.ok()) {
      connection_.reset();
      return reply.status();
    }
  }
  if (address_.database == 0) return absl::OkStatus();
  const auto reply = Ask({"SELECT", absl::StrCat(address_.database)});
  if (!reply.ok()) connection_.reset();
  return reply.status();
}

absl::StatusOr<RedisReply> Redis::Ask(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  const NoPipeSignal no_signal;
  redisContext* const context = connection_->context.get();
  const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(
      redisCommandArgv(context, static_cast<int>(words.size()), texts.data(), lengths.data())));
  if (reply == nullptr) {
    // What became of the command is not known, and later replies would be taken for its own.
    const std::string error = context->errstr;
    connection_.reset();
    return absl::UnavailableError(absl::StrCat(name(), ": no answer to ", words[0], ": ", error));
  }
  if (reply->type == REDIS_REPLY_ERROR) return ErrorOf(name(), {reply->str, reply->len});
  return Copy(*reply);
}

absl::StatusOr<RedisReply> Redis::Command(const std::vector<std::string>& words) {
  RETURN_IF_ERROR(Connect());
  return Ask(words);
}

}  // namespace hod::engine
