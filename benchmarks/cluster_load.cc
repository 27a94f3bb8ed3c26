#include "benchmarks/cluster_load.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "benchmarks/plain_copy.h"
#include "engine/cluster/local_redis.h"
#include "engine/cluster/worker_link.h"
#include "engine/results/quantile.h"
#include "engine/samples/replay_feed.h"
#include "engine/training/child_process.h"
#include "engine/training/run_directory.h"
#include "env/base/clock.h"
#include "env/base/descriptor.h"
#include "env/base/entropy.h"
#include "env/base/files.h"
#include "env/base/loopback.h"
#include "env/base/progress.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "models/backends/processor.h"

namespace hod::benchmarks {

using engine::ChildProcess;
using engine::LocalRedis;
using engine::PublishedRun;
using engine::Quantile;
using engine::RunDirectory;
using engine::RunExchange;
using engine::ShardId;
using engine::WorkerLink;
using nlohmann::json;

namespace {

constexpr int kWorkersPerHost = 16;
constexpr int kShardsAlone = 300;  // That services are measured with.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);  // As `hod work` looks.

// Seconds of processor time that the threads of a process have taken, of those that still are.
double CpuSeconds(pid_t process) {
  double seconds = 0;
  std::error_code error;
  for (const auto& thread :
       std::filesystem::directory_iterator(absl::StrCat("/proc/", process, "/task"), error)) {
    const auto stat = ReadFile(thread.path().string() + "/schedstat");  // Nanoseconds first.
    if (stat.ok()) seconds += std::strtod(stat->c_str(), nullptr) / 1e9;
  }
  return seconds;
}

// Redis, the learner's folder, and when which shard was put where.
class Bench {
 public:
  Bench(const ClusterLoadSetup& setup, std::vector<std::string> shards, engine::RunConfig config)
      : setup_(setup), shards_(std::move(shards)), config_(std::move(config)) {}

  absl::Status Start() {
    ASSIGN_OR_RETURN(const int port, FreeLoopbackPort());
    address_.host = "127.0.0.1";
    address_.port = port;
    redis_.emplace(setup_.folder + "/redis",
                   std::vector<std::string>{"--port", absl::StrCat(port), "--bind", "127.0.0.1"});
    RETURN_IF_ERROR(redis_->Start());
    config_.selfplay.workers = 1;
    ASSIGN_OR_RETURN(learner_, RunDirectory::CreateOrResume(setup_.folder + "/run", config_));
    return absl::OkStatus();
  }

  RunExchange Exchange() const { return RunExchange(address_, "run"); }
  const RunDirectory& learner() const { return *learner_; }
  const std::string& Bytes(size_t i) const { return shards_[i % shards_.size()]; }
  double RedisCpu() { return CpuSeconds(redis_->process().pid()); }

  // Starts `hod link`, and waits until it has begun.
  absl::StatusOr<std::unique_ptr<ChildProcess>> StartLink() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    auto link = std::make_unique<ChildProcess>(
        std::vector<std::string>{"link", "--run", learner_->path(), "--redis",
                                 absl::StrCat("redis://127.0.0.1:", address_.port)},
        setup_.folder + "/link.log", self.parent_path() / "hod");
    RETURN_IF_ERROR(link->Start());
    RunExchange exchange = Exchange();
    while (!exchange.Find().ok()) {
      if (const auto ended = link->Poll()) return link->Failed(*ended);
      absl::SleepFor(absl::Milliseconds(20));
    }
    return link;
  }

  // Notes when shards arrive, and deletes them, until `stop`.
  absl::Status Watch(const std::atomic<bool>& stop,
                     const std::function<void(ShardId, MonotonicTime)>& arrived) const {
    const Descriptor events(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (inotify_add_watch(events.get(), learner_->shards().c_str(), IN_MOVED_TO) < 0) {
      return SystemError(learner_->shards(), "watch");
    }
    alignas(inotify_event) char buffer[1 << 16];
    while (!stop) {
      pollfd wait{events.get(), POLLIN, 0};
      poll(&wait, 1, /*timeout=*/20);
      const ssize_t got = read(events.get(), buffer, sizeof(buffer));
      const MonotonicTime now = MonotonicNow();
      for (ssize_t at = 0; at < got;) {
        const auto* const event = reinterpret_cast<const inotify_event*>(buffer + at);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        const auto id = engine::ParseShardName(event->name);
        if (!id) continue;
        arrived(*id, now);
        std::filesystem::remove(absl::StrCat(learner_->shards(), "/", event->name));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Clear() const {
    ASSIGN_OR_RETURN(const std::vector<ShardId> left, engine::ListShards(learner_->shards()));
    for (const ShardId& id : left) {
      std::filesystem::remove(absl::StrCat(learner_->shards(), "/", engine::ShardName(id)));
    }
    return absl::OkStatus();
  }

  const ClusterLoadSetup& setup() const { return setup_; }
  const engine::RunConfig& config() const { return config_; }

 private:
  const ClusterLoadSetup& setup_;
  const std::vector<std::string> shards_;
  engine::RunConfig config_;
  engine::RedisAddress address_;
  std::optional<LocalRedis> redis_;
  std::optional<RunDirectory> learner_;
};

// A machine of workers, in memory, as each would have a disk of its own.
class Host {
 public:
  static absl::StatusOr<std::unique_ptr<Host>> Open(const Bench& bench, int workers) {
    auto host = std::make_unique<Host>(bench);
    ASSIGN_OR_RETURN(host->published_, host->exchange_.Find());
    ASSIGN_OR_RETURN(host->run_, RunDirectory::CreateOrResume(host->folder_, bench.config()));
    ASSIGN_OR_RETURN(WorkerLink link, WorkerLink::Open(*host->run_, host->published_,
                                                       host->exchange_, engine::SpoolOptions()));
    host->link_.emplace(std::move(link));
    ASSIGN_OR_RETURN(host->workers_, host->link_->NumberWorkers(workers));
    host->next_.resize(host->workers_.size());
    return host;
  }
  explicit Host(const Bench& bench) : bench_(bench), exchange_(bench.Exchange()) {}
  ~Host() { std::filesystem::remove_all(folder_); }

  size_t num_workers() const { return workers_.size(); }
  // Completes the next shard of its worker number `i`.
  ShardId Complete(size_t i) {
    const ShardId id = {workers_[i], next_[i]++};
    const std::string path = absl::StrCat(run_->shards(), "/", engine::ShardName(id));
    const Descriptor file(
        open((path + kTemporarySuffix).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    const std::string& bytes = bench_.Bytes(i + static_cast<size_t>(id.sequence));
    if (write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      return id;
    std::filesystem::rename(path + kTemporarySuffix, path);
    return id;
  }
  absl::Status Step() { return link_->Step(); }

 private:
  const Bench& bench_;
  const std::string folder_ = absl::StrCat("/dev/shm/hod-bench-", RandomName());
  RunExchange exchange_;
  PublishedRun published_;
  std::optional<RunDirectory> run_;
  std::optional<WorkerLink> link_;
  std::vector<int> workers_;
  std::vector<int64_t> next_;
};

// What a shard takes of each, in milliseconds, one after the other.
struct Services {
  double host = 0, redis_in = 0, redis_out = 0, link = 0, link_cpu = 0, learner = 0;
};

absl::StatusOr<Services> MeasureServices(Bench& bench) {
  Services services;
  const auto per_shard = [](double seconds) { return 1000 * seconds / kShardsAlone; };
  {
    ASSIGN_OR_RETURN(const auto link, bench.StartLink());
    engine::StopAll({link.get()});
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Host> host, Host::Open(bench, kWorkersPerHost));
  for (int i = 0; i < kShardsAlone; ++i) {
    (void)host->Complete(static_cast<size_t>(i) % host->num_workers());
  }
  double redis = bench.RedisCpu();
  Stopwatch watch;
  RETURN_IF_ERROR(host->Step());
  services.host = per_shard(watch.Seconds());
  services.redis_in = per_shard(bench.RedisCpu() - redis);

  ASSIGN_OR_RETURN(const auto link, bench.StartLink());
  redis = bench.RedisCpu();
  RunExchange exchange = bench.Exchange();
  std::optional<double> begun;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<ShardId> stored,
                     engine::ListShards(bench.learner().shards()));
    if (!stored.empty() && !begun) {
      watch.Restart();
      begun = static_cast<double>(stored.size());
    }
    if (stored.size() >= kShardsAlone) break;
    if (const auto ended = link->Poll()) return link->Failed(*ended);
    absl::SleepFor(absl::Milliseconds(5));
  }
  services.link = 1000 * watch.Seconds() / (kShardsAlone - *begun);
  services.link_cpu = per_shard(CpuSeconds(link->pid()));
  services.redis_out = per_shard(bench.RedisCpu() - redis);
  engine::StopAll({link.get()});

  engine::ReplayFeed feed(bench.learner().shards(), bench.config().PlayedGame(), {}, {});
  watch.Restart();
  RETURN_IF_ERROR(feed.Poll().status());
  ASSIGN_OR_RETURN(const std::vector<ShardId> read, engine::ListShards(bench.learner().shards()));
  // A feed that starts reads as many as the window holds.
  services.learner = 1000 * watch.Seconds() / static_cast<double>(feed.position().window.size());
  RETURN_IF_ERROR(bench.Clear());
  return services;
}

struct Load {
  double seconds = 0, bytes = 0, redis_cpu = 0, link_cpu = 0;
  int64_t completed = 0, stored = 0;
  std::vector<double> latencies;
};

// `workers` complete shards as if they played; with `flat_out`, always one more than is sent.
absl::StatusOr<Load> MeasureLoad(Bench& bench, int workers, bool flat_out) {
  ASSIGN_OR_RETURN(const auto link, bench.StartLink());
  std::vector<std::unique_ptr<Host>> hosts;
  for (int left = workers; left > 0; left -= kWorkersPerHost) {
    ASSIGN_OR_RETURN(hosts.emplace_back(), Host::Open(bench, std::min(left, kWorkersPerHost)));
  }
  Load load;
  std::mutex mutex;
  std::map<ShardId, MonotonicTime> completed;
  std::atomic<bool> stop = false, stop_watching = false;
  absl::Status watched;
  std::thread watcher([&] {
    watched = bench.Watch(stop_watching, [&](ShardId id, MonotonicTime time) {
      const std::lock_guard<std::mutex> lock(mutex);
      const auto found = completed.find(id);
      if (found == completed.end()) return;
      ++load.stored;
      load.latencies.push_back(absl::ToDoubleSeconds(time - found->second));
    });
  });
  absl::SleepFor(absl::Seconds(1));  // Until the link has begun.
  const double redis = bench.RedisCpu(), link_before = CpuSeconds(link->pid());
  const Stopwatch watch;
  std::vector<std::thread> threads;
  for (size_t h = 0; h < hosts.size(); ++h) {
    threads.emplace_back([&, h] {
      Host& host = *hosts[h];
      Rng rng(h);
      const double interval = bench.setup().shard_seconds;
      std::vector<double> due(host.num_workers());
      for (double& time : due) time = interval * rng.Uniform();
      // Completed when due, not when this host next looks: a shard's time is that of its worker.
      while (!stop) {
        for (size_t i = 0; i < due.size(); ++i) {
          for (; flat_out || due[i] <= watch.Seconds();
               due[i] += interval * (0.5 + rng.Uniform())) {
            const MonotonicTime now = MonotonicNow();
            const std::lock_guard<std::mutex> lock(mutex);
            const ShardId id = host.Complete(i);
            const absl::Duration late = absl::Seconds(std::max(0.0, watch.Seconds() - due[i]));
            completed[id] = flat_out ? now : now - late;
            ++load.completed;
            if (flat_out) break;
          }
        }
        (void)host.Step();
        if (!flat_out) absl::SleepFor(kBetweenLooks);
      }
    });
  }
  absl::SleepFor(absl::Seconds(bench.setup().seconds));
  {
    const std::lock_guard<std::mutex> lock(mutex);
    load.seconds = watch.Seconds();
    load.redis_cpu = bench.RedisCpu() - redis;
    load.link_cpu = CpuSeconds(link->pid()) - link_before;
  }
  const int64_t stored = load.stored;
  stop = true;
  for (std::thread& thread : threads) thread.join();
  // What is still on its way has its latency, too, and is out of the next one's.
  RunExchange exchange = bench.Exchange();
  for (;;) {
    ASSIGN_OR_RETURN(const engine::ExchangeCounts counts, exchange.Counts());
    if (counts.waiting == 0) break;
    absl::SleepFor(absl::Milliseconds(50));
  }
  absl::SleepFor(absl::Milliseconds(200));
  stop_watching = true;
  watcher.join();
  engine::StopAll({link.get()});
  RETURN_IF_ERROR(watched);
  RETURN_IF_ERROR(bench.Clear());
  load.stored = stored;
  return load;
}

std::string Number(double value) {
  return value >= 100  ? absl::StrFormat("%.0f", value)
         : value >= 10 ? absl::StrFormat("%.1f", value)
                       : absl::StrFormat("%.3f", value);
}

}  // namespace

absl::StatusOr<json> MeasureClusterLoad(const ClusterLoadSetup& setup, const std::string& command) {
  ASSIGN_OR_RETURN(const RunDirectory recorded, RunDirectory::Open(setup.run));
  ASSIGN_OR_RETURN(const std::vector<ShardId> ids, engine::ListShards(recorded.shards()));
  if (ids.empty()) {
    return absl::NotFoundError(absl::StrCat(recorded.shards(), ": expected shards, found none"));
  }
  std::vector<std::string> shards;
  double bytes = 0;
  // The last of a worker may be a short one.
  for (size_t i = 0; i < ids.size() && shards.size() < 64; ++i) {
    ASSIGN_OR_RETURN(shards.emplace_back(),
                     ReadFile(absl::StrCat(recorded.shards(), "/", engine::ShardName(ids[i]))));
    bytes += static_cast<double>(shards.back().size());
  }
  const double shard_mb = bytes / static_cast<double>(shards.size()) / kMegabyte;
  Bench bench(setup, shards, recorded.config());
  ProgressLine line("measuring");
  line.Update(0, "a plain copy");
  ASSIGN_OR_RETURN(const PlainCopy copy, CopyPlainly(shards, setup.seconds / 4));
  line.Update(0, "what a shard takes alone");
  RETURN_IF_ERROR(bench.Start());
  ASSIGN_OR_RETURN(const Services services, MeasureServices(bench));

  json load_rows = json::array();
  std::vector<int> counts = setup.workers;
  counts.push_back(0);  // As much as passes.
  for (size_t i = 0; i < counts.size(); ++i) {
    const bool flat_out = counts[i] == 0;
    line.Update(static_cast<double>(i) / static_cast<double>(counts.size()),
                flat_out ? "as much as passes" : absl::StrCat(counts[i], " workers"));
    ASSIGN_OR_RETURN(Load load,
                     MeasureLoad(bench, flat_out ? 2 * kWorkersPerHost : counts[i], flat_out));
    const double stored = static_cast<double>(load.stored) / load.seconds;
    const double mb = static_cast<double>(load.stored) * shard_mb;
    load_rows.push_back({flat_out ? "as much as passes" : absl::StrCat(counts[i]),
                         Number(static_cast<double>(load.completed) / load.seconds), Number(stored),
                         Number(mb / load.seconds),
                         absl::StrFormat("%.2g", 100 * mb / load.seconds / copy.mb_per_second),
                         flat_out ? "" : Number(1000 * Quantile(load.latencies, 0.5)),
                         flat_out ? "" : Number(1000 * Quantile(load.latencies, 0.95)),
                         Number(1000 * load.redis_cpu / mb),
                         Number(1000 * load.redis_cpu / mb / copy.cpu_ms_per_mb),
                         Number(1000 * load.link_cpu / mb),
                         Number(1000 * load.link_cpu / mb / copy.cpu_ms_per_mb)});
  }
  line.Finish();
  const auto row = [](const char* what, double ms) { return json::array({what, Number(ms)}); };
  const json service_rows = json::array(
      {row("a host sends it", services.host),
       row("Redis takes it, processor time", services.redis_in),
       row("Redis gives it away, processor time", services.redis_out),
       row("the link stores it", services.link), row("of that, processor time", services.link_cpu),
       row("the learner reads it", services.learner),
       row("a plain copy through a socket", 1000 * shard_mb / copy.mb_per_second)});
  return json{
      {"command", command},
      {"revision", std::string(kGitRevision).substr(0, std::string(kGitRevision).find('-'))},
      {"processor",
       absl::StrCat(models::ProcessorName(), ", ", std::thread::hardware_concurrency(), " cores")},
      {"date", absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone())},
      {"note", absl::StrFormat("Shards of %.0f kB, one a worker every %g s; %d workers a host, "
                               "hosts in memory; the learner's folder and Redis' log on one disk.",
                               1000 * shard_mb, setup.shard_seconds, kWorkersPerHost)},
      {"tables",
       {{"services", {{"columns", {"a shard", "ms"}}, {"rows", service_rows}}},
        {"loads",
         {{"columns",
           {"workers", "shards/s played", "shards/s stored", "MB/s", "% of a plain copy",
            "from played to stored, ms", "of 95 % of shards, at most, ms", "Redis, CPU ms/MB",
            "Redis, plain copies", "link, CPU ms/MB", "link, plain copies"}},
          {"rows", load_rows}}}}}};
}

}  // namespace hod::benchmarks
