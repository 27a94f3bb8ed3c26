// The blocks of a world in the scene: faces by look, the blueprint's ghosts, and the assistant's belief.
import { CanvasTexture, NearestMipmapNearestFilter, MeshBasicMaterial, NearestFilter, NoColorSpace } from "three";
import { AIR, GLASS } from "./world.js";
import { MISSING, unpackLook, visibleFaces } from "./faces.js";
import { FaceBatch } from "./face_batch.js";
import { DOUBT_COLOR, DOUBT_OPACITY, rgbOf } from "./textures.js";

// Translucent faces are not sorted, so that the order never flickers; what may hide what is settled here.
export const ORDER = { opaque: 0, glass: 1, ghost: 2, belief: 3, frame: 4, contour: 5 };
const BELIEF_WIDTH = 0.56; // Of a believed block, so that a ghost of the blueprint can be seen around it.
const DOUBT_WIDTH = 1.02; // A block that the assistant doubts is covered by a hue.

export class BlockMeshes {
  // `fine`: with the better and slower filter of textures.
  constructor(parent, textures, fine) {
    this.farFilter = fine ? LinearMipmapLinearFilter : NearestMipmapNearestFilter;
    this.parent = parent;
    this.textures = textures;
    this.batches = new Map(); // By look.
    const material = new MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false });
    this.belief = new FaceBatch(parent, material, ORDER.belief);
    this.shown = {};
  }

  show(world, marks) {
    const { shown } = this;
    if (shown.world === world && shown.version === world.version && shown.marks === marks) return;
    this.shown = { world, version: world.version, marks };
    const [, h, d] = world.size;
    const lists = visibleFaces(world, marks);
    for (const [look, batch] of this.batches) if (!lists.has(look)) batch.reserve(0);
    for (const [look, faces] of lists) {
      const batch = this.batchOf(look);
      batch.reserve(faces.length);
      faces.forEach((face, i) => {
        const index = Math.floor(face / 6);
        batch.put(i, Math.floor(index / (h * d)), Math.floor(index / d) % h, index % d, face % 6);
      });
    }
  }

  batchOf(look) {
    if (!this.batches.has(look)) {
      const { block, mark, top } = unpackLook(look);
      const texture = new CanvasTexture(this.textures.face(block, mark, top));
      texture.colorSpace = NoColorSpace;
      texture.magFilter = NearestFilter;
      texture.minFilter = this.farFilter;
      const ghost = mark === MISSING, glass = block === GLASS;
      const material = new MeshBasicMaterial({
        map: texture, vertexColors: true, transparent: ghost || glass, depthWrite: !ghost && !glass,
      });
      const order = ghost ? ORDER.ghost : glass ? ORDER.glass : ORDER.opaque;
      this.batches.set(look, new FaceBatch(this.parent, material, order));
    }
    return this.batches.get(look);
  }

  // `belief` as in a `thought` message, or null.
  showBelief(belief) {
    if (this.shown.belief === belief) return;
    this.shown.belief = belief;
    const entries = belief ?? [];
    this.belief.reserve(6 * entries.length);
    entries.forEach(([[x, y, z], block, probability], i) => {
      const doubt = block === AIR;
      const hue = rgbOf(doubt ? DOUBT_COLOR : this.textures.colors[block]);
      for (let direction = 0; direction < 6; direction++) {
        const opacity = doubt ? probability * DOUBT_OPACITY : probability;
        this.belief.put(6 * i + direction, x, y, z, direction, doubt ? DOUBT_WIDTH : BELIEF_WIDTH, hue, opacity);
      }
    });
  }
}
