// What a ray meets first.
import { DIRECTIONS } from "./faces.js";
import { AIR, add } from "./world.js";

// Something can be placed only against a block.
function isSupported(world, voxel) {
  return DIRECTIONS.some((direction) => world.at(add(voxel, direction)) !== AIR);
}

// Returns {voxel, normal, isGhost}, or null. `normal` points from the face that is met to the voxel before it. If
// `ghosts` is true, missing blocks count that can be placed; so the ground can be reached through a wall that is still
// in the air. The voxel in which the ray begins does not count.
export function castRay(world, origin, direction, ghosts) {
  // How far along the ray the world begins and ends.
  let enter = 0, leave = Infinity, axis = -1;
  for (let k = 0; k < 3; k++) {
    if (direction[k] === 0) {
      if (origin[k] < 0 || origin[k] > world.size[k]) return null;
      continue;
    }
    const bounds = [-origin[k] / direction[k], (world.size[k] - origin[k]) / direction[k]].sort((a, b) => a - b);
    if (bounds[0] > enter) {
      enter = bounds[0];
      axis = k;
    }
    leave = Math.min(leave, bounds[1]);
  }
  if (enter >= leave) return null;

  const step = direction.map(Math.sign);
  const voxel = direction.map((slope, k) => {
    const at = Math.floor(origin[k] + slope * enter + (k === axis ? step[k] * 1e-9 : 0));
    return Math.min(Math.max(at, 0), world.size[k] - 1);
  });
  const next = direction.map((slope, k) =>
    slope === 0 ? Infinity : (voxel[k] + (step[k] > 0 ? 1 : 0) - origin[k]) / slope,
  );
  while (world.contains(voxel)) {
    const solid = world.at(voxel) !== AIR;
    if (axis >= 0 && (solid || (ghosts && world.isMissing(voxel) && isSupported(world, voxel)))) {
      const normal = [0, 0, 0];
      normal[axis] = -step[axis];
      return { voxel: [...voxel], normal, isGhost: !solid };
    }
    axis = next.indexOf(Math.min(...next));
    voxel[axis] += step[axis];
    next[axis] += Math.abs(1 / direction[axis]);
  }
  return null;
}
