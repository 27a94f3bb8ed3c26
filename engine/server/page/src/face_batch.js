// Many square faces of one material, drawn in one call.
import { DynamicDrawUsage, InstancedBufferAttribute, InstancedMesh, PlaneGeometry } from "three";

// For each direction of faces.js: where right, up and out of the face point, and the light on it, as in `hod draw`.
const SIDES = [
  { right: [0, 0, -1], up: [0, 1, 0], out: [1, 0, 0], light: 0.7 },
  { right: [0, 0, 1], up: [0, 1, 0], out: [-1, 0, 0], light: 0.7 },
  { right: [1, 0, 0], up: [0, 0, -1], out: [0, 1, 0], light: 1 },
  { right: [1, 0, 0], up: [0, 0, 1], out: [0, -1, 0], light: 0.5 },
  { right: [1, 0, 0], up: [0, 1, 0], out: [0, 0, 1], light: 0.84 },
  { right: [-1, 0, 0], up: [0, 1, 0], out: [0, 0, -1], light: 0.84 },
];

export class FaceBatch {
  constructor(parent, material, renderOrder) {
    this.parent = parent;
    this.material = material;
    this.renderOrder = renderOrder;
    this.capacity = 0;
    this.mesh = null;
  }

  // Makes room for so many faces; put() then sets each of them.
  reserve(count) {
    if (count > this.capacity) {
      this.remove();
      this.capacity = Math.max(64, 2 ** Math.ceil(Math.log2(count)));
      const geometry = new PlaneGeometry();
      // Of four values, in contrast to an instance's colour: the last one is the opacity.
      this.colors = new InstancedBufferAttribute(new Float32Array(4 * this.capacity), 4).setUsage(DynamicDrawUsage);
      geometry.setAttribute("color", this.colors);
      this.mesh = new InstancedMesh(geometry, this.material, this.capacity);
      this.mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      this.mesh.frustumCulled = false;
      this.mesh.renderOrder = this.renderOrder;
      this.parent.add(this.mesh);
    }
    if (!this.mesh) return;
    this.mesh.count = count;
    this.mesh.visible = count > 0;
    for (const [attribute, width] of [[this.mesh.instanceMatrix, 16], [this.colors, 4]]) {
      attribute.clearUpdateRanges();
      attribute.addUpdateRange(0, count * width);
      attribute.needsUpdate = count > 0;
    }
  }

  // A face of the cube of width `scale` in the middle of a voxel.
  put(i, x, y, z, direction, scale = 1, red = 1, green = 1, blue = 1, alpha = 1) {
    const { right, up, out, light } = SIDES[direction];
    const matrix = this.mesh.instanceMatrix.array;
    const at = 16 * i;
    for (let k = 0; k < 3; k++) {
      matrix[at + k] = right[k] * scale;
      matrix[at + 4 + k] = up[k] * scale;
      matrix[at + 8 + k] = out[k] * scale;
    }
    matrix[at + 12] = x + 0.5 + (out[0] * scale) / 2;
    matrix[at + 13] = y + 0.5 + (out[1] * scale) / 2;
    matrix[at + 14] = z + 0.5 + (out[2] * scale) / 2;
    matrix[at + 15] = 1;
    this.colors.array.set([red * light, green * light, blue * light, alpha], 4 * i);
  }

  remove() {
    if (!this.mesh) return;
    this.parent.remove(this.mesh);
    this.mesh.geometry.dispose();
    this.mesh.dispose();
    this.mesh = null;
    this.capacity = 0;
  }
}
