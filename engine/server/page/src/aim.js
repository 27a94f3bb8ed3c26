// What the next click or key would act on: under the pointer, or where the cursor of the keys is.
import { add, same } from "./world.js";

export class Aim {
  constructor(game, hud, actor, stage) {
    Object.assign(this, { game, hud, actor, stage });
    this.pointed = null; // The last {x, y, breaks}.
    this.cursor = null; // A voxel while keys move it.
  }

  point(x, y, breaks) {
    this.pointed = { x, y, breaks };
    this.cursor = null;
    this.show();
  }

  leave() {
    this.pointed = null;
    this.cursor = null;
    this.show();
  }

  // Brings frame and text up to date.
  show() {
    const stage = this.stage();
    if (!stage || !this.game.world) return;
    const voxel = this.cursor ?? this.target();
    const old = stage.picture.aim;
    if (voxel) this.hud.showAim(this.text(voxel));
    else this.hud.showAim("");
    const breaks = !this.cursor && Boolean(this.pointed?.breaks);
    const byKeys = this.cursor !== null;
    if (old && voxel && same(old.voxel, voxel) && old.breaks === breaks && old.byKeys === byKeys) return;
    if (old || voxel) stage.change({ aim: voxel && { voxel, breaks, byKeys } });
  }

  target() {
    if (!this.pointed) return null;
    const { place, breaks } = this.pick(this.pointed.x, this.pointed.y);
    return (this.pointed.breaks ? breaks : place) ?? null;
  }

  text(voxel) {
    const { met } = this.pointed && !this.cursor ? this.pick(this.pointed.x, this.pointed.y) : {};
    const described = met ?? voxel;
    return `${this.game.describe(described)} at ${described.join(", ")}`;
  }

  pick(x, y) {
    return this.stage().view.pick(x, y);
  }

  // `own`: with the blueprint's block instead of the chosen one, where the blueprint has one.
  place(x, y, own, since) {
    this.placeInto(this.pick(x, y).place, own, since);
  }
  placeAtCursor(since) {
    this.placeInto(this.cursor ?? this.target(), false, since);
  }
  placeInto(voxel, own, since) {
    if (!voxel) return;
    const { world } = this.game;
    const block = own && world.isMissing(voxel) ? world.goalAt(voxel) : this.hud.chosen;
    this.actor.place(voxel, block, since);
  }

  break(x, y, since) {
    const { breaks } = this.pick(x, y);
    if (breaks) this.actor.break(breaks, since);
  }
  breakAtCursor(since) {
    const voxel = this.cursor ?? (this.pointed && this.pick(this.pointed.x, this.pointed.y).breaks);
    if (voxel) this.actor.break(voxel, since);
  }

  moveCursor(way, actor) {
    const { world, you } = this.game;
    if (!world) return;
    const direction = actor.direction(way);
    const step = [0, 0, 0];
    step["xyz".indexOf(direction[1])] = direction[0] === "+" ? 1 : -1;
    // It begins where the pointer is, or before the person.
    const next = this.cursor ? add(this.cursor, step) : this.target() ?? add(world.players[you].feet, step);
    if (!world.contains(next)) return;
    this.cursor = next;
    this.show();
    this.hud.say(this.text(next));
  }

  // Where a message about an action belongs, in the window.
  screenPoint(pointer) {
    if (this.cursor) return this.stage().view.locate(this.cursor);
    if (document.pointerLockElement) return [innerWidth / 2, innerHeight / 2];
    return [pointer.x || innerWidth / 2, pointer.y || innerHeight / 2];
  }
}
