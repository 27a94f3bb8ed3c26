// A world of blocks with the players in it.

export const AIR = 0;
export const BEDROCK = 1;
export const GLASS = 4;

// The players' colours, as `hod draw` has them.
const PLAYER_COLORS = { human: "#db3329", assistant: "#216be0" };
export const playerColor = (role) => PLAYER_COLORS[role] ?? "#299e47";

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

export const add = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const same = (a, b) => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];

export class World {
  // `blueprint` is null for a person who may not see it. `players` are {role, label, feet}.
  constructor({ size, blocks, blueprint, players }) {
    this.size = size;
    this.blocks = blocks;
    this.blueprint = blueprint;
    this.players = players;
    this.touched = players.map(() => []); // The voxels that each player changed last.
    this.version = 0; // Grows with every change of a block.
  }

  contains([x, y, z]) {
    const [w, h, d] = this.size;
    return x >= 0 && y >= 0 && z >= 0 && x < w && y < h && z < d;
  }
  index([x, y, z]) {
    return (x * this.size[1] + y) * this.size[2] + z;
  }
  at(voxel) {
    return this.contains(voxel) ? this.blocks[this.index(voxel)] : AIR;
  }
  goalAt(voxel) {
    return this.blueprint && this.contains(voxel) ? this.blueprint[this.index(voxel)] : this.at(voxel);
  }
  isMissing(voxel) {
    return this.at(voxel) === AIR && this.goalAt(voxel) !== AIR;
  }
  isWrong(voxel) {
    return this.at(voxel) !== AIR && this.goalAt(voxel) !== this.at(voxel);
  }

  apply(changes, feet) {
    const by = new Map();
    for (const [voxel, block, player] of changes) {
      this.blocks[this.index(voxel)] = block;
      by.set(player, [...(by.get(player) ?? []), voxel]);
    }
    for (const [player, voxels] of by) this.touched[player] = voxels;
    if (changes.length > 0) this.version++;
    feet.forEach((voxel, i) => (this.players[i].feet = voxel));
  }
}
