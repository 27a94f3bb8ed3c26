// Many square faces of one material, drawn in one call. They are one mesh, not instances of a square: where the
// processor draws, an instance of two triangles costs many times what two triangles cost.
import { BufferAttribute, BufferGeometry, DynamicDrawUsage, Mesh } from "three";

// For each direction of faces.js: where right, up and out of the face point, and the light on it, as in `hod draw`.
const SIDES = [
  { right: [0, 0, -1], up: [0, 1, 0], out: [1, 0, 0], light: 0.7 },
  { right: [0, 0, 1], up: [0, 1, 0], out: [-1, 0, 0], light: 0.7 },
  { right: [1, 0, 0], up: [0, 0, -1], out: [0, 1, 0], light: 1 },
  { right: [1, 0, 0], up: [0, 0, 1], out: [0, -1, 0], light: 0.5 },
  { right: [1, 0, 0], up: [0, 1, 0], out: [0, 0, 1], light: 0.84 },
  { right: [-1, 0, 0], up: [0, 1, 0], out: [0, 0, -1], light: 0.84 },
];
// The corners of a face, as shares of right and up from its middle, in the order of its two triangles.
const CORNERS = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]];
const TRIANGLES = [0, 1, 2, 0, 2, 3];
const WHITE = [1, 1, 1], SINGLE = [1, 1, 1];

export class FaceBatch {
  constructor(parent, material, renderOrder) {
    this.capacity = 0;
    this.mesh = new Mesh(new BufferGeometry(), material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = renderOrder;
    this.mesh.visible = false;
    parent.add(this.mesh);
  }

  // Makes room for so many faces; put() then sets each of them.
  reserve(count) {
    if (count > this.capacity) this.grow(Math.max(16, 2 ** Math.ceil(Math.log2(count))));
    this.mesh.visible = count > 0;
    if (count === 0) return;
    this.mesh.geometry.setDrawRange(0, 6 * count);
    for (const attribute of [this.positions, this.colors, this.uvs]) {
      attribute.clearUpdateRanges();
      attribute.addUpdateRange(0, 4 * count * attribute.itemSize);
      attribute.needsUpdate = true;
    }
  }

  grow(capacity) {
    this.capacity = capacity;
    this.mesh.geometry.dispose();
    const geometry = new BufferGeometry();
    this.positions = new BufferAttribute(new Float32Array(12 * capacity), 3).setUsage(DynamicDrawUsage);
    this.colors = new BufferAttribute(new Uint8Array(16 * capacity), 4, true).setUsage(DynamicDrawUsage);
    this.uvs = new BufferAttribute(new Float32Array(8 * capacity), 2).setUsage(DynamicDrawUsage);
    const index = new Uint32Array(6 * capacity);
    for (let i = 0; i < capacity; i++) {
      TRIANGLES.forEach((corner, k) => (index[6 * i + k] = 4 * i + corner));
    }
    geometry.setAttribute("position", this.positions);
    geometry.setAttribute("color", this.colors);
    geometry.setAttribute("uv", this.uvs);
    geometry.setIndex(new BufferAttribute(index, 1));
    this.mesh.geometry = geometry;
  }

  // A face of the cube of width `scale` in the middle of a voxel, in a hue from 0 to 1 and with an opacity. With an
  // `extent` it is that of a box of so many voxels, on which the texture repeats.
  put(i, voxel, direction, { scale = 1, hue = WHITE, opacity = 1, extent = SINGLE } = {}) {
    const { right, up, out, light } = SIDES[direction];
    const positions = this.positions.array, colors = this.colors.array, uvs = this.uvs.array;
    for (let corner = 0; corner < 4; corner++) {
      const [u, v] = CORNERS[corner];
      const at = 4 * i + corner;
      uvs[2 * at] = uvs[2 * at + 1] = 0;
      for (let k = 0; k < 3; k++) {
        const place = 0.5 * out[k] + u * right[k] + v * up[k];
        positions[3 * at + k] = voxel[k] + extent[k] * (0.5 + scale * place);
        colors[4 * at + k] = 255 * light * hue[k];
        uvs[2 * at] += (u + 0.5) * Math.abs(right[k]) * extent[k];
        uvs[2 * at + 1] += (v + 0.5) * Math.abs(up[k]) * extent[k];
      }
      colors[4 * at + 3] = 255 * opacity;
    }
  }
}
