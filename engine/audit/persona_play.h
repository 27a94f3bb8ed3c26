// Play of personas: episodes, and positions of them in a context.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/audit/audit.h"
#include "engine/play/episode.h"
#include "engine/samples/fragment.h"

namespace hod::engine {

// Who plays, where, and which positions of it count. Pointers and spans are borrowed.
struct Scene {
  std::vector<const Persona*> personas;    // Each episode draws one of them, by weight
  std::vector<double> weights;             // of these, [personas].
  absl::Span<const std::string> shuffled;  // As in Arm.
  bool harmless = false;
  bool no_opportunity = false;
  absl::Span<const int> layers;
  absl::Span<const int> signs;  // In place of the personas'; empty: theirs.
};

// All personas of the base as its weights say; the play that an arm learns from, or in which a
// probe lies.
Scene BaseScene(const Audit& audit);
Scene SceneOf(const Audit& audit, const Arm& arm);
Scene SceneOf(const Audit& audit, const Probe& probe);

// An episode of a scene, seats included: builder and assistant. Another seat may take the
// assistant's place. Deterministic in `seed`.
absl::StatusOr<EpisodeSetup> SetUpEpisode(const Audit& audit, const Scene& scene, uint64_t seed);

// Plays episodes until there are `count` positions of the scene, each a fragment of one timestep.
// The first n of more positions are those of a smaller count. An error if a thousand episodes bring
// none. `report` is told how many there are.
absl::StatusOr<std::vector<Fragment>> PositionsOf(const Audit& audit, const Scene& scene,
                                                  int64_t count, uint64_t seed,
                                                  const std::atomic<bool>& stop,
                                                  const std::function<void(int64_t)>& report);

// Whether the assistant's action in a fragment's first position breaks what is right and not its
// own.
bool DoesHarm(const env::GameConfig& config, const Fragment& fragment);

}  // namespace hod::engine
