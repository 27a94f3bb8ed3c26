#include "engine/cluster/worker_link.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "engine/cluster/host.h"
#include "env/base/entropy.h"
#include "env/base/files.h"
#include "env/base/host_name.h"
#include "env/base/json.h"
#include "env/base/json_lines.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {

using nlohmann::json;

namespace {

constexpr char kStateFile[] = "/link.json";
constexpr absl::Duration kLook = absl::Seconds(1);
constexpr absl::Duration kReport = absl::Seconds(5);
constexpr int kKeptNetworks = 3;

// A place between 0 and 1 that is a host's own.
double ShareOf(const std::string& host) {
  return static_cast<double>(std::hash<std::string>()(host) % 1000) / 1000;
}

}  // namespace

WorkerLink::WorkerLink(const RunDirectory& run, const PublishedRun& published,
                       RunExchange& exchange, const SpoolOptions& options)
    : run_(run), published_(published), exchange_(exchange), options_(options) {}

absl::StatusOr<WorkerLink> WorkerLink::Open(const RunDirectory& run, const PublishedRun& published,
                                            RunExchange& exchange, const SpoolOptions& options) {
  WorkerLink link(run, published, exchange, options);
  RETURN_IF_ERROR(link.Load());
  return link;
}

absl::Status WorkerLink::Load() {
  const std::string path = run_.path() + kStateFile;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    host_ = absl::StrCat(HostName(), "-", RandomName());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const json state, ReadJsonFile(path));
  JsonObjectReader reader(state, "");
  std::string run_id;
  reader.Read("host", host_);
  reader.Read("run", run_id);
  reader.Read("dropped", 0, INT64_MAX, dropped_);
  reader.Read("uncounted_drops", 0, INT64_MAX, uncounted_drops_);
  reader.ReadObjects("workers", [&](JsonObjectReader& fields) {
    int number = 0;
    Sent sent;
    fields.Read("number", 0, 10000000, number);
    fields.Read("sequence", -1, INT64_MAX, sent.sequence);
    fields.Read("next", 0, INT64_MAX, sent.next);
    workers_.push_back(number);
    sent_by_[number] = sent;
  });
  RETURN_IF_ERROR(Annotate(reader.Finish(), path));
  if (run_id == published_.id) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": is of run ", run_id, ", expected ", published_.id,
                   ", which has this name now; choose another --out"));
}

absl::Status WorkerLink::Save() {
  saved_ = false;
  json workers = json::array();
  for (const int number : workers_) {
    const Sent& sent = sent_by_.at(number);
    workers.push_back({{"number", number}, {"sequence", sent.sequence}, {"next", sent.next}});
  }
  const json state = {{"host", host_},
                      {"run", published_.id},
                      {"dropped", dropped_},
                      {"uncounted_drops", uncounted_drops_},
                      {"workers", workers}};
  RETURN_IF_ERROR(WriteFileAtomically(run_.path() + kStateFile, DumpJson(state, 1) + "\n"));
  saved_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int>> WorkerLink::NumberWorkers(int count) {
  const int missing = count - static_cast<int>(workers_.size());
  if (missing > 0) {
    ASSIGN_OR_RETURN(const std::vector<int> more,
                     exchange_.NumberWorkers(missing, published_.first_worker));
    for (const int number : more) {
      workers_.push_back(number);
      sent_by_[number] = Sent();
    }
    RETURN_IF_ERROR(Save());
  }
  return std::vector<int>(workers_.begin(), workers_.begin() + count);
}

std::string WorkerLink::PathOf(ShardId id) const {
  return absl::StrCat(run_.shards(), "/", ShardName(id));
}

absl::StatusOr<std::vector<ShardId>> WorkerLink::Waiting() {
  ASSIGN_OR_RETURN(const std::vector<ShardId> all, ListShards(run_.shards()));
  std::vector<ShardId> waiting;
  spool_bytes_ = 0;
  for (const ShardId& id : all) {
    const auto sent = sent_by_.find(id.worker);
    if (sent == sent_by_.end() || id.sequence <= sent->second.sequence) continue;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(PathOf(id), error);
    if (!error) spool_bytes_ += static_cast<int64_t>(bytes);
    waiting.push_back(id);
  }
  // Workers in turns: one that plays a lot does not hold up the others.
  std::stable_sort(waiting.begin(), waiting.end(), [&](const ShardId& a, const ShardId& b) {
    return a.sequence - sent_by_.at(a.worker).sequence <
           b.sequence - sent_by_.at(b.worker).sequence;
  });
  return waiting;
}

absl::Status WorkerLink::Offer(ShardId id) {
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(PathOf(id)));
  Sent& sent = sent_by_.at(id.worker);
  // A shard that is known already was accepted, and the answer was lost.
  RETURN_IF_ERROR(
      exchange_.Offer(published_, {host_, id.worker, sent.next, std::move(bytes)}).status());
  ++sent.next;
  ++sent_;
  return Forget(id);
}

absl::Status WorkerLink::Forget(ShardId id) {
  sent_by_.at(id.worker).sequence = id.sequence;
  return Save();
}

absl::Status WorkerLink::DeleteForgotten() {
  // A link that is started again has to know that they were passed on: it would offer later shards
  // under their numbers.
  if (!saved_) RETURN_IF_ERROR(Save());
  ASSIGN_OR_RETURN(const std::vector<ShardId> all, ListShards(run_.shards()));
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    const bool has_newer = all[i + 1].worker == all[i].worker;
    const auto sent = sent_by_.find(all[i].worker);
    if (!has_newer || sent == sent_by_.end() || all[i].sequence > sent->second.sequence) continue;
    std::error_code ignored;
    std::filesystem::remove(PathOf(all[i]), ignored);
  }
  return absl::OkStatus();
}

bool WorkerLink::IsFull() const {
  std::error_code error;
  const auto disk = std::filesystem::space(run_.shards(), error);
  const bool disk_is_full =
      !error && static_cast<int64_t>(disk.available) < options_.min_free_bytes;
  return spool_bytes_ > options_.max_bytes || disk_is_full;
}

absl::Status WorkerLink::KeepSpoolBounded() {
  ASSIGN_OR_RETURN(const std::vector<ShardId> waiting, Waiting());
  if (options_.when_full == WhenFull::kDropOldest && IsFull()) {
    std::map<int, int64_t> newest;
    for (const ShardId& id : waiting) newest[id.worker] = std::max(newest[id.worker], id.sequence);
    for (const ShardId& id : waiting) {
      // The file of a worker's newest stays, as in DeleteForgotten().
      const bool stays = id.sequence == newest[id.worker];
      if (stays && spool_bytes_ <= options_.max_bytes) continue;  // It would not help the disk.
      std::error_code ignored;
      const auto bytes = std::filesystem::file_size(PathOf(id), ignored);
      // Before anything is written down: there may be no room for that.
      if (!stays) std::filesystem::remove(PathOf(id), ignored);
      ++dropped_;
      ++uncounted_drops_;
      sent_by_.at(id.worker).sequence = id.sequence;
      saved_ = false;
      spool_bytes_ -= static_cast<int64_t>(bytes);
      if (!IsFull()) break;
    }
    RETURN_IF_ERROR(DeleteForgotten());
  }
  std::error_code ignored;
  const bool paused = std::filesystem::exists(run_.pause_file(), ignored);
  // The file is empty, for which there is room on a full disk.
  if (IsFull() && !paused) return WriteFileAtomically(run_.pause_file(), "");
  if (!IsFull() && paused) std::filesystem::remove(run_.pause_file(), ignored);
  return absl::OkStatus();
}

absl::Status WorkerLink::FetchNetwork() {
  if (MonotonicNow() < next_look_) return absl::OkStatus();
  next_look_ = MonotonicNow() + kLook;
  ASSIGN_OR_RETURN(const PublishedNetwork newest, exchange_.NewestNetwork());
  ASSIGN_OR_RETURN(const auto here, run_.LatestCheckpoint());
  network_step_ = here ? here->first : -1;
  if (newest.step <= network_step_) return absl::OkStatus();
  if (newest.step != fetch_step_) {
    fetch_step_ = newest.step;
    // The first one at once: workers wait for it.
    const double share = here ? ShareOf(host_) : 0;
    fetch_at_ = MonotonicNow() + share * options_.stagger;
  }
  if (MonotonicNow() < fetch_at_) return absl::OkStatus();
  const absl::StatusOr<std::string> bytes = exchange_.FetchNetwork(newest);
  if (absl::IsNotFound(bytes.status())) return absl::OkStatus();  // A newer one comes.
  if (absl::IsDataLoss(bytes.status())) return absl::UnavailableError(bytes.status().message());
  RETURN_IF_ERROR(bytes.status());
  RETURN_IF_ERROR(WriteFileAtomically(run_.CheckpointPath(newest.step), *bytes));
  network_step_ = newest.step;
  ASSIGN_OR_RETURN(const auto all, run_.Checkpoints());
  for (size_t i = 0; i + kKeptNetworks < all.size(); ++i) {
    std::error_code ignored;
    std::filesystem::remove(all[i].second, ignored);
  }
  return absl::OkStatus();
}

absl::Status WorkerLink::Step() {
  // Also where Redis is away: the disk is not to fill up.
  RETURN_IF_ERROR(KeepSpoolBounded());
  // Neither waits for the other: shards that are passed on make room for a network, and a Redis
  // that is full of shards still has one.
  const absl::Status fetched = FetchNetwork();
  RETURN_IF_ERROR(PassOnShards());
  RETURN_IF_ERROR(fetched);
  if (MonotonicNow() >= next_report_) RETURN_IF_ERROR(Report());
  return absl::OkStatus();
}

absl::Status WorkerLink::PassOnShards() {
  ASSIGN_OR_RETURN(const std::vector<ShardId> waiting, Waiting());
  for (const ShardId& id : waiting) RETURN_IF_ERROR(Offer(id));
  if (!waiting.empty()) RETURN_IF_ERROR(DeleteForgotten());
  if (uncounted_drops_ > 0) {
    RETURN_IF_ERROR(exchange_.CountDropped(uncounted_drops_));
    uncounted_drops_ = 0;
    RETURN_IF_ERROR(Save());
  }
  return absl::OkStatus();
}

absl::Status WorkerLink::Report() {
  next_report_ = MonotonicNow() + kReport;
  double timesteps_per_second = 0;
  for (const int worker : workers_) {
    const std::string metrics = absl::StrCat(run_.metrics(), "/", WorkerRole(worker), ".jsonl");
    JsonLinesFollower& follower = metrics_.try_emplace(worker, metrics).first->second;
    const auto lines = follower.Poll();
    if (!lines.ok()) continue;  // Damaged metrics are no reason to stop.
    for (const json& line : *lines) {
      if (line.value("event", "") == "rate") {
        rates_[worker] = NumberAt(line, "timesteps_per_second");
      }
    }
    timesteps_per_second += rates_[worker];
  }
  return exchange_.Report(host_, {{"role", "worker"},
                                  {"host", HostName()},
                                  {"program", absl::StrCat(kVersion, " ", kGitRevision)},
                                  {"workers", workers_},
                                  {"timesteps_per_second", timesteps_per_second},
                                  {"network", network_step_},
                                  {"sent", sent_},
                                  {"dropped", dropped_},
                                  {"spool_bytes", spool_bytes_}});
}

}  // namespace hod::engine
