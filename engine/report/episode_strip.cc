#include "engine/report/episode_strip.h"

#include <vector>

#include "absl/strings/str_format.h"
#include "env/draw/sheet.h"
#include "env/draw/world.h"
#include "env/traces/trace_reader.h"

namespace hod::engine {
namespace {

constexpr int kMoments = 7;

}  // namespace

absl::StatusOr<std::string> DrawEpisodeStrip(const std::string& trace_path) {
  absl::StatusOr<env::RecordedEpisode> episode = env::ReadEpisode(trace_path);
  if (!episode.ok()) return episode.status();
  const env::Game& game = episode->game;
  env::State state = episode->start;
  const int length = static_cast<int>(episode->actions.size());

  std::vector<env::Captioned> drawings;
  int next_moment = 0;
  for (int t = 0;; ++t) {
    if (t >= length * next_moment / (kMoments - 1)) {
      ++next_moment;
      env::WorldStyle style;
      style.goal = game.goal();
      for (const env::PlayerState& player : state.players) style.players.push_back(player.feet);
      const double percent = 100 * game.GoalPercentage(state, 0);
      drawings.push_back({absl::StrFormat("step %d, %.0f%%", t, percent),
                          env::DrawWorld(game.size(), state.blocks, style)});
    }
    if (t == length) break;
    game.Step(state, episode->actions[t]);
  }
  drawings.push_back({"goal", env::DrawWorld(game.size(), game.goal(), {})});
  return env::DrawSheet(drawings, (kMoments + 1) / 2).PngBytes();
}

}  // namespace hod::engine
