// The view from the person's eyes, with the pointer locked.
import { byId } from "./dom.js";

export class FirstPerson {
  constructor(host, stage, aim) {
    Object.assign(this, { host, stage, aim });
    this.on = false;
    document.addEventListener("pointerlockchange", () => this.update());
    document.addEventListener("pointerlockerror", () => this.update());
    byId("resume").addEventListener("click", () => this.lock());
  }

  toggle() {
    if (this.on) this.leave();
    else this.enter();
  }

  enter() {
    this.on = true;
    this.lock();
    this.update();
  }

  leave() {
    if (!this.on) return;
    this.on = false;
    document.exitPointerLock();
    this.update();
  }

  async lock() {
    try {
      await this.host.requestPointerLock();
    } catch {
      // For about a second after escape browsers refuse; the button to resume stays.
    }
    this.update();
  }

  update() {
    const locked = document.pointerLockElement === this.host;
    byId("resume").hidden = !this.on || locked;
    byId("crosshair").hidden = !this.on;
    byId("tool-f").setAttribute("aria-pressed", String(this.on));
    this.stage()?.scene?.enterEyes(this.on);
    if (this.on && locked) this.aim.point(innerWidth / 2, innerHeight / 2, false);
    else this.aim.leave();
    this.stage()?.refresh();
  }
}
