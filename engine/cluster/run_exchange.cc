#include "engine/cluster/run_exchange.h"

#include <xxhash.h>

#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr char kGroup[] = "learner";
// That of engine/samples/shard.h, and of what is exchanged.
constexpr char kFormat[] = "shards 1";
constexpr char kOldNetworkLifetime[] = "60";  // Seconds, as below.
constexpr char kReportLifetime[] = "60";

// What a learner writes is little, and shards are removed only by a learner that can write; so a
// full Redis takes it. (Redis knows flags of scripts since version 7.)
constexpr char kEvenIfFull[] = "#!lua flags=allow-oom\n";

// A learner that stood still while another one took its place changes nothing any more.
constexpr char kIfLearner[] = R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'no' end)";

constexpr char kLead[] = R"(
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return owner end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1])";

constexpr char kPublish[] = R"(
local id = redis.call('HGET', KEYS[1], 'id')
if id and id ~= ARGV[1] then return id end
local links = redis.call('HGET', KEYS[1], 'links')
if links and links ~= ARGV[5] then return 'links ' .. links end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'config', ARGV[2], 'fingerprint', ARGV[3],
           'first_worker', ARGV[4], 'links', ARGV[5])
if tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[6]) then
  redis.call('SET', KEYS[2], ARGV[6])
end
return ARGV[1])";

constexpr char kPublishNetwork[] = R"(
local old = redis.call('HGET', KEYS[2], 'network')
if old and old ~= ARGV[2] then redis.call('EXPIRE', ARGV[4] .. old, ARGV[5]) end
redis.call('SET', ARGV[4] .. ARGV[2], ARGV[6])
redis.call('HSET', KEYS[2], 'network', ARGV[2], 'network_checksum', ARGV[3])
return 'yes')";

// An entry is counted once, however often its removal is asked for.
constexpr char kRemove[] = R"(
redis.call('XACK', KEYS[2], ARGV[2], ARGV[3])
if redis.call('XDEL', KEYS[2], ARGV[3]) == 1 then redis.call('HINCRBY', KEYS[3], ARGV[4], 1) end
return 'yes')";

constexpr char kOffer[] = R"(
local run = redis.call('HMGET', KEYS[1], 'id', 'fingerprint')
if not run[1] then return 'unknown' end
if run[1] ~= ARGV[1] then return 'another run' end
if run[2] ~= ARGV[2] then return 'another configuration or format' end
local host = redis.call('HGET', KEYS[2], ARGV[3] .. ':host')
if host and host ~= ARGV[6] then return 'its worker is one of ' .. host end
local number = tonumber(ARGV[4])
local last = tonumber(redis.call('HGET', KEYS[2], ARGV[3]) or '-1')
if number <= last then return 'known' end
redis.call('XADD', KEYS[3], '*', 'worker', ARGV[3], 'number', ARGV[4], 'shard', ARGV[5])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4], ARGV[3] .. ':host', ARGV[6])
redis.call('HINCRBY', KEYS[4], 'accepted', 1)
return 'accepted')";

std::string Checksum(absl::string_view bytes) {
  return absl::StrFormat("%016x", XXH64(bytes.data(), bytes.size(), 0));
}

int64_t NumberIn(const RedisReply& reply, int64_t otherwise) {
  int64_t number = otherwise;
  if (reply.kind == RedisReply::Kind::kInteger) return reply.integer;
  if (!absl::SimpleAtoi(reply.text, &number)) return otherwise;
  return number;
}

// The shards in the reply to XREADGROUP.
absl::StatusOr<std::vector<TakenShard>> ShardsIn(const RedisReply& reply) {
  std::vector<TakenShard> shards;
  if (reply.is_nil() || reply.list.empty()) return shards;
  const RedisReply& stream = reply.list[0];
  if (stream.list.size() != 2) return absl::InternalError("XREADGROUP: expected a stream");
  for (const RedisReply& entry : stream.list[1].list) {
    TakenShard shard;
    if (entry.list.size() != 2) return absl::InternalError("XREADGROUP: expected entries");
    shard.entry = entry.list[0].text;
    const std::vector<RedisReply>& fields = entry.list[1].list;
    for (size_t i = 0; i + 1 < fields.size(); i += 2) {
      if (fields[i].text == "worker") shard.worker = static_cast<int>(NumberIn(fields[i + 1], -1));
      if (fields[i].text == "number") shard.number = NumberIn(fields[i + 1], -1);
      if (fields[i].text == "shard") shard.bytes = fields[i + 1].text;
    }
    shards.push_back(std::move(shard));
  }
  return shards;
}

}  // namespace

std::string FingerprintOf(const std::string& config) {
  return absl::StrCat(kFormat, ", configuration ", Checksum(config));
}

RunExchange::RunExchange(RedisAddress address, std::string name, int link, absl::Duration timeout)
    : redis_(std::move(address), timeout), name_(std::move(name)), link_(link) {}

std::string RunExchange::Key(const std::string& what) const {
  if (what == "shards") return ShardsOf(link_);
  const bool own = what == "learner" && link_ > 0;
  return absl::StrCat("hod:", name_, ":", what, own ? absl::StrCat(":", link_) : "");
}

std::string RunExchange::ShardsOf(int link) const {
  return absl::StrCat("hod:", name_, ":shards", link > 0 ? absl::StrCat(":", link) : "");
}

absl::Status RunExchange::Lead(const std::string& owner, absl::Duration lease) {
  ASSIGN_OR_RETURN(const RedisReply holder,
                   redis_.Command({"EVAL", absl::StrCat(kEvenIfFull, kLead), "1", Key("learner"),
                                   owner, absl::StrCat(absl::ToInt64Milliseconds(lease))}));
  owner_ = owner;
  if (holder.text == owner) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(name_, " in ", redis_.name(), ": has a learner already, ", holder.text));
}

absl::Status RunExchange::AsLearner(const std::string& script, std::vector<std::string> keys,
                                    std::vector<std::string> arguments) {
  std::vector<std::string> words = {"EVAL", absl::StrCat(kEvenIfFull, kIfLearner, script),
                                    absl::StrCat(keys.size() + 1), Key("learner")};
  std::move(keys.begin(), keys.end(), std::back_inserter(words));
  words.push_back(owner_);
  std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
  ASSIGN_OR_RETURN(const RedisReply reply, redis_.Command(words));
  if (reply.text == "yes") return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(name_, " in ", redis_.name(), ": ", owner_, " is not its learner now"));
}

absl::Status RunExchange::Publish(const PublishedRun& run) {
  ASSIGN_OR_RETURN(
      const RedisReply id,
      redis_.Command({"EVAL", absl::StrCat(kEvenIfFull, kPublish), "2", Key("run"), Key("workers"),
                      run.id, run.config, run.fingerprint, absl::StrCat(run.first_worker),
                      absl::StrCat(run.links), absl::StrCat(run.numbered)}));
  if (id.text == run.id) return absl::OkStatus();
  if (absl::StartsWith(id.text, "links ")) {
    return absl::FailedPreconditionError(
        absl::StrCat(name_, " in ", redis_.name(), ": has ", id.text.substr(6), " links, expected ",
                     run.links, "; its shards are divided between them (hod link --rank)"));
  }
  return absl::FailedPreconditionError(absl::StrCat(name_, " in ", redis_.name(),
                                                    ": is another run, ", id.text, ", expected ",
                                                    run.id, "; choose another --name"));
}

absl::Status RunExchange::PublishNetwork(int64_t step, const std::string& bytes) {
  return AsLearner(
      kPublishNetwork, {Key("run")},
      {absl::StrCat(step), Checksum(bytes), Key("network:"), kOldNetworkLifetime, bytes});
}

absl::Status RunExchange::MakeGroup() {
  return redis_
      .Command({"EVAL",
                absl::StrCat(kEvenIfFull,
                             "return redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], "
                             "'0', 'MKSTREAM')"),
                "1", Key("shards"), kGroup})
      .status();
}

absl::StatusOr<std::vector<TakenShard>> RunExchange::Take(int count, absl::Duration patience) {
  const auto read = [&](const char* from) -> absl::StatusOr<std::vector<TakenShard>> {
    std::vector<std::string> words = {"XREADGROUP", "GROUP", kGroup,
                                      kGroup,       "COUNT", absl::StrCat(count)};
    const int64_t wait = absl::ToInt64Milliseconds(patience);
    if (wait > 0) words.insert(words.end(), {"BLOCK", absl::StrCat(wait)});
    words.insert(words.end(), {"STREAMS", Key("shards"), from});
    auto reply = redis_.Command(words);
    // There is none at first, and none in a server that has lost its data.
    if (absl::StrContains(reply.status().message(), "NOGROUP")) {
      RETURN_IF_ERROR(MakeGroup());
      reply = redis_.Command(words);
    }
    if (!reply.ok()) {
      took_pending_ = false;
      return reply.status();
    }
    return ShardsIn(*reply);
  };
  if (!took_pending_) {
    ASSIGN_OR_RETURN(std::vector<TakenShard> pending, read("0"));
    if (!pending.empty()) return pending;
    took_pending_ = true;
  }
  return read(">");
}

absl::Status RunExchange::Remove(const TakenShard& shard) {
  return AsLearner(kRemove, {Key("shards"), Key("counts")},
                   {kGroup, shard.entry, shard.refused ? "refused" : "delivered"});
}

absl::Status RunExchange::Count(const char* what, int64_t shards) {
  return redis_
      .Command({"EVAL",
                absl::StrCat(kEvenIfFull,
                             "return redis.call('HINCRBY', KEYS[1], ARGV[1], "
                             "ARGV[2])"),
                "1", Key("counts"), what, absl::StrCat(shards)})
      .status();
}

absl::Status RunExchange::CountDropped(int64_t shards) { return Count("dropped", shards); }
absl::Status RunExchange::CountLost(int64_t shards) { return Count("lost", shards); }

absl::StatusOr<PublishedRun> RunExchange::Find() {
  ASSIGN_OR_RETURN(const RedisReply reply,
                   redis_.Command({"HMGET", Key("run"), "id", "config", "fingerprint",
                                   "first_worker", "links"}));
  if (reply.list.size() != 5 || reply.list[0].is_nil()) {
    return absl::NotFoundError(absl::StrCat(redis_.name(), ": has no run called ", name_, " yet"));
  }
  PublishedRun run{reply.list[0].text, reply.list[1].text, reply.list[2].text,
                   static_cast<int>(NumberIn(reply.list[3], 0)),
                   static_cast<int>(NumberIn(reply.list[4], 1))};
  const std::string own = FingerprintOf(run.config);
  if (run.fingerprint == own) return run;
  return absl::FailedPreconditionError(
      absl::StrCat(name_, " in ", redis_.name(), ": its learner exchanges \"", run.fingerprint,
                   "\", this program \"", own, "\"; use the same version of Hod for both"));
}

absl::StatusOr<std::vector<int>> RunExchange::NumberWorkers(int count, int first) {
  ASSIGN_OR_RETURN(const RedisReply last,
                   redis_.Command({"INCRBY", Key("workers"), absl::StrCat(count)}));
  std::vector<int> numbers;
  for (int i = 0; i < count; ++i) {
    numbers.push_back(first + static_cast<int>(last.integer) - count + i);
  }
  return numbers;
}

absl::StatusOr<Acceptance> RunExchange::Offer(const PublishedRun& run, const OfferedShard& shard) {
  ASSIGN_OR_RETURN(const RedisReply reply,
                   redis_.Command({"EVAL", kOffer, "4", Key("run"), Key("accepted"),
                                   ShardsOf(shard.worker % run.links), Key("counts"), run.id,
                                   run.fingerprint, absl::StrCat(shard.worker),
                                   absl::StrCat(shard.number), shard.bytes, shard.host}));
  if (reply.text == "accepted") return Acceptance::kAccepted;
  if (reply.text == "known") return Acceptance::kKnownAlready;
  if (reply.text == "unknown") {
    // Redis has lost it; its learner will publish it again.
    return absl::UnavailableError(absl::StrCat(redis_.name(), ": has no run called ", name_));
  }
  return absl::FailedPreconditionError(absl::StrCat(name_, " in ", redis_.name(), ": shard ",
                                                    shard.number, " of worker ", shard.worker,
                                                    " is refused: ", reply.text));
}

absl::StatusOr<PublishedNetwork> RunExchange::NewestNetwork() {
  ASSIGN_OR_RETURN(const RedisReply reply,
                   redis_.Command({"HMGET", Key("run"), "network", "network_checksum"}));
  PublishedNetwork network;
  if (reply.list.size() != 2 || reply.list[0].is_nil()) return network;
  network.step = NumberIn(reply.list[0], -1);
  network.checksum = reply.list[1].text;
  return network;
}

absl::StatusOr<std::string> RunExchange::FetchNetwork(const PublishedNetwork& network) {
  ASSIGN_OR_RETURN(RedisReply reply,
                   redis_.Command({"GET", Key(absl::StrCat("network:", network.step))}));
  const std::string where =
      absl::StrCat(name_, " in ", redis_.name(), ": the network of step ", network.step);
  if (reply.is_nil()) return absl::NotFoundError(absl::StrCat(where, " is gone"));
  if (Checksum(reply.text) != network.checksum) {
    return absl::DataLossError(absl::StrCat(where, " is damaged"));
  }
  return std::move(reply.text);
}

absl::Status RunExchange::Report(const std::string& host, const nlohmann::json& status) {
  // Who asks why a Redis is full wants to know.
  return redis_
      .Command({"EVAL",
                absl::StrCat(kEvenIfFull,
                             "return redis.call('SET', KEYS[1], ARGV[1], 'EX', "
                             "ARGV[2])"),
                "1", Key(absl::StrCat("host:", host)), DumpJson(status), kReportLifetime})
      .status();
}

absl::StatusOr<std::map<std::string, nlohmann::json>> RunExchange::Reports() {
  std::map<std::string, nlohmann::json> reports;
  const std::string prefix = Key("host:");
  std::string cursor = "0";
  do {
    ASSIGN_OR_RETURN(const RedisReply page,
                     redis_.Command({"SCAN", cursor, "MATCH", prefix + "*", "COUNT", "1000"}));
    if (page.list.size() != 2) return absl::InternalError("SCAN: expected a cursor and keys");
    cursor = page.list[0].text;
    for (const RedisReply& key : page.list[1].list) {
      ASSIGN_OR_RETURN(const RedisReply text, redis_.Command({"GET", key.text}));
      if (text.is_nil()) continue;
      auto status = ParseJson(text.text);
      if (status.ok() && status->is_object())
        reports[key.text.substr(prefix.size())] = *std::move(status);
    }
  } while (cursor != "0");
  return reports;
}

absl::StatusOr<ExchangeCounts> RunExchange::Counts() {
  ASSIGN_OR_RETURN(const RedisReply reply,
                   redis_.Command({"HMGET", Key("counts"), "accepted", "delivered", "refused",
                                   "dropped", "lost"}));
  ASSIGN_OR_RETURN(const RedisReply links, redis_.Command({"HGET", Key("run"), "links"}));
  int64_t waiting = 0;
  for (int link = 0; link < NumberIn(links, 1); ++link) {
    ASSIGN_OR_RETURN(const RedisReply length, redis_.Command({"XLEN", ShardsOf(link)}));
    waiting += length.integer;
  }
  ExchangeCounts counts;
  if (reply.list.size() == 5) {
    counts = {NumberIn(reply.list[0], 0), NumberIn(reply.list[1], 0), NumberIn(reply.list[2], 0),
              NumberIn(reply.list[3], 0), NumberIn(reply.list[4], 0)};
  }
  counts.waiting = waiting;
  return counts;
}

}  // namespace hod::engine
