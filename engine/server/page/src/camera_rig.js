// The camera: around a point of the world, or in a player's eyes.
import { PerspectiveCamera, Vector3 } from "three";

const EYE_HEIGHT = 1.6;
const TURN = 0.006, LOOK = 0.0025; // Radians a pixel.
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class CameraRig {
  constructor() {
    this.camera = new PerspectiveCamera();
    this.inEyes = false;
    this.eyes = new Vector3(); // The feet's corner of the player whose eyes these are.
    this.yaw = 0.6;
    this.pitch = 0.55;
    this.target = new Vector3();
    this.distance = 20;
  }

  // Looks at the whole of a small world, and at the surroundings of `feet` in a large one.
  frame([w, h, d], feet) {
    const large = Math.max(w, h, d) > 24;
    if (large) this.target.set(feet[0], feet[1], feet[2]);
    else this.target.set(w / 2, h * 0.2, d / 2);
    this.distance = large ? 30 : 1.3 * Math.hypot(w, h, d);
    // In a tall window the width is what is scarce.
    this.distance *= Math.max(1, 0.9 / this.camera.aspect);
    this.farthest = 4 * Math.hypot(w, h, d);
  }

  resize(width, height) {
    this.camera.aspect = width / height;
  }

  turn(dx, dy) {
    const rate = this.inEyes ? LOOK : TURN;
    this.yaw -= dx * rate;
    this.pitch = clamp(this.pitch + dy * rate, this.inEyes ? -1.55 : -0.15, 1.55);
  }

  // Moves the world with the pointer, by pixels of a window so high.
  shift(dx, dy, height) {
    const unit = (2 * this.distance * Math.tan(((this.camera.fov / 2) * Math.PI) / 180)) / height;
    const { elements } = this.camera.matrixWorld;
    const right = new Vector3().fromArray(elements, 0), up = new Vector3().fromArray(elements, 4);
    this.target.addScaledVector(right, -dx * unit).addScaledVector(up, dy * unit);
  }

  zoom(factor) {
    this.distance = clamp(this.distance * factor, 3, this.farthest);
  }

  // The axis along which the camera looks most, as [x, z].
  heading() {
    const x = -Math.sin(this.yaw), z = -Math.cos(this.yaw);
    return Math.abs(x) > Math.abs(z) ? [Math.sign(x), 0] : [0, Math.sign(z)];
  }

  apply() {
    const { camera } = this;
    const flat = Math.cos(this.pitch);
    const back = new Vector3(Math.sin(this.yaw) * flat, Math.sin(this.pitch), Math.cos(this.yaw) * flat);
    if (this.inEyes) {
      camera.position.copy(this.eyes).add(new Vector3(0.5, EYE_HEIGHT, 0.5));
      camera.lookAt(camera.position.clone().sub(back));
    } else {
      camera.position.copy(this.target).addScaledVector(back, this.distance);
      camera.lookAt(this.target);
    }
    camera.fov = this.inEyes ? 75 : 40;
    camera.near = this.inEyes ? 0.02 : Math.max(0.1, this.distance / 100);
    camera.far = this.farthest + 2 * this.distance;
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }
}
