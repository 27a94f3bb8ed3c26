// What the server has said: the game as the person knows it.
import { World, bytesOf } from "./world.js";

export class Game {
  constructor() {
    this.welcome = null;
    this.world = null;
    this.message = null; // The last `game`, for what does not change within a house.
    this.figures = null;
    this.figuresAt = 0; // When they came, in seconds.
    this.timestep = 0;
    this.paused = false;
    this.end = null;
    this.thought = null;
  }

  get you() {
    return this.message.you;
  }
  get assistant() {
    return this.message.assistant;
  }
  get placeable() {
    return this.welcome.blocks.flatMap((block, id) => (block.placeable ? [id] : []));
  }
  isRunning() {
    return this.world !== null && this.end === null && !this.paused;
  }

  begin(message, now) {
    const { you, assistant } = message;
    this.message = message;
    this.world = new World({
      size: message.size,
      blocks: bytesOf(message.blocks),
      blueprint: message.blueprint && bytesOf(message.blueprint),
      players: message.players.map((player, i) => ({
        ...player,
        label: i === you ? "You" : player.role === "assistant" && assistant ? assistant.label : player.role,
      })),
    });
    this.timestep = message.timestep;
    this.paused = message.paused;
    this.end = null;
    this.thought = null;
    this.setFigures(message.figures, now);
  }

  step(message, now) {
    this.world.apply(message.changes, message.feet);
    this.timestep = message.timestep;
    this.setFigures(message.figures, now);
  }

  finish(message, now) {
    this.end = message;
    this.setFigures(message.figures, now);
  }

  pause(on, now) {
    if (this.paused === on) return;
    // What has gone by until now counts; a pause does not.
    if (this.figures) this.setFigures({ ...this.figures, seconds: this.seconds(now) }, now);
    this.paused = on;
  }

  setFigures(figures, now) {
    this.figures = figures;
    this.figuresAt = now;
  }

  // The server's clock comes with every step, and runs on between them.
  seconds(now) {
    return this.figures.seconds + (this.isRunning() ? now - this.figuresAt : 0);
  }

  nameOf(block) {
    return this.welcome.blocks[block].name;
  }

  describe(voxel) {
    const { world } = this;
    const block = world.at(voxel);
    if (world.isMissing(voxel)) return `missing ${this.nameOf(world.goalAt(voxel))}`;
    if (!world.isWrong(voxel)) return this.nameOf(block);
    const goal = world.goalAt(voxel);
    return `wrong ${this.nameOf(block)} ${goal ? `in place of ${this.nameOf(goal)}` : "where nothing belongs"}`;
  }
}

export function actionText(action, nameOf) {
  switch (action.type) {
    case "place":
      return `place ${nameOf(action.block)} at ${action.at.join(", ")}`;
    case "break":
      return `break ${action.at.join(", ")}`;
    case "move":
      return `move ${action.direction}`;
    default:
      return action.type;
  }
}
