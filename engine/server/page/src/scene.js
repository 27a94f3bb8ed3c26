// The world in three dimensions.
import {
  Color, ColorManagement, LinearSRGBColorSpace, Mesh, MeshBasicMaterial, Scene, Vector3, WebGLRenderer,
} from "three";
import { BlockMeshes, ORDER } from "./block_meshes.js";
import { Bodies, boxes } from "./bodies.js";
import { CameraRig } from "./camera_rig.js";
import { castRay } from "./pick.js";
import { Sharpness } from "./sharpness.js";
import { playerColor } from "./world.js";
import { HIGHLIGHT_COLOR, aimColor } from "./textures.js";
import { isDark } from "./dom.js";

const SKY = { light: "#edf2f7", dark: "#14181e" };
const SHARPEST = 2; // Pixels of the picture for a pixel of the page.

// Colours are mixed as they are, as in `hod draw`, which is also cheaper.
ColorManagement.enabled = false;

// The edges of a voxel, as thin bars.
function frameGeometry(width) {
  const white = new Color(1, 1, 1), bars = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const a of [0, 1]) {
      for (const b of [0, 1]) {
        const middle = [0, 0, 0];
        middle[(axis + 1) % 3] = a;
        middle[(axis + 2) % 3] = b;
        const low = middle.map((value) => value - width / 2), high = middle.map((value) => value + width / 2);
        high[axis] = 1 + width / 2;
        bars.push([low, high, white]);
      }
    }
  }
  return boxes(bars);
}

// Returns {renderer, slow}, or null. `slow`: the processor draws.
function rendererOn(canvas) {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) return null;
  const info = probe.getExtension("WEBGL_debug_renderer_info");
  const name = info ? probe.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  const slow = /swiftshader|llvmpipe|software/i.test(name);
  try {
    const renderer = new WebGLRenderer({ canvas, antialias: !slow, stencil: true });
    renderer.outputColorSpace = LinearSRGBColorSpace;
    return { renderer, slow };
  } catch {
    return null;
  }
}

export class SceneView {
  // Returns null where the browser has no WebGL.
  static make(host, labels, textures, onChange) {
    const canvas = document.createElement("canvas");
    const made = rendererOn(canvas);
    if (!made) return null;
    host.prepend(canvas);
    return new SceneView(canvas, made, labels, textures, onChange);
  }

  constructor(canvas, { renderer, slow }, labels, textures, onChange) {
    this.element = canvas;
    this.renderer = renderer;
    this.sharpness = new Sharpness(slow ? 1 : Math.min(devicePixelRatio, SHARPEST), onChange);
    this.labels = labels;
    this.scene = new Scene();
    this.rig = new CameraRig();
    this.blocks = new BlockMeshes(this.scene, textures, !slow);
    this.bodies = new Bodies(this.scene, labels);
    this.edges = frameGeometry(0.045);
    this.thinEdges = frameGeometry(0.014); // For who stands right before them.
    this.frames = [];
    this.world = null;
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
    this.renderer.setSize(width, height);
    this.rig.resize(width, height);
  }

  setVisible(on) {
    this.element.hidden = !on;
    this.labels.hidden = !on;
  }

  // Draws, and returns whether something is still moving. What a picture is, stage.js says.
  draw(picture, now) {
    const { world, marks, belief, aim, highlight, viewer } = picture;
    if (this.world?.size.join() !== world.size.join()) this.rig.frame(world.size, world.players[viewer ?? 0].feet);
    this.world = world;
    this.ghosts = marks;
    this.blocks.show(world, marks);
    this.blocks.showBelief(belief);
    const inEyes = this.rig.inEyes && viewer !== null;
    const moving = this.bodies.show(world, inEyes ? viewer : -1, now);
    if (inEyes) this.rig.eyes.copy(this.bodies.positionOf(viewer));
    this.showFrames([
      ...world.touched.flatMap((voxels, player) => {
        const color = playerColor(world.players[player].role);
        return voxels.map((voxel) => ({ voxel, color, width: 1 }));
      }),
      ...(highlight ? [{ voxel: highlight, color: HIGHLIGHT_COLOR, width: 1.06 }] : []),
      ...(aim ? [{ voxel: aim.voxel, color: aimColor(aim), width: 1.03 }] : []),
    ]);
    this.rig.apply();
    const ratio = this.sharpness.next(now);
    if (ratio !== this.renderer.getPixelRatio()) this.renderer.setPixelRatio(ratio);
    this.scene.background = new Color(isDark.matches ? SKY.dark : SKY.light);
    this.renderer.render(this.scene, this.rig.camera);
    this.bodies.placeLabels(this.rig.camera, this.width, this.height);
    return moving;
  }

  showFrames(wanted) {
    while (this.frames.length < wanted.length) {
      const material = new MeshBasicMaterial({ transparent: true, opacity: 0.9, depthTest: false });
      const mesh = new Mesh(this.edges, material);
      mesh.renderOrder = ORDER.frame;
      this.scene.add(mesh);
      this.frames.push(mesh);
    }
    this.frames.forEach((mesh, i) => {
      mesh.visible = i < wanted.length;
      if (!mesh.visible) return;
      const { voxel, color, width } = wanted[i];
      mesh.geometry = this.rig.inEyes ? this.thinEdges : this.edges;
      mesh.position.set(...voxel).subScalar((width - 1) / 2);
      mesh.scale.setScalar(width);
      mesh.material.color.set(color);
    });
  }

  // What lies under a point of the view: a voxel to place into, and one to break, or null. In a player's eyes the
  // point is the middle.
  pick(x, y) {
    if (!this.world) return {};
    this.rig.apply(); // It may have moved since the last frame.
    const { camera, inEyes } = this.rig;
    const point = inEyes ? [0, 0] : [(2 * x) / this.width - 1, 1 - (2 * y) / this.height];
    const origin = camera.position.toArray();
    const direction = new Vector3(...point, 0.5).unproject(camera).sub(camera.position).normalize().toArray();
    const hit = castRay(this.world, origin, direction, this.ghosts);
    const solid = hit?.isGhost ? castRay(this.world, origin, direction, false) : hit;
    let place = null;
    if (hit) place = hit.isGhost ? hit.voxel : hit.voxel.map((value, k) => value + hit.normal[k]);
    if (place && !this.world.contains(place)) place = null;
    return { place, breaks: solid?.voxel ?? null, met: hit?.voxel ?? null };
  }

  // Where the middle of a voxel is in the view.
  locate(voxel) {
    const point = new Vector3(...voxel).addScalar(0.5).project(this.rig.camera);
    return [((point.x + 1) / 2) * this.width, ((1 - point.y) / 2) * this.height];
  }

  heading() {
    return this.rig.heading();
  }
  turn(dx, dy) {
    this.rig.turn(dx, dy);
  }
  shift(dx, dy) {
    this.rig.shift(dx, dy, this.height);
  }
  zoom(factor) {
    this.rig.zoom(factor);
  }
  enterEyes(on) {
    this.rig.inEyes = on;
  }
}
