// How many pixels to draw: all of them in a picture that rests, and fewer while it moves where the machine is slow.

const REST = 150; // Milliseconds without a picture after which it rests.
const SLOW = 30, FAST = 20; // Milliseconds a picture that call for fewer pixels, and allow more.
const BEARABLE = 80; // Milliseconds that a sharp picture may take after a rest.
const JUDGED = 3; // Pictures.
const COARSEST = 0.25; // A share of the full ratio.

export class Sharpness {
  // onRest() is to draw the picture once more.
  constructor(full, onRest) {
    this.full = full;
    this.coarse = full;
    this.onRest = onRest;
    this.last = -Infinity;
    this.times = []; // The last pictures with the coarse ratio took so long.
    this.sharpTime = 0; // The last one with the full ratio took so long.
    this.resting = false;
  }

  // The ratio of pixels to use for a picture at this time.
  next(now) {
    clearTimeout(this.timer);
    const alone = now - this.last > REST && this.sharpTime < BEARABLE;
    const ratio = this.resting || alone ? this.full : this.coarse;
    this.resting = false;
    this.last = now;
    // The browser asks for another picture when it is done with this one.
    requestAnimationFrame((then) => this.judge(ratio, then - now));
    return ratio;
  }

  judge(ratio, time) {
    if (ratio === this.full) this.sharpTime = time;
    else this.timer = setTimeout(() => this.rest(), REST);
    if (ratio !== this.coarse) return;
    this.times.push(time);
    if (this.times.length < JUDGED) return;
    const typical = this.times.sort((a, b) => a - b)[JUDGED >> 1];
    this.times = [];
    // The time goes with the number of pixels, that is with the ratio's square.
    if (typical > SLOW) this.coarse = Math.max(this.coarse * Math.sqrt(FAST / typical), this.full * COARSEST);
    else if (typical < FAST) this.coarse = Math.min(this.coarse * 1.1, this.full);
  }

  rest() {
    this.resting = true;
    this.onRest();
  }
}
