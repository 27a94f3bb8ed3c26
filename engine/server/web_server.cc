#include "engine/server/web_server.h"

// Boost 1.74 uses std::exchange without saying so.
#include <utility>
// In this order.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <deque>
#include <list>
#include <optional>
#include <variant>

#include "absl/strings/str_cat.h"
#include "engine/live/protocol.h"
#include "engine/server/access.h"
#include "engine/server/page_files.h"
#include "env/base/clock.h"
#include "env/base/json.h"

namespace hod::engine {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using Error = beast::error_code;

constexpr auto kFirstWords = std::chrono::seconds(10);  // A request, or a hello.
constexpr auto kIdle = std::chrono::seconds(30);        // Browsers answer pings within that.
constexpr auto kLastWords = std::chrono::milliseconds(200);
constexpr auto kTick = std::chrono::milliseconds(20);
constexpr uint32_t kMaxHeaderBytes = 8 << 10;
constexpr size_t kMaxConnections = 16;
constexpr size_t kMaxUnsentBytes = 16 << 20;  // A client that does not read is let go.
constexpr double kMessagesPerSecond = 60;     // More than hands and timers make,
constexpr double kMessagesAtOnce = 120;       // and so many in a burst.

constexpr char kContentPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

absl::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// How many messages a client may still send.
class Allowance {
 public:
  bool Take() {
    const MonotonicTime now = MonotonicNow();
    left_ =
        std::min(kMessagesAtOnce, left_ + kMessagesPerSecond * absl::ToDoubleSeconds(now - last_));
    last_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double left_ = kMessagesAtOnce;
  MonotonicTime last_ = MonotonicNow();
};

}  // namespace

// All of it runs on the thread of Run(), but for `worker`.
struct WebServer::Implementation {
  class Connection;
  class Socket;

  explicit Implementation(ServerOptions options) : options(std::move(options)) {}

  void Accept();
  void Tick();
  void Fail(absl::Status error) {
    if (!error.ok() && status.ok()) status = std::move(error);
  }
  // Takes a socket that has said the right hello.
  void Admit(std::shared_ptr<Socket> socket);
  void Leave(const Socket* socket);

  const ServerOptions options;
  size_t connections = 0;  // Outlives what counts here.
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer timer{context};
  asio::thread_pool worker{1};
  int port = 0;
  std::list<std::shared_ptr<Socket>> clients;  // Oldest first.
  SocketHandler* handler = nullptr;
  const std::atomic<bool>* stop = nullptr;
  absl::Status status;
};

// A client on the socket, or what may become one.
class WebServer::Implementation::Socket : public std::enable_shared_from_this<Socket> {
 public:
  Socket(Implementation& server, tcp::socket&& socket)
      : server_(server), stream_(std::move(socket)) {
    ++server_.connections;
  }
  ~Socket() { --server_.connections; }

  void Accept(const http::request<http::empty_body>& request) {
    websocket::stream_base::timeout timeout{kFirstWords, kIdle, /*keep_alive_pings=*/true};
    stream_.set_option(timeout);
    stream_.read_message_max(kMaxMessageBytes);
    stream_.async_accept(request, [self = shared_from_this()](Error error) {
      if (error) return;
      self->hello_timer_.expires_after(kFirstWords);
      self->hello_timer_.async_wait([weak = self->weak_from_this()](Error error) {
        const auto self = weak.lock();
        if (!error && self && !self->admitted_) self->Close("hello: expected within ten seconds");
      });
      self->Read();
    });
  }

  void Send(std::shared_ptr<const std::string> text) {
    if (closing_) return;
    unsent_bytes_ += text->size();
    unsent_.push_back(std::move(text));
    if (unsent_bytes_ > kMaxUnsentBytes) {
      closing_ = true;
      beast::get_lowest_layer(stream_).close();
    } else if (unsent_.size() == 1) {
      Write();
    }
  }
  void SendError(absl::string_view error) {
    Send(std::make_shared<const std::string>(DumpJson(ErrorJson(error))));
  }

  // The program ends: pages will look for it again.
  void GoAway() {
    if (std::exchange(closing_, true)) return;
    stream_.async_close(websocket::close_code::going_away, [self = shared_from_this()](Error) {});
  }

  // Says why, and closes once that is sent.
  void Close(absl::string_view why) {
    if (closing_) return;
    SendError(why);
    closing_ = true;
    if (unsent_.empty()) Shut();
  }

 private:
  void Read() {
    stream_.async_read(buffer_, [self = shared_from_this()](Error error, size_t) {
      if (error) return self->Gone();
      const auto data = self->buffer_.cdata();
      const absl::string_view text(static_cast<const char*>(data.data()), data.size());
      self->Receive(text);
      self->buffer_.consume(self->buffer_.size());
      if (!self->closing_) self->Read();
    });
  }

  void Receive(absl::string_view text) {
    if (!admitted_) return Admit(text);
    if (!stream_.got_text()) return SendError("expected text, not bytes");
    if (!allowance_.Take()) {
      return SendError(
          absl::StrCat("too many messages, expected at most ", kMessagesPerSecond, " a second"));
    }
    server_.Fail(server_.handler->OnText(text));
  }

  void Admit(absl::string_view text) {
    const auto message = ParseClientMessage(text);
    if (!message.ok()) return Close(message.status().message());
    const auto* hello = std::get_if<HelloMessage>(&*message);
    if (hello == nullptr) return Close("expected hello as the first message");
    if (!SameSecret(hello->token, server_.options.token)) {
      return Close("token: is not that of this program; open the address that it printed");
    }
    admitted_ = true;
    hello_timer_.cancel();
    server_.Admit(shared_from_this());
  }

  void Write() {
    stream_.text(true);
    stream_.async_write(asio::buffer(*unsent_.front()),
                        [self = shared_from_this()](Error error, size_t) {
                          if (error) return self->Gone();
                          self->unsent_bytes_ -= self->unsent_.front()->size();
                          self->unsent_.pop_front();
                          if (!self->unsent_.empty()) return self->Write();
                          if (self->closing_) self->Shut();
                        });
  }

  void Shut() {
    stream_.async_close(websocket::close_code::policy_error,
                        [self = shared_from_this()](Error) { self->Gone(); });
  }

  void Gone() {
    closing_ = true;
    hello_timer_.cancel();
    if (std::exchange(admitted_, false)) server_.Leave(this);
  }

  Implementation& server_;
  websocket::stream<beast::tcp_stream> stream_;
  asio::steady_timer hello_timer_{server_.context};
  beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<const std::string>> unsent_;
  size_t unsent_bytes_ = 0;
  bool admitted_ = false, closing_ = false;
  Allowance allowance_;
};

// A connection that asks for files, until it asks for the socket.
class WebServer::Implementation::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Implementation& server, tcp::socket&& socket)
      : server_(server), stream_(std::move(socket)) {
    ++server_.connections;
  }
  ~Connection() { --server_.connections; }

  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(0);
    stream_.expires_after(kFirstWords);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](Error error, size_t) {
      if (error == http::error::header_limit) {
        return self->Answer(http::status::request_header_fields_too_large, "too long a header");
      }
      if (error == http::error::body_limit) {
        return self->Answer(http::status::payload_too_large, "expected a request without a body");
      }
      if (error) return;
      self->Serve();
    });
  }

 private:
  void Serve() {
    const auto& request = parser_->get();
    const absl::string_view host = View(request[http::field::host]);
    const absl::string_view target = View(request.target());
    if (!HostIsOurs(host, server_.options.address, server_.port)) {
      return Answer(http::status::forbidden, "expected another Host: open the address as printed");
    }
    if (websocket::is_upgrade(request)) {
      if (target != "/socket") return Answer(http::status::not_found, "expected /socket");
      if (!OriginIsOurs(View(request[http::field::origin]), host)) {
        return Answer(http::status::forbidden, "expected another Origin");
      }
      stream_.expires_never();
      std::make_shared<Socket>(server_, stream_.release_socket())->Accept(request);
      return;
    }
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      return Answer(http::status::method_not_allowed, "expected GET");
    }
    for (const PageFile& file : PageFiles()) {
      if (file.target == target) return Answer(http::status::ok, file.bytes, file.type);
    }
    Answer(http::status::not_found, "there is no such page");
  }

  void Answer(http::status status, absl::string_view body,
              absl::string_view type = "text/plain; charset=utf-8") {
    const auto& request = parser_->get();
    response_ = {};
    response_.version(11);
    response_.result(status);
    const auto set = [&](auto field, absl::string_view value) {
      response_.set(field, beast::string_view(value.data(), value.size()));
    };
    set(http::field::content_type, type);
    set(http::field::cache_control, "no-store");
    set("Content-Security-Policy", kContentPolicy);
    set("X-Content-Type-Options", "nosniff");
    set("Referrer-Policy", "no-referrer");
    set("Cross-Origin-Resource-Policy", "same-origin");
    set("Cross-Origin-Opener-Policy", "same-origin");
    if (request.method() != http::verb::head) response_.body().assign(body.data(), body.size());
    response_.content_length(body.size());
    const bool last = status != http::status::ok || !request.keep_alive();
    response_.keep_alive(!last);
    stream_.expires_after(kFirstWords);
    http::response_serializer<http::string_body>& serializer = serializer_.emplace(response_);
    if (request.method() == http::verb::head) serializer.split(true);
    const auto done = [self = shared_from_this(), last](Error error, size_t) {
      if (error) return;
      if (!last) return self->Read();
      Error ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    };
    if (request.method() == http::verb::head) {
      http::async_write_header(stream_, serializer, done);
    } else {
      http::async_write(stream_, serializer, done);
    }
  }

  Implementation& server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{kMaxHeaderBytes + 1024};
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
};

void WebServer::Implementation::Accept() {
  acceptor.async_accept([this](Error error, tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (!error && connections < kMaxConnections) {
      Error ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<Connection>(*this, std::move(socket))->Read();
    }
    Accept();
  });
}

void WebServer::Implementation::Admit(std::shared_ptr<Socket> socket) {
  while (static_cast<int>(clients.size()) >= options.max_clients) {
    const std::shared_ptr<Socket> oldest = clients.front();
    clients.pop_front();
    oldest->Close("another page has taken over");
  }
  clients.push_back(std::move(socket));
  Fail(handler->OnClient());
}

void WebServer::Implementation::Leave(const Socket* socket) {
  const size_t left = clients.remove_if([&](const auto& client) { return client.get() == socket; });
  if (left > 0 && clients.empty()) handler->OnNobody();
}

void WebServer::Implementation::Tick() {
  Fail(handler->OnTick());
  if (!status.ok() || *stop) {
    acceptor.close();
    return context.stop();
  }
  timer.expires_after(kTick);
  timer.async_wait([this](Error) { Tick(); });
}

WebServer::WebServer(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

WebServer::~WebServer() { implementation_->worker.join(); }

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::Listen(const ServerOptions& options) {
  auto server = std::make_unique<Implementation>(options);
  Error error;
  const auto failed = [&](absl::string_view what) {
    return absl::UnavailableError(
        absl::StrCat(what, " ", options.address, ", port ", options.port, ": ", error.message()));
  };
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.address, ": expected an IP address to listen at"));
  }
  const tcp::endpoint endpoint(address, static_cast<uint16_t>(options.port));
  server->acceptor.open(endpoint.protocol(), error);
  if (error) return failed("cannot listen at");
  server->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  server->acceptor.bind(endpoint, error);
  if (error) return failed("cannot listen at");
  server->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return failed("cannot listen at");
  server->port = server->acceptor.local_endpoint().port();
  return std::unique_ptr<WebServer>(new WebServer(std::move(server)));
}

std::string WebServer::Url() const {
  const ServerOptions& options = implementation_->options;
  const bool v6 = options.address.find(':') != std::string::npos;
  return absl::StrCat("http://", v6 ? "[" : "", options.address, v6 ? "]" : "", ":",
                      implementation_->port, "/#token=", options.token);
}

absl::Status WebServer::Run(SocketHandler& handler, const std::atomic<bool>& stop) {
  Implementation& server = *implementation_;
  server.handler = &handler;
  server.stop = &stop;
  server.Accept();
  server.Tick();
  server.context.run();
  for (const auto& client : server.clients) client->GoAway();
  server.context.restart();
  server.context.run_for(kLastWords);
  return server.status;
}

void WebServer::Send(std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  for (const auto& client : implementation_->clients) client->Send(shared);
}

void WebServer::Work(std::function<void()> work, std::function<void()> finish) {
  asio::post(implementation_->worker,
             [this, work = std::move(work), finish = std::move(finish)]() mutable {
               work();
               asio::post(implementation_->context, std::move(finish));
             });
}

}  // namespace hod::engine
