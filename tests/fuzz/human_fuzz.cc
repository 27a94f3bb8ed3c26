// Recordings of people.
#include "env/recordings/human_verifier.h"
#include "env/recordings/recorded_episode.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/small_recording.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::VerifyHumanRecording(file.path()).status(), file);
  hod::fuzz::ExpectNamed(hod::env::ReadEpisode(file.path(), 0).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using env::RecordingKind;
  std::vector<std::string> seeds;
  for (const RecordingKind timeline : {RecordingKind::kAlone, RecordingKind::kView,
                                       RecordingKind::kJoint, RecordingKind::kTutorial}) {
    std::string text;
    for (const auto& line : env::SmallRecording(timeline)) text += line.dump() + "\n";
    seeds.push_back(text);
  }
  return seeds;
}
