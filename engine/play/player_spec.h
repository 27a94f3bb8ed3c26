// What a player is called on the command line, in configurations and in Python, and what makes it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/play/seat.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

// "posterior:GOALS" is an assistant that knows all goals of a source (posterior_walker.h).
inline constexpr char kPosteriorPrefix[] = "posterior:";

// A form that a spec takes, and who plays then.
struct PlayerForm {
  std::string spec, description;
};

// The names of env/players/make_player.h, then files.
std::vector<PlayerForm> PlayerForms();
// The specs alone, in a line: for help texts.
std::string PlayerSpecs();
// A Markdown table.
std::string DescribePlayers();

// `spec` is one of PlayerForms(). A network's file acts by its policy and is loaded once; a name is
// checked by the factory, and so is whether a network may play a role. In paths, also those in
// human files, "{participant}" stands for `participant`: for networks that have not learnt from the
// person they are judged by. Errors name the file.
absl::StatusOr<PlayerFactory> MakePlayerFactory(const std::string& spec,
                                                const std::string& participant = "");

// The same of a network's file that has been read.
absl::StatusOr<PlayerFactory> MakePlayerFactory(const models::LoadedNetwork& network);

}  // namespace hod::engine
