// How many pixels to draw: all of them in a picture that rests, and fewer while it moves where the machine is slow.

const REST = 150; // Milliseconds without a frame after which a picture rests.
const SLOW = 30, FAST = 20; // Milliseconds a frame that call for fewer pixels, and allow more.
const JUDGED = 3; // Frames.
const COARSEST = 0.4; // Of the full ratio.

export class Sharpness {
  // onRest() is to draw the picture once more.
  constructor(full, onRest) {
    this.full = full;
    this.coarse = full;
    this.onRest = onRest;
    this.last = -Infinity;
    this.gaps = [];
  }

  // The ratio of pixels to use for a frame at this time.
  next(now) {
    const gap = now - this.last;
    this.last = now;
    clearTimeout(this.timer);
    if (gap > REST) {
      this.gaps = [];
      return this.full;
    }
    this.gaps.push(gap);
    if (this.gaps.length === JUDGED) this.judge();
    if (this.coarse < this.full) this.timer = setTimeout(this.onRest, REST + 20);
    return this.coarse;
  }

  judge() {
    const typical = this.gaps.sort((a, b) => a - b)[JUDGED >> 1];
    this.gaps = [];
    // The time goes with the number of pixels, that is with the ratio's square.
    if (typical > SLOW) this.coarse = Math.max(this.coarse * Math.sqrt(FAST / typical), this.full * COARSEST);
    else if (typical < FAST) this.coarse = Math.min(this.coarse * 1.1, this.full);
  }
}
