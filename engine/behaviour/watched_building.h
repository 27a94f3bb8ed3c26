// Watches houses being built: by human models that play alone, and by people in recordings.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/behaviour/building_report.h"
#include "engine/play/seat.h"
#include "env/game/config.h"
#include "env/houses/sources/source.h"

namespace hod::engine {

struct BuildingSetup {
  env::GameConfig game;  // Its horizon ends episodes.
  std::shared_ptr<const env::GoalSource> goals;
  PlayerFactory human;
  int episodes = 60;  // Houses.
  uint64_t seed = 1;  // Seeds builders and start locations.
  int threads = 2;
  std::string record_directory;  // Where traces of every episode go; "" for none.
};

struct WatchedHouses {
  std::vector<ObservedHouse> houses;
  double seconds = 0;               // Time spent playing.
  double milliseconds_per_row = 0;  // Between rows of an episode, on its thread.
};

// Plays every house alone, with a human model of its own. Shows progress on standard error. The
// houses depend on the setup alone, not on the threads.
absl::StatusOr<WatchedHouses> PlayHouses(const BuildingSetup& setup);

// People's episodes, as in the files: of people alone, or of one of several players, whose actions
// the file holds. What others do in the world counts as progress, not as that player's actions.
// Errors name the file and the line.
absl::StatusOr<std::vector<ObservedHouse>> ReadHouses(const std::vector<std::string>& paths);

}  // namespace hod::engine
