#include "engine/training/peers.h"

#include <xxhash.h>

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

// The newest step of a run directory without a checkpoint.
constexpr int64_t kNone = -1;

}  // namespace

Part PartOf(const models::Collective* peers) {
  return peers == nullptr ? Part{} : Part{peers->rank(), peers->size()};
}

absl::Status CheckSameSettings(models::Collective& peers, const RunConfig& config) {
  ASSIGN_OR_RETURN(const std::vector<std::string> all, peers.Gather(ToToml(config)));
  for (size_t rank = 1; rank < all.size(); ++rank) {
    if (all[rank] == all[0]) continue;
    ASSIGN_OR_RETURN(const RunConfig first, ParseRunConfig(all[0], "learner 0"));
    ASSIGN_OR_RETURN(const RunConfig other,
                     ParseRunConfig(all[rank], absl::StrCat("learner ", rank)));
    return absl::FailedPreconditionError(
        absl::StrCat("learner ", rank, " has other settings than learner 0, which is there: ",
                     absl::StrJoin(Differences(other, first), "; ")));
  }
  return absl::OkStatus();
}

absl::Status CheckSameState(models::Collective& peers, const models::TrainerState& state) {
  XXH64_hash_t sum = static_cast<XXH64_hash_t>(state.steps);
  for (const std::vector<float>* values :
       {&state.network.parameters, &state.average, &state.first_moment, &state.second_moment}) {
    sum = XXH64(values->data(), values->size() * sizeof(float), sum);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> all, peers.Gather(absl::StrFormat("%016x", sum)));
  for (size_t rank = 1; rank < all.size(); ++rank) {
    if (all[rank] == all[0]) continue;
    return absl::InternalError(absl::StrCat(
        "after step ", state.steps, " learner ", rank, " has other parameters than learner 0 (",
        all[rank], ", ", all[0], "): their machines or builds compute differently"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ShareNewestCheckpoint(models::Collective& peers, const RunDirectory& run) {
  // When all have come, rank 0 has written what it is about to share.
  RETURN_IF_ERROR(peers.Gather("").status());
  ASSIGN_OR_RETURN(const auto latest, run.LatestCheckpoint());
  ASSIGN_OR_RETURN(const std::vector<std::string> all,
                   peers.Gather(absl::StrCat(latest ? latest->first : kNone)));
  std::vector<int64_t> steps(all.size(), kNone);
  for (size_t rank = 0; rank < all.size(); ++rank) {
    if (!absl::SimpleAtoi(all[rank], &steps[rank])) return absl::InternalError("expected a step");
    if (steps[rank] <= steps[0]) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("learner ", rank, " has a checkpoint of step ", steps[rank],
                     ", which is newer than that of learner 0, of step ", steps[0],
                     "; start learner 0 in the directory with the newest"));
  }
  if (*std::min_element(steps.begin(), steps.end()) == steps[0]) return false;
  std::string bytes;
  if (peers.rank() == 0) {
    ASSIGN_OR_RETURN(bytes, ReadFile(latest->second));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> sent, peers.Gather(bytes));
  const bool lacks = steps[peers.rank()] != steps[0];
  if (lacks) RETURN_IF_ERROR(WriteFileAtomically(run.CheckpointPath(steps[0]), sent[0]));
  // Before that nobody deletes what it takes for the rest of a killed process.
  RETURN_IF_ERROR(peers.Gather("").status());
  return lacks;
}

absl::StatusOr<ReplayPosition> GatherPositions(models::Collective& peers,
                                               const ReplayPosition& position) {
  ASSIGN_OR_RETURN(const std::vector<std::string> all, peers.Gather(DumpJson(ToJson(position))));
  std::vector<ReplayPosition> parts;
  for (const std::string& text : all) {
    ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text));
    ASSIGN_OR_RETURN(parts.emplace_back(), ReplayPositionFromJson(json));
  }
  return Together(parts);
}

}  // namespace hod::engine
