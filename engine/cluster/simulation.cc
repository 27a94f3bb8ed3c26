#include "engine/cluster/simulation.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <queue>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/results/quantile.h"
#include "env/base/random.h"

namespace hod::engine {
namespace {

constexpr double kHostLook = 0.1, kLearnerLook = 1;
constexpr double kFirstBackoff = 0.25, kLongestBackoff = 30;
constexpr double kStagger = 2;
constexpr double kNetworkLooks = 1;  // How long link and host take to see one, on average.
constexpr size_t kTakenAtOnce = 16;

struct SimulatedShard {
  double completed;
  double network;  // When the learner had it.
};

struct SimulatedHost {
  std::deque<SimulatedShard> spool;
  size_t to_send = 0;  // Shards that it saw when it last looked.
  bool awake = false;
  double phase = 0;  // When it looks, within the period.
  double backoff = kFirstBackoff;
  double network_delay = 0;  // Until it has a new network.
};

struct Event {
  enum class Kind { kPlayed, kLook, kOffer, kAccepted, kRemove, kStored, kPoll };
  double time;
  Kind kind;
  int who;
  friend bool operator<(const Event& a, const Event& b) { return a.time > b.time; }
};

class Simulation {
 public:
  explicit Simulation(const SimulatedCluster& cluster)
      : c_(cluster),
        hosts_((cluster.workers + cluster.workers_per_host - 1) / cluster.workers_per_host),
        rng_(cluster.seed) {}

  SimulatedFigures Run() {
    using Kind = Event::Kind;
    for (size_t h = 0; h < hosts_.size(); ++h) {
      hosts_[h].phase = kHostLook * rng_.Uniform();
      hosts_[h].network_delay = kNetworkLooks + kStagger * rng_.Uniform();
    }
    for (int w = 0; w < c_.workers; ++w) At(c_.shard_seconds * rng_.Uniform(), Kind::kPlayed, w);
    At(kLearnerLook * rng_.Uniform(), Kind::kPoll);
    while (!events_.empty() && events_.top().time < c_.seconds) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.time;
      switch (event.kind) {
        case Kind::kPlayed:
          Played(event.who);
          break;
        case Kind::kLook:
          Look(event.who);
          break;
        case Kind::kOffer:
          Offer(event.who);
          break;
        case Kind::kAccepted:
          Accepted(event.who);
          break;
        case Kind::kRemove:
          At(AskRedis(c_.services.redis_out), Kind::kStored);
          break;
        case Kind::kStored:
          Stored();
          break;
        case Kind::kPoll:
          Poll();
          break;
      }
    }
    return Figures();
  }

 private:
  void At(double time, Event::Kind kind, int who = 0) { events_.push({time, kind, who}); }
  bool Counts() const { return now_ >= 0.75 * c_.seconds; }

  void Played(int worker) {
    SimulatedHost& host = hosts_[worker / c_.workers_per_host];
    const double took = c_.shard_seconds * (0.5 + rng_.Uniform());
    At(now_ + took, Event::Kind::kPlayed, worker);
    const double begun = std::max(now_ - took - host.network_delay, 0.0);
    host.spool.push_back({now_, c_.checkpoint_seconds * std::floor(begun / c_.checkpoint_seconds)});
    ++figures_.played;
    if (static_cast<double>(host.spool.size()) * c_.shard_bytes > c_.spool_bytes &&
        host.spool.size() > host.to_send) {
      host.spool.erase(host.spool.begin() + static_cast<ptrdiff_t>(host.to_send));
      ++figures_.dropped;
    }
    if (!host.awake) Sleep(worker / c_.workers_per_host, now_);
  }

  // Until it looks next, after `time`.
  void Sleep(int h, double time) {
    SimulatedHost& host = hosts_[h];
    host.awake = true;
    const double looks = std::floor((time - host.phase) / kHostLook) + 1;
    At(host.phase + kHostLook * looks, Event::Kind::kLook, h);
  }

  void Look(int h) {
    hosts_[h].to_send = hosts_[h].spool.size();
    SendNext(h);
  }

  void SendNext(int h) {
    SimulatedHost& host = hosts_[h];
    if (host.to_send > 0) {
      At(now_ + std::max(c_.services.host - c_.services.redis_in, 0.0), Event::Kind::kOffer, h);
      return;
    }
    host.awake = false;
    if (!host.spool.empty()) Sleep(h, now_);
  }

  // When Redis has served a request that comes now.
  double AskRedis(double service) {
    redis_busy_ += service;
    return redis_free_ = std::max(now_, redis_free_) + service;
  }

  void Offer(int h) {
    SimulatedHost& host = hosts_[h];
    const auto held = static_cast<double>(stream_.size() + taken_.size() + offered_);
    if ((held + 1) * c_.shard_bytes > c_.redis_bytes) {
      host.to_send = 0;
      At(now_ + host.backoff * (0.5 + rng_.Uniform() / 2), Event::Kind::kLook, h);
      host.backoff = std::min(2 * host.backoff, kLongestBackoff);
      return;
    }
    host.backoff = kFirstBackoff;
    ++offered_;
    host_busy_ += c_.services.host;
    if (Counts()) {
      ++requests_;
      waited_ += std::max(redis_free_ - now_, 0.0);
    }
    At(AskRedis(c_.services.redis_in), Event::Kind::kAccepted, h);
  }

  void Accepted(int h) {
    SimulatedHost& host = hosts_[h];
    stream_.push_back(host.spool.front());
    host.spool.pop_front();
    --host.to_send;
    --offered_;
    SendNext(h);
    if (taken_.empty()) TakeNext();
  }

  void TakeNext() {
    if (taken_.empty()) {
      const size_t count = std::min(stream_.size(), kTakenAtOnce);
      taken_.assign(stream_.begin(), stream_.begin() + static_cast<ptrdiff_t>(count));
      stream_.erase(stream_.begin(), stream_.begin() + static_cast<ptrdiff_t>(count));
    }
    if (taken_.empty()) return;
    link_busy_ += c_.services.link;
    At(now_ + std::max(c_.services.link - c_.services.redis_out, 0.0), Event::Kind::kRemove);
  }

  void Stored() {
    if (Counts()) {
      ++stored_;
      stored_after_.push_back(now_ - taken_.front().completed);
    }
    folder_.push_back(taken_.front());
    taken_.pop_front();
    TakeNext();
  }

  void Poll() {
    double time = now_;
    for (const SimulatedShard& shard : folder_) {
      time += c_.services.learner;
      if (Counts()) ages_.push_back(time - shard.network);
    }
    learner_busy_ += time - now_;
    figures_.read += static_cast<int64_t>(folder_.size());
    folder_.clear();
    At(std::max(time, now_ + kLearnerLook), Event::Kind::kPoll);
  }

  SimulatedFigures Figures() {
    SimulatedFigures& f = figures_;
    for (const SimulatedHost& host : hosts_) f.on_hosts += static_cast<int64_t>(host.spool.size());
    f.in_redis = static_cast<int64_t>(stream_.size());
    f.in_link = static_cast<int64_t>(taken_.size());
    f.in_folder = static_cast<int64_t>(folder_.size());
    f.hosts_busy = host_busy_ / c_.seconds / static_cast<double>(hosts_.size());
    f.redis_busy = std::min(redis_busy_ / c_.seconds, 1.0);
    f.link_busy = std::min(link_busy_ / c_.seconds, 1.0);
    f.learner_busy = std::min(learner_busy_ / c_.seconds, 1.0);
    f.stored_per_second = static_cast<double>(stored_) / (0.25 * c_.seconds);
    f.stored_after_median = Quantile(stored_after_, 0.5);
    f.stored_after_95 = Quantile(stored_after_, 0.95);
    f.redis_wait = requests_ > 0 ? waited_ / static_cast<double>(requests_) : 0;
    f.network_age = Quantile(ages_, 0.5);
    return f;
  }

  const SimulatedCluster& c_;
  std::vector<SimulatedHost> hosts_;
  Rng rng_;
  double now_ = 0;
  std::priority_queue<Event> events_;
  std::deque<SimulatedShard> stream_, taken_, folder_;
  int64_t offered_ = 0;  // Redis is taking them.
  double redis_free_ = 0;
  double host_busy_ = 0, redis_busy_ = 0, link_busy_ = 0, learner_busy_ = 0;
  int64_t requests_ = 0, stored_ = 0;
  double waited_ = 0;
  std::vector<double> stored_after_, ages_;
  SimulatedFigures figures_;
};

}  // namespace

absl::StatusOr<ShardServices> ShardServicesFromJson(const nlohmann::json& measured) {
  ShardServices services;
  const std::pair<const char*, double ShardServices::*> kRows[] = {
      {"a host sends it", &ShardServices::host},
      {"Redis takes it, processor time", &ShardServices::redis_in},
      {"Redis gives it away, processor time", &ShardServices::redis_out},
      {"the link stores it", &ShardServices::link},
      {"the learner reads it", &ShardServices::learner}};
  const auto rows = nlohmann::json::json_pointer("/tables/services/rows");
  for (const auto& [name, field] : kRows) {
    bool found = false;
    if (!measured.contains(rows) || !measured.at(rows).is_array()) break;
    for (const nlohmann::json& row : measured.at(rows)) {
      if (!row.is_array() || row.size() != 2 || row[0] != name || !row[1].is_string()) continue;
      found = absl::SimpleAtod(row[1].get<std::string>(), &(services.*field)) &&
              services.*field > 0 && std::isfinite(services.*field);
      services.*field /= 1000;
    }
    if (!found) {
      return absl::InvalidArgumentError(
          absl::StrCat("tables.services: expected a row \"", name, "\" with milliseconds"));
    }
  }
  if (services.host > 0) return services;
  return absl::InvalidArgumentError("expected tables.services, as hod bench cluster writes it");
}

SimulatedFigures Simulate(const SimulatedCluster& cluster) { return Simulation(cluster).Run(); }

}  // namespace hod::engine
