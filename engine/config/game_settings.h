// Kinds of settings that only games have.
#pragma once

#include <string>

#include "env/game/geometry.h"
#include "env/game/schedule.h"
#include "env/settings/declaration.h"

namespace hod::engine {

// Extents within what a world may have.
void DeclareSize(settings::Declaration& declaration, std::string key, env::WorldSize& target,
                 const char* meaning);

// A number, or points of (timestep, value).
void DeclareSchedule(settings::Declaration& declaration, std::string key, env::Schedule& target,
                     const char* meaning);

}  // namespace hod::engine
