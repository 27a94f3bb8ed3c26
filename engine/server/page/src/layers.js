// The world layer by layer, seen from above, with x to the right and z down: for browsers without WebGL, and for those
// who read a plan more easily.
import { MISSING, PLAIN, WRONG } from "./faces.js";
import { AIR, playerColor } from "./world.js";
import { DOUBT_COLOR, DOUBT_OPACITY, HIGHLIGHT_COLOR, aimColor } from "./textures.js";
import { byId, isDark } from "./dom.js";

const MARGIN = { side: 24, top: 130, bottom: 190 }; // Room for what stands over the world.
const NARROW = { width: 900, top: 180 }; // In narrow windows more stands above; narrow.css has the same width.
const BELOW = 0.18; // Opacity of the layer beneath.
const NOTCH = 0.1; // How much of a zoom makes a layer.

export class LayersView {
  constructor(host, textures, onChange) {
    this.element = document.createElement("canvas");
    host.prepend(this.element);
    this.textures = textures;
    this.onChange = onChange;
    this.layer = 2;
    this.scrolled = 0;
    byId("layer-up").addEventListener("click", () => this.climb(1));
    byId("layer-down").addEventListener("click", () => this.climb(-1));
  }

  setVisible(on) {
    this.element.hidden = !on;
    byId("layer-control").hidden = !on;
  }

  resize(width, height) {
    const ratio = devicePixelRatio;
    Object.assign(this.element, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this.element.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(this, { width, height, ratio });
  }

  climb(layers) {
    if (!this.world) return;
    this.layer = Math.min(Math.max(this.layer + layers, 0), this.world.size[1] - 1);
    this.onChange();
  }

  fit([w, , d]) {
    const top = this.width > NARROW.width ? MARGIN.top : NARROW.top;
    const wide = this.width - 2 * MARGIN.side, high = this.height - top - MARGIN.bottom;
    this.cell = Math.max(3, Math.floor(Math.min(wide / w, high / d, 64)));
    this.left = Math.round((this.width - this.cell * w) / 2);
    this.upper = Math.round(top + (high - this.cell * d) / 2);
  }

  draw(picture) {
    const { world, marks, belief, aim, highlight, viewer } = picture;
    if (world !== this.world) this.layer = world.players[viewer ?? 0].feet[1];
    this.world = world;
    // The layer goes where the cursor of the keys goes.
    if (aim?.byKeys && aim.voxel !== this.followed) this.layer = aim.voxel[1];
    this.followed = aim?.voxel;
    this.fit(world.size);
    byId("layer-text").textContent = `Layer ${this.layer} of ${world.size[1] - 1}`;
    const context = this.element.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.imageSmoothingEnabled = false;
    for (let x = 0; x < world.size[0]; x++) {
      for (let z = 0; z < world.size[2]; z++) this.drawCell(context, [x, this.layer, z], marks);
    }
    for (const [voxel, block, probability] of belief ?? []) {
      if (voxel[1] === this.layer) this.drawBelief(context, voxel, block, probability);
    }
    world.touched.forEach((voxels, player) => {
      for (const voxel of voxels) this.drawFrame(context, voxel, playerColor(world.players[player].role));
    });
    world.players.forEach((player) => this.drawPlayer(context, player));
    if (highlight) this.drawFrame(context, highlight, HIGHLIGHT_COLOR);
    if (aim) this.drawFrame(context, aim.voxel, aimColor(aim));
    return false;
  }

  corner([x, , z]) {
    return [this.left + x * this.cell, this.upper + z * this.cell];
  }

  drawCell(context, voxel, marks) {
    const { world, textures, cell } = this;
    const [left, top] = this.corner(voxel);
    const face = (block, mark) => context.drawImage(textures.face(block, mark, true), left, top, cell, cell);
    context.strokeStyle = isDark.matches ? "rgb(255 255 255 / 0.12)" : "rgb(0 0 0 / 0.12)";
    context.strokeRect(left + 0.5, top + 0.5, cell, cell);
    const block = world.at(voxel);
    if (block !== AIR) {
      face(block, marks && world.isWrong(voxel) ? WRONG : PLAIN);
      return;
    }
    const below = world.at([voxel[0], voxel[1] - 1, voxel[2]]);
    if (below !== AIR) {
      context.globalAlpha = BELOW;
      face(below, PLAIN);
      context.globalAlpha = 1;
    }
    if (marks && world.isMissing(voxel)) {
      // Twice, since there are no further faces behind it to add to it.
      face(world.goalAt(voxel), MISSING);
      face(world.goalAt(voxel), MISSING);
    }
  }

  drawBelief(context, voxel, block, probability) {
    const [left, top] = this.corner(voxel);
    const inset = block === AIR ? 0 : this.cell * 0.25;
    context.globalAlpha = block === AIR ? probability * DOUBT_OPACITY : probability;
    context.fillStyle = block === AIR ? DOUBT_COLOR : this.textures.colors[block];
    context.fillRect(left + inset, top + inset, this.cell - 2 * inset, this.cell - 2 * inset);
    context.globalAlpha = 1;
  }

  drawFrame(context, voxel, color) {
    if (voxel[1] !== this.layer) return;
    const [left, top] = this.corner(voxel);
    context.lineWidth = Math.max(2, this.cell / 12);
    context.strokeStyle = color;
    context.strokeRect(left + 1, top + 1, this.cell - 2, this.cell - 2);
    context.lineWidth = 1;
  }

  // The feet are a full disc, the head is a ring.
  drawPlayer(context, { role, label, feet }) {
    const part = this.layer - feet[1];
    if (part !== 0 && part !== 1) return;
    const [left, top] = this.corner(feet);
    const middle = this.cell / 2;
    context.beginPath();
    context.arc(left + middle, top + middle, this.cell * 0.34, 0, 2 * Math.PI);
    context.fillStyle = context.strokeStyle = playerColor(role);
    context.lineWidth = this.cell / 10;
    if (part === 0) context.fill();
    else context.stroke();
    context.lineWidth = 1;
    if (this.cell < 18) return;
    context.fillStyle = part === 0 ? "#ffffff" : playerColor(role);
    context.font = `600 ${Math.round(this.cell * 0.34)}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(label[0].toUpperCase(), left + middle, top + middle);
  }

  pick(x, y) {
    if (!this.world) return {};
    const voxel = [Math.floor((x - this.left) / this.cell), this.layer, Math.floor((y - this.upper) / this.cell)];
    if (!this.world.contains(voxel)) return {};
    return { place: voxel, breaks: voxel, met: voxel };
  }

  locate(voxel) {
    return this.corner(voxel).map((value) => value + this.cell / 2);
  }

  heading() {
    return [0, -1];
  }
  turn() {}
  shift() {}
  enterEyes() {}
  zoom(factor) {
    this.scrolled -= Math.log(factor);
    if (Math.abs(this.scrolled) < NOTCH) return;
    this.climb(Math.sign(this.scrolled));
    this.scrolled = 0;
  }
}
