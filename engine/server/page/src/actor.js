// Sends a person's actions, and remembers what waits for an answer.

const WALK_EVERY = 125; // Milliseconds between steps while a key is held.

export class Actor {
  // `heading()` is the axis along which the camera looks, as [x, z].
  constructor(connection, game, meter, heading) {
    Object.assign(this, { connection, game, meter, heading });
    this.held = []; // Ways to walk whose keys are down, the latest last.
    this.tapped = null; // A way whose key was pressed and that was not walked yet.
    this.walking = 0; // The id of the move that is in flight.
    this.walkedAt = 0;
    this.timer = 0;
  }

  act(action, since) {
    if (!this.game.isRunning()) return 0;
    const id = this.connection.act(action);
    if (id) this.meter.ask(id, since);
    return id;
  }

  place(at, block, since) {
    this.act({ type: "place", at, block }, since);
  }
  break(at, since) {
    this.act({ type: "break", at }, since);
  }

  // `way` is "forward", "back", "left", "right", "up" or "down".
  press(way, since) {
    if (this.held.includes(way)) return;
    this.held.push(way);
    this.tapped = { way, since };
    this.walk();
  }
  release(way) {
    this.held = this.held.filter((other) => other !== way);
  }
  releaseAll() {
    this.held = [];
    this.tapped = null;
  }

  // To be called with every `step` and `refused`.
  answered(id) {
    if (id !== this.walking) return;
    this.walking = 0;
    this.walk();
  }
  // The connection is lost, and with it the answers.
  forget() {
    this.walking = 0;
    this.meter.forget();
  }

  walk() {
    clearTimeout(this.timer);
    if (this.walking) return;
    const now = performance.now();
    const due = this.walkedAt + WALK_EVERY;
    const held = this.held.at(-1);
    // A key that was pressed just now is followed at once; one that is held, at a steady pace.
    if (this.tapped) {
      const { way, since } = this.tapped;
      this.tapped = null;
      this.step(way, since, now);
    } else if (held && due > now) {
      this.timer = setTimeout(() => this.walk(), due - now);
      return;
    } else if (held) {
      // A step that is a little late does not delay those after it.
      this.step(held, now, Math.max(due, now - WALK_EVERY / 2));
    }
    // Without a connection nothing answers, and nothing would go on.
    if (!this.walking && this.held.length > 0) this.timer = setTimeout(() => this.walk(), WALK_EVERY);
  }

  step(way, since, at) {
    this.walkedAt = at;
    this.walking = this.act({ type: "move", direction: this.direction(way) }, since);
  }

  direction(way) {
    if (way === "up") return "+y";
    if (way === "down") return "-y";
    const [x, z] = this.heading();
    const [dx, dz] = { forward: [x, z], back: [-x, -z], left: [z, -x], right: [-z, x] }[way];
    const sign = dx + dz > 0 ? "+" : "-";
    return sign + (dx !== 0 ? "x" : "z");
  }
}
