// Colours, and pictures of blocks' faces, from the textures of the `welcome` message.
import { bytesOf } from "./world.js";
import { MISSING, WRONG } from "./faces.js";
import { isDark } from "./dom.js";

const WIDTH = 64; // Pixels of a face; finer than a texture's texels, for edges and crosses.
const WRONG_RED = "#e61a1a";
const GHOST_OPACITY = 0.3;
// The hue over a block that the assistant would remove, and a voxel that the thoughts point at.
export const DOUBT_COLOR = "#8c33d9", DOUBT_OPACITY = 0.6, HIGHLIGHT_COLOR = "#8a3fe0";
export const aimColor = ({ breaks }) => (breaks ? WRONG_RED : isDark.matches ? "#ffffff" : "#1b2430");

function canvasOf(width, height = width) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

export class Textures {
  constructor({ blocks, textures }) {
    this.colors = blocks.map((block) => block.color);
    const pictureOf = (texels) => {
      if (!texels) return null;
      const picture = canvasOf(textures.size);
      const pixels = new ImageData(new Uint8ClampedArray(bytesOf(texels)), textures.size, textures.size);
      picture.getContext("2d").putImageData(pixels, 0, 0);
      return picture;
    };
    this.top = textures.top.map(pictureOf);
    this.side = textures.side.map(pictureOf);
    this.made = new Map();
  }

  // A canvas with a face as faces.js describes it.
  face(block, mark, top) {
    const key = `${block} ${mark} ${top}`;
    if (!this.made.has(key)) this.made.set(key, this.draw(block, mark, top));
    return this.made.get(key);
  }

  draw(block, mark, top) {
    const face = canvasOf(WIDTH);
    const context = face.getContext("2d");
    const edge = WIDTH / 24;
    const strokeEdge = () => context.strokeRect(edge / 2, edge / 2, WIDTH - edge, WIDTH - edge);
    context.lineWidth = edge;
    if (mark === MISSING) {
      context.globalAlpha = (GHOST_OPACITY * 5) / 6;
      context.fillStyle = this.colors[block];
      context.fillRect(0, 0, WIDTH, WIDTH);
      context.globalAlpha = (GHOST_OPACITY * 13) / 6;
      context.strokeStyle = `rgb(${rgbOf(this.colors[block]).map((part) => Math.round(part * 0.8 * 255)).join(" ")})`;
      strokeEdge();
      return face;
    }
    context.imageSmoothingEnabled = false;
    const texels = (top ? this.top : this.side)[block];
    if (texels) context.drawImage(texels, 0, 0, WIDTH, WIDTH);
    context.strokeStyle = "rgb(0 0 0 / 0.4)";
    strokeEdge();
    if (mark === WRONG) {
      const frame = 0.12 * WIDTH, width = 0.07 * WIDTH;
      context.strokeStyle = WRONG_RED;
      context.lineWidth = width;
      const low = frame + width / 2, high = WIDTH - low;
      context.strokeRect(low, low, high - low, high - low);
      context.beginPath();
      context.moveTo(low, low);
      context.lineTo(high, high);
      context.moveTo(high, low);
      context.lineTo(low, high);
      context.stroke();
    }
    return face;
  }

  // A block seen from a corner.
  icon(block, width) {
    const picture = canvasOf(width);
    const context = picture.getContext("2d");
    const unit = width / 2;
    const faces = [
      { top: true, across: [0.9, 0.45], down: [-0.9, 0.45], from: [1, 0.08], shade: 0 },
      { top: false, across: [0.9, 0.45], down: [0, 1], from: [0.1, 0.53], shade: 0.2 },
      { top: false, across: [0.9, -0.45], down: [0, 1], from: [1, 0.98], shade: 0.38 },
    ];
    for (const { top, across, down, from, shade } of faces) {
      context.setTransform(
        ...[across[0], across[1], down[0], down[1]].map((value) => (value * unit) / WIDTH),
        from[0] * unit, from[1] * unit,
      );
      context.drawImage(this.face(block, 0, top), 0, 0);
      context.fillStyle = `rgb(0 0 0 / ${shade})`;
      context.fillRect(0, 0, WIDTH, WIDTH);
    }
    return picture;
  }
}

export function rgbOf(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
}
