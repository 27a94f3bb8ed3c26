// What stands over the world: progress, clock, palette, aim, messages.
import { byId, element } from "./dom.js";

const TOAST_TIME = 2000; // Milliseconds.
const ICON_WIDTH = 72; // Pixels of an icon's picture; the page shows it smaller.

function timeText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const percentText = (value) => `${value.toFixed(1)} %`;

export class Hud {
  constructor(game, { onChoose }) {
    this.game = game;
    this.onChoose = onChoose;
    this.chosen = 0;
    setInterval(() => this.showClock(), 250);
  }

  makePalette(textures) {
    const { game } = this;
    const buttons = game.placeable.map((block, i) => {
      const icon = textures.icon(block, ICON_WIDTH);
      icon.setAttribute("aria-hidden", "true");
      const name = game.nameOf(block);
      return element(
        "button",
        { role: "radio", "data-block": block, title: `${name} (${i + 1})`, onclick: () => this.choose(block) },
        icon, element("kbd", {}, `${i + 1}`), element("span", {}, name),
      );
    });
    byId("palette").replaceChildren(...buttons);
    this.choose(game.placeable.includes(this.chosen) ? this.chosen : game.placeable[0]);
  }

  choose(block) {
    if (block === undefined) return;
    this.chosen = block;
    for (const button of byId("palette").children) {
      button.setAttribute("aria-checked", String(Number(button.dataset.block) === block));
    }
    this.onChoose();
  }
  chooseNth(number) {
    this.choose(this.game.placeable[number - 1]);
  }

  beginHouse() {
    const { game } = this;
    byId("title").textContent = game.message.title;
    const rows = [["House", "goal", "goal_percent"]];
    game.world.players.forEach((player) => rows.push([player.label, player.role, `${player.role}_percent`]));
    this.bars = rows.filter(([, , key]) => key in game.figures).map(([label, kind, key]) => {
      const bar = element("div", { class: `bar ${kind}`, role: "progressbar", "aria-label": label }, element("i"));
      const value = element("output");
      return { key, bar, value, row: [element("span", {}, label), bar, value] };
    });
    byId("bars").replaceChildren(...this.bars.flatMap(({ row }) => row));
    this.showFigures();
  }

  showFigures() {
    const { figures } = this.game;
    for (const { key, bar, value } of this.bars) {
      const percent = figures[key];
      const shown = Math.min(Math.max(percent, 0), 100);
      bar.firstChild.style.width = `${shown}%`;
      bar.setAttribute("aria-valuenow", shown.toFixed(1));
      value.textContent = percentText(percent);
    }
    byId("left").textContent = `${figures.missing} missing, ${figures.wrong} wrong`;
    this.showClock();
  }

  showClock() {
    if (this.game.figures) byId("clock").textContent = timeText(this.game.seconds(performance.now() / 1000));
  }

  showAim(text) {
    byId("aim").textContent = text;
  }

  // Shows why something does not work, near the point where it was tried.
  refuse(reason, x, y) {
    const toast = byId("toast");
    toast.textContent = reason;
    toast.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = toast;
    const left = Math.min(Math.max(x - width / 2, 8), innerWidth - width - 8);
    const top = y - height - 18 < 8 ? y + 24 : y - height - 18;
    toast.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.hidden = true), TOAST_TIME);
    this.say(reason);
  }

  // For those who listen to the page.
  say(text) {
    const live = byId("live");
    // The same words twice are read twice only if the region was empty in between.
    live.textContent = "";
    requestAnimationFrame(() => (live.textContent = text));
  }

  banner(text, button, onClick) {
    byId("banner").hidden = text === "";
    byId("banner-text").textContent = text;
    const node = byId("banner-button");
    node.hidden = !button;
    node.textContent = button ?? "";
    node.onclick = onClick ?? null;
  }
}
