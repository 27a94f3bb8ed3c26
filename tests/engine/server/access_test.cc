// Who may ask a server for what.
#include "engine/server/access.h"

#include "engine/server/page_files.h"
#include "engine/server/web_server.h"
#include "env/base/entropy.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

TEST_CASE("At a loopback address only loopback names are ours") {
  for (const char* host :
       {"127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "127.1.2.3:8000"}) {
    INFO(host);
    CHECK(HostIsOurs(host, "127.0.0.1", 8000));
  }
  for (const char* host :
       {"", ":", ":8000", "127.0.0.1", "127.0.0.1:8001", "localhost:80000", "evil.example:8000",
        "127.0.0.1.evil.example:8000", "localhost.evil.example:8000", "192.168.1.2:8000",
        "127.0.0.1:8000:8000", "[::1:8000", "127.0.0.1:8000x", "127.0.0.256:8000"}) {
    INFO(host);
    CHECK_FALSE(HostIsOurs(host, "127.0.0.1", 8000));
  }
  CHECK(HostIsOurs("localhost", "127.0.0.1", 80));
}

TEST_CASE("Elsewhere numbers are ours, and names of others are not") {
  CHECK(HostIsOurs("192.168.1.2:8000", "0.0.0.0", 8000));
  CHECK(HostIsOurs("[fe80::1]:8000", "::", 8000));
  CHECK_FALSE(HostIsOurs("evil.example:8000", "0.0.0.0", 8000));
}

TEST_CASE("Only our own page opens the socket") {
  CHECK(OriginIsOurs("http://localhost:8000", "localhost:8000"));
  CHECK(OriginIsOurs("", "localhost:8000"));  // No browser.
  CHECK_FALSE(OriginIsOurs("http://evil.example", "localhost:8000"));
  CHECK_FALSE(OriginIsOurs("http://localhost:8001", "localhost:8000"));
  CHECK_FALSE(OriginIsOurs("null", "localhost:8000"));
}

TEST_CASE("Tokens are long, differ, and are compared whole") {
  const std::string token = RandomName();
  CHECK(token.size() == 32);
  CHECK(token != RandomName());
  CHECK(SameSecret(token, token));
  CHECK_FALSE(SameSecret(token, token.substr(1)));
  CHECK_FALSE(SameSecret("", token));
}

TEST_CASE("The page is whole and asks nobody else for anything") {
  REQUIRE(PageFiles().size() == 4);
  for (const PageFile& file : PageFiles()) CHECK(file.bytes.size() > 100);
  const absl::string_view index = PageFiles()[0].bytes;
  CHECK(index.find("app.js") != absl::string_view::npos);
  for (const char* elsewhere : {"src=\"http", "href=\"http", "src=\"//", "href=\"//"}) {
    CHECK(index.find(elsewhere) == absl::string_view::npos);
  }
}

TEST_CASE("Addresses that cannot be listened at are errors with their name") {
  const auto error = [](const std::string& address) {
    ServerOptions options;
    options.address = address;
    return std::string(WebServer::Listen(options).status().message());
  };
  CHECK_THAT(error("localhost"), Catch::Contains("localhost: expected an IP address"));
  CHECK_THAT(error("192.0.2.1"), Catch::Contains("192.0.2.1"));
}

}  // namespace
}  // namespace hod::engine
