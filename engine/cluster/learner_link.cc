#include "engine/cluster/learner_link.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/cluster/host.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "env/base/entropy.h"
#include "env/base/files.h"
#include "env/base/host_name.h"
#include "env/base/json.h"
#include "env/base/parallel.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kLease = absl::Seconds(20);
constexpr absl::Duration kRenew = absl::Seconds(5);
constexpr absl::Duration kLook = absl::Seconds(1);
constexpr absl::Duration kReport = absl::Seconds(5);
constexpr absl::Duration kPatience = absl::Milliseconds(200);
constexpr int kShardsAtOnce = 16;

// The id of a run, made when it is first linked.
absl::StatusOr<std::string> IdOf(const RunDirectory& run) {
  const std::string path = run.path() + "/cluster_id";
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return ReadFile(path);
  const std::string id = RandomName();
  RETURN_IF_ERROR(WriteFileAtomically(path, id));
  return id;
}

}  // namespace

LearnerLink::LearnerLink(const RunDirectory& run, RunExchange& exchange, Part part)
    : run_(run),
      exchange_(exchange),
      part_(part),
      threads_(AllowThreads(kShardsAtOnce)),
      learner_metrics_(absl::StrCat(run.metrics(), "/", kLearnerRole, ".jsonl")) {}

absl::Status LearnerLink::Begin() {
  if (!lock_) {
    ASSIGN_OR_RETURN(lock_, RoleLock::Take(run_, kLinkRole));
  }
  std::error_code error;
  const std::string path = std::filesystem::canonical(run_.path(), error);
  if (error) return SystemError(run_.path(), "find", error.value());
  owner_ = absl::StrCat(HostName(), ":", path);
  if (part_.rank == 0) {
    ASSIGN_OR_RETURN(published_.id, IdOf(run_));
    published_.config = ToToml(run_.config());
    published_.fingerprint = FingerprintOf(published_.config);
    published_.first_worker = run_.config().NumWorkers();
    published_.links = part_.size;
  } else {
    RETURN_IF_ERROR(FindPublished());
  }
  RETURN_IF_ERROR(MakeDirectories(RefusedShards()));
  for (const std::string& directory : {run_.shards(), RefusedShards()}) {
    ASSIGN_OR_RETURN(const std::vector<ShardId> stored, ListShards(directory));
    for (const ShardId& id : stored) {
      int64_t& next = next_number_[id.worker];
      next = std::max(next, id.sequence + 1);
    }
  }
  RETURN_IF_ERROR(DeleteHalfWritten());
  if (!metrics_) {
    ASSIGN_OR_RETURN(metrics_,
                     JsonLinesWriter::Open(absl::StrCat(run_.metrics(), "/", kLinkRole, ".jsonl")));
  }
  return Lead();
}

absl::Status LearnerLink::FindPublished() {
  absl::StatusOr<PublishedRun> found = exchange_.Find();
  if (absl::IsNotFound(found.status())) return absl::UnavailableError(found.status().message());
  RETURN_IF_ERROR(found.status());
  published_ = *std::move(found);
  if (published_.fingerprint == FingerprintOf(ToToml(run_.config())) &&
      published_.links == part_.size) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(exchange_.name(), " in ", exchange_.server(), ": is of other settings than ",
                   run_.path(), ", or has no link of rank 0 (hod link --rank 0)"));
}

// What a killed link left of others' shards.
absl::Status LearnerLink::DeleteHalfWritten() const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(run_.shards(), error)) {
    const auto name = FinalName(entry.path().filename());
    const auto id = name ? ParseShardName(*name) : std::nullopt;
    std::error_code ignored;
    if (id && id->worker >= published_.first_worker) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
  if (error) return SystemError(run_.shards(), "list", error.value());
  return absl::OkStatus();
}

absl::Status LearnerLink::Lead() {
  RETURN_IF_ERROR(exchange_.Lead(owner_, kLease));
  if (part_.rank == 0) {
    for (const auto& [worker, next] : next_number_) {
      published_.numbered = std::max(published_.numbered, worker - published_.first_worker + 1);
    }
    // Again and again, in case Redis has lost it.
    RETURN_IF_ERROR(exchange_.Publish(published_));
  }
  next_lease_ = MonotonicNow() + kRenew;
  return absl::OkStatus();
}

absl::Status LearnerLink::Step() {
  absl::Status status = Pass();
  // Redis may have lost the lease.
  if (!status.ok()) next_lease_ = MonotonicTime();
  return status;
}

absl::Status LearnerLink::Pass() {
  if (MonotonicNow() >= next_lease_) RETURN_IF_ERROR(Lead());
  if (part_.rank == 0 && MonotonicNow() >= next_look_) {
    next_look_ = MonotonicNow() + kLook;
    RETURN_IF_ERROR(PassNetwork());
  }
  if (taken_.empty()) {
    ASSIGN_OR_RETURN(std::vector<TakenShard> shards, exchange_.Take(kShardsAtOnce, kPatience));
    std::move(shards.begin(), shards.end(), std::back_inserter(taken_));
  }
  // Each waits for the disk, which serves many at once. Those of a worker follow each other: a
  // learner that finds a later one first does not look for the earlier any more.
  std::map<int, std::vector<TakenShard*>> by_worker;
  for (TakenShard& shard : taken_) by_worker[shard.worker].push_back(&shard);
  std::vector<std::vector<TakenShard*>> queues;
  for (auto& [worker, queue] : by_worker) queues.push_back(std::move(queue));
  RETURN_IF_ERROR(
      RunOnThreads(static_cast<int>(queues.size()), kShardsAtOnce, [&](int i) -> absl::Status {
        for (TakenShard* const shard : queues[static_cast<size_t>(i)]) {
          RETURN_IF_ERROR(Store(*shard));
        }
        return absl::OkStatus();
      }));
  for (; !taken_.empty(); taken_.pop_front()) RETURN_IF_ERROR(Finish(taken_.front()));
  if (MonotonicNow() >= next_report_) RETURN_IF_ERROR(Report());
  return absl::OkStatus();
}

absl::Status LearnerLink::PassNetwork() {
  ASSIGN_OR_RETURN(const auto latest, run_.LatestCheckpoint());
  if (!latest) return absl::OkStatus();
  ASSIGN_OR_RETURN(const PublishedNetwork published, exchange_.NewestNetwork());
  if (published.step == latest->first) {
    network_step_ = published.step;
    return absl::OkStatus();
  }
  const auto bytes = ReadFile(latest->second);
  // The learner may just have deleted it, for a newer one.
  if (!bytes.ok()) return absl::IsNotFound(bytes.status()) ? absl::OkStatus() : bytes.status();
  RETURN_IF_ERROR(exchange_.PublishNetwork(latest->first, *bytes));
  network_step_ = latest->first;
  network_since_ = MonotonicNow();
  return absl::OkStatus();
}

bool LearnerLink::HasPlace(const TakenShard& shard) const {
  return shard.worker >= published_.first_worker && shard.number >= 0;
}

absl::Status LearnerLink::Store(TakenShard& shard) const {
  shard.refused = !HasPlace(shard);
  if (shard.refused) return absl::OkStatus();
  const std::string name = ShardName({shard.worker, shard.number});
  const std::string stored = absl::StrCat(run_.shards(), "/", name);
  std::error_code ignored;
  // This link, or the one before, may have ended after it had stored it.
  if (std::filesystem::exists(stored, ignored)) return absl::OkStatus();
  shard.refused = !ParseShard(shard.bytes, stored).ok();
  return WriteFileAtomically(shard.refused ? absl::StrCat(RefusedShards(), "/", name) : stored,
                             shard.bytes);
}

absl::Status LearnerLink::Finish(const TakenShard& shard) {
  if (HasPlace(shard)) {
    // A number that is missing was accepted, and lost with Redis's memory or disk.
    int64_t& next = next_number_[shard.worker];
    if (shard.number > next) {
      RETURN_IF_ERROR(exchange_.CountLost(shard.number - next));
      lost_ += shard.number - next;
    }
    next = std::max(next, shard.number + 1);
  }
  RETURN_IF_ERROR(exchange_.Remove(shard));
  ++(shard.refused ? refused_ : delivered_);
  return absl::OkStatus();
}

absl::Status LearnerLink::Report() {
  next_report_ = MonotonicNow() + kReport;
  const auto lines = learner_metrics_.Poll();
  // Damaged metrics are no reason to stop.
  if (lines.ok() && !lines->empty()) learner_step_ = NumberAt(lines->back(), "step");
  const double network_age = absl::ToDoubleSeconds(MonotonicNow() - network_since_);
  RETURN_IF_ERROR(exchange_.Report(owner_, {{"role", "learner"},
                                            {"host", HostName()},
                                            {"program", absl::StrCat(kVersion, " ", kGitRevision)},
                                            {"run", run_.path()},
                                            {"step", learner_step_},
                                            {"network", network_step_},
                                            {"network_age", network_age},
                                            {"delivered", delivered_},
                                            {"refused", refused_},
                                            {"lost", lost_}}));
  ASSIGN_OR_RETURN(const auto hosts, exchange_.Reports());
  ASSIGN_OR_RETURN(const ExchangeCounts counts, exchange_.Counts());
  size_t workers = 0;
  double timesteps_per_second = 0;
  int64_t behind = 0;
  for (const auto& [id, host] : hosts) {
    if (!host.contains("workers")) continue;
    workers += host["workers"].size();
    timesteps_per_second += NumberAt(host, "timesteps_per_second");
    const auto network = static_cast<int64_t>(NumberAt(host, "network"));
    // A host that has none yet does not play.
    if (network >= 0) behind = std::max(behind, network_step_ - network);
  }
  return metrics_->Write({{"time", absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch())},
                          {"workers", workers},
                          {"timesteps_per_second", timesteps_per_second},
                          {"network", network_step_},
                          {"behind", behind},
                          {"accepted", counts.accepted},
                          {"delivered", counts.delivered},
                          {"waiting", counts.waiting},
                          {"refused", counts.refused},
                          {"dropped", counts.dropped},
                          {"lost", counts.lost}});
}

absl::Status RunLearnerLink(const RunDirectory& run, RunExchange& exchange,
                            const std::atomic<bool>& stop, Part part) {
  LearnerLink link(run, exchange, part);
  Backoff backoff;
  ProgressLine line("linking");
  for (bool begun = false; !stop;) {
    const absl::Status status = begun ? link.Step() : link.Begin();
    if (status.ok()) {
      begun = true;
      backoff.Reset();
      line.Update(
          ProgressLine::kEndless,
          absl::StrFormat("%s: %d shards taken, %d refused, %d lost, network %d", exchange.name(),
                          link.delivered(), link.refused(), link.lost(), link.network_step()));
      continue;
    }
    if (!absl::IsUnavailable(status) && !absl::IsResourceExhausted(status)) return status;
    line.Update(ProgressLine::kEndless, std::string(status.message()));
    backoff.Wait(stop);
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
