// Isometric drawings of a world.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "env/draw/canvas.h"
#include "env/draw/sprite.h"
#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::env {

// The corner of the world that is nearest to the viewer.
enum class Corner { kHighXHighZ, kLowXLowZ };

struct WorldStyle {
  Corner corner = Corner::kHighXHighZ;
  // Where players' feet are; the first is the human in red, the others are blue and green. Their
  // contours show through blocks.
  std::vector<Cell> players;
  // If not empty, [volume]: blocks that differ from it are marked as wrong, ...
  absl::Span<const Block> goal;
  // ... and those that it has and the world has not are drawn translucent.
  bool show_missing = false;
  // A voxel that a player has just changed gets a contour in the player's colour.
  struct Touch {
    Cell cell;
    int player;  // Index into `players`.
  };
  std::vector<Touch> touches;
  // If not empty, [volume]: how opaque a missing block is, from 0 to 1, e.g. how probable.
  absl::Span<const float> missing_opacity = {};
};

inline constexpr Color kSky{0.93, 0.95, 0.97};

// Draws worlds of one size. Sprites are made when first needed and kept, so that the first picture
// takes longest.
class WorldPainter {
 public:
  // `tile` > 0, even: half the width of a voxel in pixels.
  WorldPainter(const WorldSize& size, int tile);

  // Extents of a drawing in pixels.
  int width() const { return (size_.w + size_.d) * tile_; }
  int height() const;

  // Draws the world without its bedrock layer, with its upper left corner at (left, top); leaves
  // the background as it is. `blocks` is [volume].
  void Paint(absl::Span<const Block> blocks, const WorldStyle& style, Canvas& canvas, int left,
             int top);

 private:
  struct PlayerSprites {
    Sprite legs, head, halo, contour;
  };
  class Pass;

  // `level` is of account for missing blocks only: how opaque, of kOpacityLevels.
  const Sprite& BlockSprite(Block block, Mark mark, FaceSet faces, int level);
  const PlayerSprites& SpritesOf(int player);
  const Sprite& TouchSprite(int player);

  WorldSize size_;
  int tile_;
  std::vector<std::optional<Sprite>> blocks_;  // Indexed by block, mark, level and faces.
  std::vector<PlayerSprites> players_;
  std::vector<Sprite> touches_;  // Indexed by player.
};

// Half the width of a voxel in the pictures below.
inline constexpr int kSmallTile = 12;

Canvas DrawWorld(const WorldSize& size, absl::Span<const Block> blocks, const WorldStyle& style,
                 int tile = kSmallTile);

// The two corners' views side by side; `style.corner` is of no account.
Canvas DrawFromBothCorners(const WorldSize& size, absl::Span<const Block> blocks, WorldStyle style,
                           int tile = kSmallTile);

}  // namespace hod::env
