// Plays a recorded episode on the stage.
import { element } from "./dom.js";
import { World, bytesOf } from "./world.js";

const SPEEDS = [1, 2, 5, 10, 30, 100]; // Steps a second.

export class Replay {
  constructor(stage) {
    this.stage = stage;
    this.step = 0;
    this.timer = 0;
    this.caption = element("figcaption");
    this.text = element("output");
    this.button = element("button", { onclick: () => this.play(!this.timer) }, "Play");
    this.slider = element("input", {
      type: "range", min: 0, "aria-label": "Step",
      oninput: () => {
        this.play(false);
        this.go(Number(this.slider.value));
      },
    });
    const choices = SPEEDS.map((speed) => element("option", { value: speed, selected: speed === 10 }, `${speed} steps/s`));
    this.speed = element("select", { "aria-label": "Speed", onchange: () => this.timer && this.play(true) }, ...choices);
    this.view = element("div", { class: "replay-view" });
    this.element = element("figure", { class: "panel replay" }, this.caption, this.view,
      element("div", { class: "replay-controls" }, this.button, this.slider, this.text, this.speed));
    this.view.append(stage.host);
  }

  show(episode) {
    const known = this.episode?.title === episode.title && this.episode.blocks === episode.blocks &&
      this.episode.steps.length <= episode.steps.length;
    this.episode = episode;
    this.slider.max = episode.steps.length;
    this.caption.textContent = episode.title;
    if (known) {
      this.showText();
      return;
    }
    this.world = new World({
      size: episode.size,
      blocks: bytesOf(episode.blocks),
      blueprint: episode.blueprint && bytesOf(episode.blueprint),
      players: episode.roles.map((role, i) => ({ role, label: role, feet: episode.feet[i] })),
    });
    this.step = 0;
    this.stage.change({ world: this.world, belief: null, viewer: null });
    this.go(0);
    this.play(true);
  }

  play(on) {
    clearInterval(this.timer);
    this.timer = 0;
    if (on) {
      if (this.step >= this.episode.steps.length) this.go(0);
      this.timer = setInterval(() => this.next(), 1000 / Number(this.speed.value));
    }
    this.button.textContent = on ? "Pause" : "Play";
  }

  next() {
    if (this.step < this.episode.steps.length) this.go(this.step + 1);
    else this.play(false);
  }

  // Shows the world after so many steps.
  go(step) {
    const { world, episode } = this;
    if (step < this.step) {
      world.blocks.set(bytesOf(episode.blocks));
      world.touched.fill([]);
      world.version++;
      this.step = 0;
      world.apply([], episode.feet);
    }
    while (this.step < step) {
      const { changes, feet } = episode.steps[this.step++];
      world.apply(changes, feet);
    }
    // Only some steps have a belief: the last one stands until the next.
    this.stage.change({ belief: episode.steps.slice(0, step).findLast(({ belief }) => belief)?.belief ?? null });
    this.showText();
  }

  showText() {
    const percent = this.episode.steps[this.step - 1]?.goal_percent ?? 0;
    this.slider.value = this.step;
    this.text.textContent = `step ${this.step} of ${this.episode.steps.length}, ${percent.toFixed(1)} % of the goal`;
  }
}
