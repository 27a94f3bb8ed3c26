// Where the world is drawn: in three dimensions or layer by layer, whenever something has changed.
import { SceneView } from "./scene.js";
import { LayersView } from "./layers.js";
import { isDark } from "./dom.js";

export class Stage {
  // onView(kind) is told when the view has changed: "scene" or "layers".
  constructor(host, labels, textures, meter, onView) {
    this.host = host;
    this.meter = meter;
    this.onView = onView;
    this.layers = new LayersView(host, textures, () => this.refresh());
    this.scene = SceneView.make(host, labels, textures, () => this.refresh());
    this.frame = 0;
    this.gaveWay = false; // Whether the last picture that was due did.
    // `marks`: whether the blueprint shows. `belief`: that of a `thought`, or null. `aim`: {voxel, breaks, byKeys} or
    // null. `highlight`: a voxel or null. `viewer`: the player who looks, or null.
    this.picture = { world: null, marks: true, belief: null, aim: null, highlight: null, viewer: null };
    this.wanted = "scene";
    this.lost = this.scene === null;
    this.choose();
    this.scene?.element.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.lost = true;
      this.choose();
    });
    this.scene?.element.addEventListener("webglcontextrestored", () => {
      this.lost = false;
      this.choose();
    });
    new ResizeObserver(() => this.resize()).observe(host);
    isDark.addEventListener("change", () => this.refresh());
  }

  want(kind) {
    this.wanted = kind;
    this.choose();
  }

  choose() {
    this.kind = this.lost ? "layers" : this.wanted;
    this.view = this.kind === "scene" ? this.scene : this.layers;
    this.scene?.setVisible(this.kind === "scene");
    this.layers.setVisible(this.kind === "layers");
    this.onView(this.kind);
    this.resize();
  }

  resize() {
    const { clientWidth, clientHeight } = this.host;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.view.resize(clientWidth, clientHeight);
    this.refresh();
  }

  change(parts) {
    Object.assign(this.picture, parts);
    this.refresh();
  }

  refresh() {
    if (this.frame === 0 && this.picture.world) this.frame = requestAnimationFrame((now) => this.begin(now));
  }

  // An answer to the person comes within a millisecond or two, but not while the browser is busy with a picture. So a
  // picture that is due gives way to it, once, and is drawn as soon as it is there.
  begin(now) {
    this.frame = 0;
    if (this.meter.isWaiting() && !this.gaveWay) {
      this.gaveWay = true;
      this.refresh();
      return;
    }
    this.draw(now);
  }
  showAnswer() {
    if (!this.gaveWay) {
      this.refresh();
      return;
    }
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.draw(performance.now());
  }

  draw(now) {
    this.gaveWay = false;
    const began = performance.now();
    const moving = this.view.draw(this.picture, now);
    this.meter.frame(began);
    if (moving) this.refresh();
  }
}
