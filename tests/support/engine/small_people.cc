#include "tests/support/engine/small_people.h"

#include "absl/strings/str_cat.h"
#include "tests/support/catch.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {

std::string SmallRecordingText(env::RecordingKind timeline, int participant) {
  std::vector<nlohmann::json> lines = env::SmallRecording(timeline);
  lines[0]["participant_id"] = participant;
  lines[0]["episode"] = absl::StrCat("small-", static_cast<int>(timeline), "/", participant);
  std::string text;
  for (const nlohmann::json& line : lines) text += line.dump() + "\n";
  return text;
}

void WriteSmallPeople(const TempDir& dir) {
  std::string alone, joint;
  for (const int participant : kSmallParticipants) {
    alone += SmallRecordingText(env::RecordingKind::kAlone, participant);
    joint += SmallRecordingText(env::RecordingKind::kJoint, participant);
  }
  dir.Write("alone.jsonl", alone);
  dir.Write("joint.jsonl", joint);
}

std::vector<PersonEpisode> SmallPeople() {
  const TempDir dir;
  WriteSmallPeople(dir);
  absl::StatusOr<std::vector<PersonEpisode>> people = LoadPeople(dir.path());
  INFO(people.status());
  REQUIRE(people.ok());
  return *std::move(people);
}

}  // namespace hod::engine
