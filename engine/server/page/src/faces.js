// Which faces of a world can be seen, sorted by how they look. A face is a number, index * 6 + direction, and so is a
// look. Hidden are faces behind an opaque block, between panes of glass, and between missing blocks.
import { AIR, GLASS } from "./world.js";

export const DIRECTIONS = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];
const UP = 2, DOWN = 3;

export const PLAIN = 0, WRONG = 1, MISSING = 2;
export const lookOf = (block, mark, top) => (block * 3 + mark) * 2 + (top ? 1 : 0);
export const unpackLook = (look) => ({
  block: Math.floor(look / 6),
  mark: Math.floor(look / 2) % 3,
  top: look % 2 === 1,
});

export function unpackFace(face, [, h, d]) {
  const index = Math.floor(face / 6);
  return { voxel: [Math.floor(index / (h * d)), Math.floor(index / d) % h, index % d], direction: face % 6 };
}

// Returns a map from looks to arrays of faces. Marks are those of the blueprint; without `marks`, the world alone.
export function visibleFaces({ size: [w, h, d], blocks, blueprint }, marks) {
  const goal = marks && blueprint ? blueprint : blocks;
  const offsets = [h * d, -h * d, d, -d, 1, -1];
  const lists = new Map();
  const put = (look, face) => {
    const list = lists.get(look);
    if (list) list.push(face);
    else lists.set(look, [face]);
  };
  for (let index = 0, x = 0; x < w; x++) {
    for (let y = 0; y < h; y++) {
      for (let z = 0; z < d; z++, index++) {
        const block = blocks[index];
        const belongs = goal[index];
        if (block === AIR && belongs === AIR) continue;
        const mark = block === belongs ? PLAIN : block === AIR ? MISSING : WRONG;
        const inside = [x < w - 1, x > 0, y < h - 1, y > 0, z < d - 1, z > 0];
        for (let direction = 0; direction < 6; direction++) {
          if (inside[direction]) {
            const there = index + offsets[direction];
            const next = blocks[there];
            if (next !== AIR && (next !== GLASS || block === GLASS)) continue;
            if (mark === MISSING && next === AIR && goal[there] !== AIR) continue;
          } else if (direction === DOWN) {
            continue; // Nobody looks at the world from below.
          }
          put(lookOf(mark === MISSING ? belongs : block, mark, direction === UP), index * 6 + direction);
        }
      }
    }
  }
  return lists;
}

// Joins faces of one look that lie side by side into rectangles, {voxel, direction, extent}. `voxel` is the corner with
// the lowest coordinates, `extent` how many voxels the rectangle covers along each axis.
export function joinFaces(faces, size) {
  const [w, h, d] = size;
  const strides = [6 * h * d, 6 * d, 6];
  const left = new Uint8Array(6 * w * h * d);
  for (const face of faces) left[face] = 1;
  const rectangles = [];
  for (const face of faces) {
    if (!left[face]) continue;
    const { voxel, direction } = unpackFace(face, size);
    const [along, across] = [0, 1, 2].filter((axis) => axis !== direction >> 1);
    const extent = [1, 1, 1];
    const hasRow = (from) => {
      for (let i = 0; i < extent[along]; i++) if (!left[from + i * strides[along]]) return false;
      return true;
    };
    while (voxel[along] + extent[along] < size[along] && left[face + extent[along] * strides[along]]) extent[along]++;
    while (voxel[across] + extent[across] < size[across] && hasRow(face + extent[across] * strides[across])) {
      extent[across]++;
    }
    for (let j = 0; j < extent[across]; j++) {
      const from = face + j * strides[across];
      for (let i = 0; i < extent[along]; i++) left[from + i * strides[along]] = 0;
    }
    rectangles.push({ voxel, direction, extent });
  }
  return rectangles;
}
