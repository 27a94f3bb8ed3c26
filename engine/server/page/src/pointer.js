// Mouse, pen and touch on the stage: turn, shift, zoom, point, place, break.

const STILL = { mouse: 5, pen: 8, touch: 12 }; // Pixels that a click may move.
const LONG_PRESS = 450; // Milliseconds.

export class Pointer {
  // `on` has point(x, y, breaks), leave(), place(x, y, own), break(x, y), each with the event's time as the last
  // argument, and changed() after the camera has moved.
  constructor(host, view, on) {
    this.host = host;
    this.view = view;
    this.on = on;
    this.down = new Map(); // Pointers that are pressed: the last {x, y} of each.
    this.press = null; // What may become a click.
    this.x = 0; // Where the pointer is, for what is to be shown near it.
    this.y = 0;
    host.addEventListener("pointerdown", (event) => this.begin(event));
    host.addEventListener("pointermove", (event) => this.move(event));
    host.addEventListener("pointerup", (event) => this.end(event));
    host.addEventListener("pointercancel", (event) => this.cancel(event));
    host.addEventListener("pointerleave", () => this.down.size === 0 && on.leave());
    host.addEventListener("contextmenu", (event) => event.preventDefault());
    host.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  isLocked() {
    return document.pointerLockElement === this.host;
  }

  begin(event) {
    if (event.target.closest("button")) return;
    const { button, shiftKey } = event;
    [this.x, this.y] = [event.clientX, event.clientY];
    if (this.isLocked()) {
      this.click(event, button === 2 || shiftKey, innerWidth / 2, innerHeight / 2);
      return;
    }
    this.host.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    clearTimeout(this.press?.timer);
    this.press = null;
    if (this.down.size > 1 || button === 1) return;
    this.press = { x: event.clientX, y: event.clientY, breaks: button === 2 || shiftKey };
    if (event.pointerType !== "touch") return;
    const { clientX, clientY, timeStamp } = event;
    this.press.timer = setTimeout(() => {
      this.press = null;
      navigator.vibrate?.(20);
      this.on.break(clientX, clientY, timeStamp);
    }, LONG_PRESS);
  }

  move(event) {
    if (this.isLocked()) {
      // Some systems report jumps when the pointer is held in the middle.
      const { movementX, movementY } = event;
      if (Math.abs(movementX) > innerWidth / 3 || Math.abs(movementY) > innerHeight / 3) return;
      this.view().turn(movementX, movementY);
      this.on.changed();
      this.on.point(innerWidth / 2, innerHeight / 2, event.shiftKey);
      return;
    }
    [this.x, this.y] = [event.clientX, event.clientY];
    const before = this.down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.on.point(event.clientX, event.clientY, event.shiftKey);
      return;
    }
    if (this.press) {
      const far = Math.hypot(event.clientX - this.press.x, event.clientY - this.press.y);
      if (far <= STILL[event.pointerType]) return;
      clearTimeout(this.press.timer);
      this.press = null;
    }
    const after = { x: event.clientX, y: event.clientY };
    this.on.leave();
    this.drag(event, before, after);
    this.down.set(event.pointerId, after);
    this.on.changed();
  }

  drag(event, before, after) {
    const dx = after.x - before.x, dy = after.y - before.y;
    if (this.down.size === 1) {
      if (event.buttons & 1) this.view().turn(dx, dy);
      else this.view().shift(dx, dy);
      return;
    }
    // Two fingers: their middle shifts, their distance zooms.
    const [other] = [...this.down].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const distance = (at) => Math.max(1, Math.hypot(at.x - other.x, at.y - other.y));
    this.view().shift(dx / 2, dy / 2);
    this.view().zoom(distance(before) / distance(after));
  }

  end(event) {
    this.down.delete(event.pointerId);
    if (!this.press) return;
    clearTimeout(this.press.timer);
    const { breaks, x, y } = this.press;
    this.press = null;
    this.click(event, breaks, x, y);
  }

  cancel(event) {
    this.down.delete(event.pointerId);
    clearTimeout(this.press?.timer);
    this.press = null;
  }

  click(event, breaks, x, y) {
    if (breaks) this.on.break(x, y, event.timeStamp);
    else this.on.place(x, y, event.ctrlKey || event.altKey, event.timeStamp);
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    this.view().zoom(Math.exp(event.deltaY * lines * 0.001));
    this.on.changed();
  }
}
