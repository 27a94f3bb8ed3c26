#include "bindings/drawing.h"

#include <pybind11/stl.h>

#include <optional>

#include "bindings/game.h"
#include "env/draw/frame.h"
#include "env/draw/text.h"
#include "env/draw/texture.h"
#include "env/draw/world.h"

namespace hod::bindings {
namespace {

env::GoalDisplay GoalDisplayFrom(const std::string& name) {
  if (name == "ghost") return env::GoalDisplay::kGhost;
  if (name == "beside") return env::GoalDisplay::kBeside;
  if (name == "hidden") return env::GoalDisplay::kHidden;
  throw py::value_error(absl::StrCat("goal: ", name, ", expected ghost, beside or hidden"));
}

// uint8 [height, width, 3].
py::array_t<uint8_t> ToArray(const env::Canvas& canvas) {
  return Copy(canvas.Rgb()).attr("reshape")(canvas.height(), canvas.width(), 3);
}

env::WorldSize SizeFrom(const py::array& blocks) {
  if (blocks.ndim() != 3) {
    throw py::value_error(
        absl::StrCat("blocks: shape ", ShapeText(blocks), ", expected (w, h, d)"));
  }
  for (int axis = 0; axis < 3; ++axis) {
    if (blocks.shape(axis) >= 1 && blocks.shape(axis) <= env::kMaxWorldExtent) continue;
    throw py::value_error(absl::StrCat("blocks: shape ", ShapeText(blocks),
                                       ", expected extents from 1 to ", env::kMaxWorldExtent));
  }
  return {static_cast<int>(blocks.shape(0)), static_cast<int>(blocks.shape(1)),
          static_cast<int>(blocks.shape(2))};
}

py::array_t<uint8_t> DrawWorld(const py::array& blocks, const std::optional<py::array>& goal,
                               const std::optional<py::array>& feet,
                               const std::optional<py::array>& opacity, const std::string& corner,
                               std::optional<int> tile) {
  const env::WorldSize size = SizeFrom(blocks);
  const std::vector<env::Block> world = BlocksFrom(blocks, ShapeOf(size), "blocks");
  env::WorldStyle style;
  std::vector<env::Block> goal_blocks;
  if (goal) {
    goal_blocks = BlocksFrom(*goal, ShapeOf(size), "goal");
    style.goal = goal_blocks;
    style.show_missing = true;
  }
  py::array opacities;
  if (opacity) {
    opacities = Exact<float>(*opacity, ShapeOf(size), "opacity");
    for (const float o : Elements<float>(opacities)) {
      if (!(o >= 0 && o <= 1)) {
        throw py::value_error(absl::StrCat("opacity: ", o, ", expected 0 to 1"));
      }
    }
    style.missing_opacity = Elements<float>(opacities);
  }
  if (feet) {
    const std::vector<int32_t> cells = Indices(*feet, {-1, 3}, env::kMaxWorldExtent, "feet");
    for (size_t i = 0; i < cells.size(); i += 3) {
      const env::Cell cell = {cells[i], cells[i + 1], cells[i + 2]};
      if (!size.Contains(cell)) {
        throw py::value_error(absl::StrCat("feet[", i / 3, "] is outside the world"));
      }
      style.players.push_back(cell);
    }
  }
  if (corner == "low") {
    style.corner = env::Corner::kLowXLowZ;
  } else if (corner != "high") {
    throw py::value_error(absl::StrCat("corner: ", corner, ", expected high or low"));
  }
  const int width = tile.value_or(env::TileFor(size));
  if (width < 2 || width > 64 || width % 2 != 0) {
    throw py::value_error(absl::StrCat("tile: ", width, ", expected an even number from 2 to 64"));
  }
  return ToArray(env::DrawWorld(size, world, style, width));
}

env::Moment MomentOf(const env::Game& game, const WorldState& state) {
  CheckFits(game, state);
  return {state, {}};
}

}  // namespace

void BindDrawing(py::module_& m) {
  py::list colors;
  for (const env::Color& c : env::kBlockColors) colors.append(py::make_tuple(c.r, c.g, c.b));
  m.attr("BLOCK_COLORS") = py::tuple(colors);
  m.def("draw_world", &DrawWorld, py::arg("blocks"), py::arg("goal") = py::none(),
        py::arg("feet") = py::none(), py::arg("opacity") = py::none(), py::arg("corner") = "high",
        py::arg("tile") = py::none(),
        R"(An isometric picture of a world, uint8 [height, width, 3].

blocks: uint8 [w, h, d].
goal: uint8 [w, h, d]; wrong blocks are crossed out, missing ones translucent.
feet: integers [players, 3], the human's first.
opacity: float32 [w, h, d] from 0 to 1: how opaque each missing block is.
corner: the view from "high" x and z or from "low".
tile: half the width of a voxel in pixels, even.)");
  m.def(
      "draw_frame",
      [](const env::Game& game, const WorldState& state, const std::string& goal, bool both) {
        env::FramePainter painter(&game, {GoalDisplayFrom(goal), both});
        return ToArray(painter.Draw(MomentOf(game, state)));
      },
      py::arg("game"), py::arg("state"), py::arg("goal") = "ghost", py::arg("both_corners") = false,
      "A picture with caption and legend, uint8 [height, width, 3]; `goal` is ghost, beside or "
      "hidden.");
  m.def(
      "state_text",
      [](const env::Game& game, const WorldState& state, const std::string& goal, bool color) {
        return env::MomentText(game, MomentOf(game, state), GoalDisplayFrom(goal),
                               {.color = color});
      },
      py::arg("game"), py::arg("state"), py::arg("goal") = "ghost", py::arg("color") = false,
      "The layers of the world as text for a terminal.");
}

}  // namespace hod::bindings
