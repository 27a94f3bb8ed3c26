// Recorded episodes.
#include "env/recordings/recorded_episode.h"
#include "env/traces/trace_recorder.h"
#include "env/traces/trace_verifier.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

// A short random episode, as `recorder` writes it.
absl::Status Record(const std::string& path, uint64_t seed) {
  Rng rng(seed);
  GameConfig config = RandomConfig(rng);
  config.size = {4, 4, 4};
  config.horizon = 4;
  config.randomize_first_episode_length = false;
  const Game game(config, RandomGoal(config, rng));
  State state = game.Reset(rng);
  auto recorder = TraceRecorder::Create(path, &game, state, "random", 7);
  if (!recorder.ok()) return recorder.status();
  for (bool done = false; !done;) {
    const std::vector<Action> actions = RandomActions(game, state, rng);
    const StepOutcome outcome = game.Step(state, actions);
    if (absl::Status status = recorder->Step(actions, outcome, state); !status.ok()) return status;
    done = outcome.done();
  }
  return recorder->Finish();
}

}  // namespace
}  // namespace hod::env

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::VerifyEpisodes(file.path()).status(), file);
  hod::fuzz::ExpectNamed(hod::env::ReadEpisode(file.path(), 0).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  std::vector<std::string> seeds;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    const auto record = [&](const std::string& path) { return env::Record(path, seed); };
    seeds.push_back(Written(record));
    seeds.push_back(Gunzipped(seeds.back()));
  }
  return seeds;
}
