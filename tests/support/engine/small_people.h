// A directory of small recordings of three people, each alone and with an assistant.
#pragma once

#include <string>
#include <vector>

#include "engine/imitation/recorded_people.h"
#include "env/recordings/human_recording.h"
#include "tests/support/base/test_files.h"

namespace hod::engine {

inline const std::vector<int> kSmallParticipants = {3, 4, 7};

// The lines of a small recording as text, of `participant` and under a name of its own.
std::string SmallRecordingText(env::RecordingKind timeline, int participant);

// Writes alone.jsonl and joint.jsonl.
void WriteSmallPeople(const TempDir& dir);

// The same, read.
std::vector<PersonEpisode> SmallPeople();

}  // namespace hod::engine
