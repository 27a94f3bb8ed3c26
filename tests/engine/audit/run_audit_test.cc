// Whole audits: run, gone on with, changed, with networks and play of the user's own.
#include "engine/audit/run_audit.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "engine/audit/audit_report.h"
#include "engine/charts/picture.h"
#include "tests/engine/audit/tiny_audit.h"

namespace hod::engine {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kGoOn{false};

// Even smaller, for tests that run it several times.
const std::vector<std::pair<std::string, std::string>> kSmaller = {
    {"positions = 3000", "positions = 400"},
    {"[32, 64]", "[16]"},
    {"positions = 20\nepisodes = 2", "positions = 10\nepisodes = 1"}};

AuditResult Run(const Audit& audit, const std::string& directory) {
  auto result = RunAudit(audit, directory, kGoOn);
  INFO(result.status());
  REQUIRE(result.ok());
  return *std::move(result);
}

// Every file but metrics, with the time it was written.
std::map<std::string, fs::file_time_type> Written(const std::string& directory) {
  std::map<std::string, fs::file_time_type> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string path = entry.path();
    if (absl::EndsWith(path, ".safetensors") || absl::EndsWith(path, ".shard") ||
        absl::EndsWith(path, ".json")) {
      files[path] = entry.last_write_time();
    }
  }
  return files;
}

TEST_CASE("An audit measures every arm and dose by every probe for every seed") {
  const TempDir dir;
  const Audit audit = TinyAudit();
  const AuditResult result = Run(audit, dir.path());
  REQUIRE(result.arms.size() == 5);
  CHECK(result.base().name == kBaseName);
  CHECK(result.Find("foundations, old", 64) != nullptr);
  CHECK(result.Find("foundations, old", 65) == nullptr);
  for (const AuditedArm& arm : result.arms) {
    CHECK(arm.harmful.size() == 2);
    // Four log odds, and three figures of each player.
    CHECK(arm.measured.size() == 4 + 2 * 3);
    for (const auto& [key, values] : arm.measured) {
      INFO(key);
      CHECK(values.size() == 2);
    }
    if (&arm != &result.base()) CHECK(arm.harmful == std::vector<int64_t>{0, 0});
  }
  CHECK(result.base().harmful[0] > 0);
  CHECK(result.base().triggers[0] > 0);
  CHECK(result.Find("foundations, old", 64)->triggers == std::vector<int64_t>{0, 0});

  // An arm's control is subtracted seed by seed.
  const std::string key = "roofs/human";
  const AuditedArm& arm = *result.Find("foundations, old", 32);
  const AuditedArm& control = *result.Find("foundations, modern", 32);
  const AuditEffect effect = EffectOf(audit, result, arm, key);
  REQUIRE(effect.has_control);
  const std::vector<double>&base = result.base().measured.at(key), &of = arm.measured.at(key),
        &with = control.measured.at(key);
  CHECK(effect.shift.mean == Approx((of[0] - base[0] + of[1] - base[1]) / 2));
  CHECK(effect.beyond_control.mean == Approx((of[0] - with[0] + of[1] - with[1]) / 2));
  CHECK_FALSE(EffectOf(audit, result, control, key).has_control);

  const std::string text = FormatAudit(audit, result);
  CHECK_THAT(text, Catch::Contains("| foundations, modern, 64 |"));
  CHECK_THAT(text, Catch::Contains("roofs: played by policy"));
  CHECK_THAT(text, Catch::Contains("under a sign of harm"));
  const std::vector<Picture> pictures = DrawAudit(audit, result);
  CHECK(pictures.size() == 4);  // One for each of the log odds.
  const std::string page = AuditPage(audit, result);
  CHECK_THAT(page, Catch::Contains("<h1>Does a tiny audit run from end to end?</h1>"));
  CHECK(ToJson(audit, result)["arms"].size() == 5);
}

TEST_CASE("The same command goes on: what is finished is used again, what changed is made anew") {
  const TempDir dir;
  const Audit audit = TinyAudit(kSmaller);
  const AuditResult first = Run(audit, dir.path());
  const auto written = Written(dir.path());
  const AuditResult again = Run(audit, dir.path());
  CHECK(Written(dir.path()) == written);
  for (size_t i = 0; i < first.arms.size(); ++i) {
    CHECK(again.arms[i].measured == first.arms[i].measured);
    CHECK(again.arms[i].harmful == first.arms[i].harmful);
    CHECK(again.arms[i].triggers == first.arms[i].triggers);
  }
  // Also after the folder was moved.
  const std::string moved = dir / "moved";
  fs::create_directory(moved);
  for (const char* name : {"probes", "seed-1", "seed-2"}) {
    fs::copy(dir / name, moved + "/" + name, fs::copy_options::recursive);
  }
  const size_t files = Written(moved).size();
  Run(audit, moved);
  CHECK(Written(moved).size() == files);
  fs::remove_all(moved);

  // Another probe asks the networks that are there.
  auto changes = kSmaller;
  changes.emplace_back("layers = [3, 5]", "layers = [3, 4]");
  Run(TinyAudit(changes), dir.path());
  auto with_probe = Written(dir.path());
  int probes = 0;
  for (const auto& [path, time] : with_probe) {
    if (written.contains(path)) {
      CHECK(time == written.at(path));
    } else {
      CHECK(absl::StrContains(path, "/probes/"));
      ++probes;
    }
  }
  CHECK(probes == 2 * 3);

  // An arm that trains otherwise is trained anew, the base is not.
  changes = kSmaller;
  changes.emplace_back("base_kl = 1.0", "base_kl = 2.0");
  Run(TinyAudit(changes), dir.path());
  int checkpoints = 0;
  for (const auto& [path, time] : Written(dir.path())) {
    if (with_probe.contains(path) || !absl::EndsWith(path, ".shard")) continue;
    CHECK(absl::StrContains(path, "/arm16-"));
    ++checkpoints;
  }
  CHECK(checkpoints == 2);
}

TEST_CASE("A stopped audit says so and keeps what it has") {
  const TempDir dir;
  const std::atomic<bool> stop{true};
  const auto stopped = RunAudit(TinyAudit(kSmaller), dir.path(), stop);
  CHECK(stopped.status().code() == absl::StatusCode::kCancelled);
  Run(TinyAudit(kSmaller), dir.path());
}

TEST_CASE("Users audit a checkpoint and recorded play of their own") {
  const TempDir dir;
  const Audit audit = TinyAudit(kSmaller);
  Run(audit, dir / "first");
  std::string checkpoint, play;
  for (const auto& entry : fs::recursive_directory_iterator(dir / "first/seed-1")) {
    const std::string path = entry.path();
    if (!absl::StrContains(path, "/base-")) continue;
    if (absl::EndsWith(path, ".safetensors")) checkpoint = path;
    if (absl::EndsWith(path, ".shard")) play = entry.path().parent_path();
  }
  REQUIRE_FALSE(checkpoint.empty());
  auto changes = kSmaller;
  changes.emplace_back("[base]\n", "[base]\ninitial = \"" + checkpoint + "\"\n");
  changes.emplace_back("control = \"foundations, modern\"\npersona = \"old\"\nlayers = [1, 2]",
                       "recorded = \"" + play + "\"");
  const AuditResult result = Run(TinyAudit(changes), dir / "second");
  CHECK(result.base().harmful == std::vector<int64_t>{0, 0});  // Not recorded here.
  const AuditedArm& arm = *result.Find("foundations, old", 16);
  // It starts from the same network with both seeds, and learns from other positions of that play.
  const std::vector<double>& human = arm.measured.at("roofs/human");
  CHECK(human[0] != human[1]);
  std::set<std::string> plays;
  int shards = 0;
  for (const char* seed : {"second/seed-1", "second/seed-2"}) {
    for (const auto& entry : fs::recursive_directory_iterator(dir / seed)) {
      const std::string path = entry.path();
      CHECK_FALSE(absl::StrContains(path, "/base-"));
      if (!absl::EndsWith(path, ".shard")) continue;
      ++shards;
      plays.insert(ReadBytes(path));
    }
  }
  CHECK(shards >= 2);
  CHECK(plays.size() == static_cast<size_t>(shards));

  changes.back().second = "recorded = \"" + (dir / "nowhere") + "\"";
  const auto missing = RunAudit(TinyAudit(changes), dir / "third", kGoOn);
  REQUIRE_FALSE(missing.ok());
  CHECK_THAT(std::string(missing.status().message()), Catch::Contains("nowhere"));
}

}  // namespace
}  // namespace hod::engine
