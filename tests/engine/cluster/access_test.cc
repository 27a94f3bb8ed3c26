// Rights in Redis and TLS around it, as docs/scale.md shows them.
#include <cstdlib>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/training/child_process.h"
#include "env/base/clock.h"
#include "env/base/loopback.h"
#include "tests/engine/cluster/two_hosts.h"

namespace hod::engine {
namespace {

constexpr char kSecret[] = "SECRET";  // The page's.

// The lines of the page's block of code that begins with `first`, without their indentation.
std::string Block(const std::string& first) {
  const std::string page = ReadBytes(SourceDir() + "/docs/scale.md");
  const size_t begin = page.find("    " + first);
  INFO(first);
  REQUIRE(begin != std::string::npos);
  std::string block;
  for (absl::string_view line : absl::StrSplit(page.substr(begin), '\n')) {
    if (!absl::ConsumePrefix(&line, "    ")) break;
    absl::StrAppend(&block, line, "\n");
  }
  return block;
}

RunExchange ExchangeAt(int port, const std::string& user = "", const std::string& password = "") {
  RedisAddress address;
  address.host = "127.0.0.1";
  address.port = port;
  address.user = user;
  address.password = password;
  return RunExchange(std::move(address), "run", /*link=*/0, absl::Seconds(2));
}

void CheckThatARunPasses(TwoHosts& hosts) {
  WriteBytes(hosts.learner->CheckpointPath(7), "seven");
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  hosts.Play(worker, 0);
  WriteBytes(hosts.learner->CheckpointPath(9), "nine");  // The older one is to expire.
  hosts.Play(worker, 1);
  hosts.Deliver(link, 2);
  REQUIRE(hosts.worker_exchange.CountDropped(1).ok());
  CHECK(hosts.learner_exchange.Counts()->dropped == 1);
  CHECK(hosts.learner_exchange.Reports()->size() == 2);
  CHECK(hosts.Delivered() == hosts.played);
}

TEST_CASE("The rights that the page gives to a user suffice, and no other keys can be read") {
  if (!RedisServer::Installed()) return;
  std::vector<std::string> options = absl::StrSplit("--" + Block("user hod on"), ' ');
  absl::StripTrailingAsciiWhitespace(&options.back());
  const int port = FreeLoopbackPort().value();
  options.insert(options.end(), {"--port", absl::StrCat(port), "--bind", "127.0.0.1"});
  const RedisServer server(options);
  TwoHosts hosts(ExchangeAt(port, "hod", kSecret), ExchangeAt(port, "hod", kSecret));
  CheckThatARunPasses(hosts);
  RedisAddress address;
  address.host = "127.0.0.1";
  address.port = port;
  address.user = "hod";
  address.password = kSecret;
  CHECK_THAT(MessageOf(Redis(address).Command({"GET", "other"}).status()),
             Catch::Contains("NOPERM"));
  CHECK_THAT(MessageOf(Redis(address).Command({"FLUSHALL"}).status()), Catch::Contains("NOPERM"));
  address.password = "wrong";
  CHECK_THAT(MessageOf(Redis(address).Command({"GET", "hod:x"}).status()),
             Catch::Contains("WRONGPASS"));
}

TEST_CASE("A run passes through stunnel as the page sets it up, to the right server only") {
  if (!RedisServer::Installed()) return;
  if (access("/usr/bin/stunnel4", X_OK) != 0 || access("/usr/bin/openssl", X_OK) != 0) {
    WARN("skipped: no stunnel4 or no openssl");
    return;
  }
  const int redis_port = FreeLoopbackPort().value(), tls_port = FreeLoopbackPort().value(),
            host_port = FreeLoopbackPort().value();
  const RedisServer server({"--port", absl::StrCat(redis_port), "--bind", "127.0.0.1"});
  const TempDir folder;
  const auto certify = [&](const std::string& name) {
    const std::string command =
        absl::StrReplaceAll(Block("openssl req"), {{"redis.key", folder / (name + ".key")},
                                                   {"redis.crt", folder / (name + ".crt")},
                                                   {"\n", " 2> /dev/null"}});
    REQUIRE(std::system(command.c_str()) == 0);
  };
  certify("redis");
  certify("another");
  const auto tunnel = [&](const std::string& first, const std::string& certificate) {
    const std::string conf = absl::StrReplaceAll(
        Block(first),
        {{"0.0.0.0:6390", absl::StrCat("127.0.0.1:", tls_port)},
         {"HOST:6390", absl::StrCat("127.0.0.1:", tls_port)},
         {"connect = 127.0.0.1:6379", absl::StrCat("connect = 127.0.0.1:", redis_port)},
         {"accept = 127.0.0.1:6379", absl::StrCat("accept = 127.0.0.1:", host_port)},
         {"/etc/stunnel/redis", folder / certificate}});
    const std::string path = folder.Write("stunnel.conf", "foreground = yes\npid =\n" + conf);
    ChildProcess process({path}, folder / "stunnel.log", "stunnel4");
    REQUIRE(process.Start().ok());
    const Stopwatch watch;
    // It has read its settings when it has said so.
    while (ReadBytes(folder / "stunnel.log").find("Configuration successful") ==
           std::string::npos) {
      REQUIRE_FALSE(process.Poll().has_value());
      REQUIRE(watch.Seconds() < 10);
      absl::SleepFor(absl::Milliseconds(10));
    }
    std::filesystem::remove(folder / "stunnel.log");
    return process;
  };
  ChildProcess at_redis = tunnel("; on the machine of Redis", "redis");
  {
    ChildProcess at_host = tunnel("; on every host", "another");
    CHECK(absl::IsUnavailable(ExchangeAt(host_port).Counts().status()));
    StopAll({&at_host});
  }
  ChildProcess at_host = tunnel("; on every host", "redis");
  TwoHosts hosts(ExchangeAt(host_port), ExchangeAt(host_port));
  CheckThatARunPasses(hosts);
  StopAll({&at_host, &at_redis});
}

}  // namespace
}  // namespace hod::engine
