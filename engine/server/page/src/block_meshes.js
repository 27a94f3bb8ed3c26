// The blocks of a world in the scene: faces by look, the blueprint's ghosts, and the assistant's belief.
import {
  CanvasTexture, LinearMipmapLinearFilter, Mesh, MeshBasicMaterial, NearestFilter, NearestMipmapNearestFilter,
  NoColorSpace, RepeatWrapping,
} from "three";
import { AIR, GLASS } from "./world.js";
import { MISSING, joinFaces, unpackFace, unpackLook, visibleFaces } from "./faces.js";
import { FaceBatch } from "./face_batch.js";
import { DOUBT_COLOR, DOUBT_OPACITY, rgbOf } from "./textures.js";

// Translucent faces are not sorted, so that the order never flickers; what may hide what is settled here.
export const ORDER = { opaque: 0, glass: 1, hiddenBelief: 2, ghostDepth: 3, ghost: 4, belief: 5, frame: 6, contour: 7 };
// So many faces of ghosts are a crowd: one sees only the nearest ones. All of them, one over the other, would be a
// muddle, and slow.
const CROWD = 4000;
const BELIEF_WIDTH = 0.56; // A believed block's, so that a ghost of the blueprint can be seen around it.
const DOUBT_WIDTH = 1.02; // A block that the assistant doubts is covered by a hue.

export class BlockMeshes {
  // `fine`: with the better and slower filter of textures.
  constructor(parent, textures, fine) {
    this.farFilter = fine ? LinearMipmapLinearFilter : NearestMipmapNearestFilter;
    this.parent = parent;
    this.textures = textures;
    this.batches = new Map(); // By look, of what is there.
    // A ghost of air is white: one picture for all blocks, to which faces give their hue.
    const map = this.texture(textures.face(AIR, MISSING, false));
    map.wrapS = map.wrapT = RepeatWrapping;
    const ghost = new MeshBasicMaterial({ map, vertexColors: true, transparent: true, depthWrite: false });
    this.ghosts = new FaceBatch(parent, ghost, ORDER.ghost);
    // Draws nothing, but marks how far away the nearest ghosts are; a little farther, so that they themselves are seen.
    const depth = new MeshBasicMaterial({
      colorWrite: false, transparent: true, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1,
    });
    this.ghostDepth = new Mesh(this.ghosts.mesh.geometry, depth);
    this.ghostDepth.frustumCulled = false;
    this.ghostDepth.renderOrder = ORDER.ghostDepth;
    parent.add(this.ghostDepth);
    const material = new MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false });
    this.belief = new FaceBatch(parent, material, ORDER.belief);
    this.shown = {};
  }

  show(world, marks) {
    const { shown } = this;
    if (shown.world === world && shown.version === world.version && shown.marks === marks) return;
    this.shown = { world, version: world.version, marks };
    const lists = visibleFaces(world, marks);
    for (const [look, batch] of this.batches) if (!lists.has(look)) batch.reserve(0);
    const ghosts = [];
    let crowd = 0;
    for (const [look, faces] of lists) {
      const { block, mark } = unpackLook(look);
      if (mark === MISSING) {
        crowd += faces.length;
        const hue = rgbOf(this.textures.colors[block]);
        for (const rectangle of joinFaces(faces, world.size)) ghosts.push({ ...rectangle, hue });
        continue;
      }
      const batch = this.batchOf(look);
      batch.reserve(faces.length);
      faces.forEach((face, i) => {
        const { voxel, direction } = unpackFace(face, world.size);
        batch.put(i, voxel, direction);
      });
    }
    this.ghosts.reserve(ghosts.length);
    ghosts.forEach((ghost, i) => this.ghosts.put(i, ghost.voxel, ghost.direction, ghost));
    this.ghostDepth.geometry = this.ghosts.mesh.geometry;
    this.ghostDepth.visible = crowd > CROWD;
    // What is believed lies within ghosts; it has to be there before they hide what is behind them.
    this.belief.mesh.renderOrder = crowd > CROWD ? ORDER.hiddenBelief : ORDER.belief;
  }

  texture(canvas) {
    const texture = new CanvasTexture(canvas);
    texture.colorSpace = NoColorSpace;
    texture.magFilter = NearestFilter;
    texture.minFilter = this.farFilter;
    return texture;
  }

  batchOf(look) {
    if (!this.batches.has(look)) {
      const { block, mark, top } = unpackLook(look);
      const glass = block === GLASS;
      const map = this.texture(this.textures.face(block, mark, top));
      const material = new MeshBasicMaterial({ map, vertexColors: true, transparent: glass, depthWrite: !glass });
      this.batches.set(look, new FaceBatch(this.parent, material, glass ? ORDER.glass : ORDER.opaque));
    }
    return this.batches.get(look);
  }

  // `belief` as in a `thought` message, or null.
  showBelief(belief) {
    if (this.shown.belief === belief) return;
    this.shown.belief = belief;
    const entries = belief ?? [];
    this.belief.reserve(6 * entries.length);
    entries.forEach(([voxel, block, probability], i) => {
      const doubt = block === AIR;
      const hue = rgbOf(doubt ? DOUBT_COLOR : this.textures.colors[block]);
      for (let direction = 0; direction < 6; direction++) {
        const opacity = doubt ? probability * DOUBT_OPACITY : probability;
        const scale = doubt ? DOUBT_WIDTH : BELIEF_WIDTH;
        this.belief.put(6 * i + direction, voxel, direction, { scale, hue, opacity });
      }
    });
  }
}
