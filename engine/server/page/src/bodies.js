// The players' bodies, with contours that show through whatever stands before them, and their names.
import {
  AlwaysStencilFunc, BackSide, BoxGeometry, BufferAttribute, Color, Group, Mesh, MeshBasicMaterial, NotEqualStencilFunc,
  ReplaceStencilOp, Vector3,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import { playerColor } from "./world.js";
import { element } from "./dom.js";
import { ORDER } from "./block_meshes.js";

const STRIDE = 90; // Milliseconds that a body takes from voxel to voxel.
const HEAD_START = 16; // So many of these, so that the first picture of a step shows it.
const CONTOUR = 0.045;
const FACE_LIGHT = [0.7, 0.7, 1, 0.5, 0.84, 0.84]; // In the order of BoxGeometry's faces.

// The boxes of a body, from its feet's corner: [low, high, colour].
function boxesOf(shirt) {
  const trousers = shirt.clone().multiplyScalar(0.5);
  const skin = new Color("#f2c49e"), hair = new Color("#4d3521");
  return [
    [[0.36, 0, 0.26], [0.64, 0.7, 0.49], trousers],
    [[0.36, 0, 0.51], [0.64, 0.7, 0.74], trousers],
    [[0.34, 0.7, 0.16], [0.66, 1.4, 0.84], shirt],
    [[0.28, 1.4, 0.28], [0.72, 1.72, 0.72], skin],
    [[0.28, 1.72, 0.28], [0.72, 1.85, 0.72], hair],
  ];
}

export function boxes(list, grown = 0) {
  return mergeGeometries(
    list.map(([low, high, color]) => {
      const size = low.map((value, k) => high[k] - value + 2 * grown);
      const box = new BoxGeometry(...size);
      box.translate(...low.map((value, k) => (value + high[k]) / 2));
      const colors = new Float32Array(24 * 3);
      for (let i = 0; i < 24; i++) color.toArray(colors, 3 * i), scale(colors, 3 * i, FACE_LIGHT[i >> 2]);
      box.setAttribute("color", new BufferAttribute(colors, 3));
      return box;
    }),
  );
}

function scale(values, from, factor) {
  for (let k = 0; k < 3; k++) values[from + k] *= factor;
}

class Body {
  constructor(parent, labels, player, number) {
    const color = new Color(playerColor(player.role));
    this.group = new Group();
    this.label = element("div", { class: `name ${player.role}` }, player.label);
    labels.append(this.label);
    const list = boxesOf(color);
    this.group.add(new Mesh(boxes(list), new MeshBasicMaterial({ vertexColors: true })));
    // The contour: a larger body in one colour, except where the body itself is.
    const stencil = { stencilWrite: true, stencilRef: number + 1, depthTest: false, depthWrite: false };
    const mask = new MeshBasicMaterial({
      ...stencil, colorWrite: false, stencilFunc: AlwaysStencilFunc, stencilZPass: ReplaceStencilOp, transparent: true,
    });
    const rim = new MeshBasicMaterial({
      ...stencil, color, stencilFunc: NotEqualStencilFunc, side: BackSide, transparent: true,
    });
    const meshes = [new Mesh(boxes(list), mask), new Mesh(boxes(list, CONTOUR), rim)];
    meshes.forEach((mesh, i) => (mesh.renderOrder = ORDER.contour + 2 * number + i));
    this.group.add(...meshes);
    parent.add(this.group);
    this.feet = null;
  }

  // Returns whether the body is still on its way.
  walk(feet, now) {
    const { position } = this.group;
    if (!this.feet) {
      position.set(...feet);
      this.from = position.clone();
      this.began = -Infinity;
    } else if (this.feet.some((value, k) => value !== feet[k])) {
      this.from = position.clone();
      this.began = now - HEAD_START;
    }
    this.feet = [...feet];
    const share = Math.min(1, (now - this.began) / STRIDE);
    position.lerpVectors(this.from, new Vector3(...feet), share);
    return share < 1;
  }

  remove() {
    this.group.removeFromParent();
    this.label.remove();
    for (const mesh of this.group.children) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}

export class Bodies {
  constructor(parent, labels) {
    this.parent = parent;
    this.labels = labels;
    this.world = null;
    this.bodies = [];
  }

  // Returns whether somebody is still on the way. `hidden` is the player through whose eyes we look, or -1.
  show(world, hidden, now) {
    if (world !== this.world) {
      this.bodies.forEach((body) => body.remove());
      this.bodies = world.players.map((player, i) => new Body(this.parent, this.labels, player, i));
      this.world = world;
    }
    let moving = false;
    this.bodies.forEach((body, i) => {
      moving = body.walk(world.players[i].feet, now) || moving;
      body.group.visible = i !== hidden;
    });
    return moving;
  }

  positionOf(player) {
    return this.bodies[player].group.position;
  }

  placeLabels(camera, width, height) {
    for (const { group, label } of this.bodies) {
      const point = group.position.clone().add(new Vector3(0.5, 2.1, 0.5)).project(camera);
      label.hidden = !group.visible || point.z > 1;
      const x = ((point.x + 1) / 2) * width, y = ((1 - point.y) / 2) * height;
      label.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -100%)`;
    }
  }
}
