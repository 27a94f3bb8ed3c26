// Measures frames, and how long a person waits for the picture of what a key or click did.
const KEPT = 1000;

function keep(list, value) {
  list.push(value);
  if (list.length > KEPT) list.shift();
}

export class Meter {
  constructor() {
    this.frames = []; // {at, work}: when a frame was drawn, and the milliseconds that this took.
    this.latencies = []; // Milliseconds.
    this.asked = new Map(); // When the key was pressed, by the id of the act.
    this.arrived = []; // The same, of steps that no frame has shown yet.
  }
  ask(id, since) {
    this.asked.set(id, since);
  }
  // Whether the server still has to answer.
  isWaiting() {
    return this.asked.size > 0;
  }
  refuse(id) {
    this.asked.delete(id);
  }
  // Nothing that was asked will be answered.
  forget() {
    this.asked.clear();
  }
  arrive(id) {
    if (this.asked.has(id)) this.arrived.push(this.asked.get(id));
    this.asked.delete(id);
  }
  frame(began) {
    const now = performance.now();
    keep(this.frames, { at: now, work: now - began });
    for (const since of this.arrived) keep(this.latencies, now - since);
    this.arrived = [];
  }
}
