// The panel with what the assistant thinks.
import { byId, element } from "./dom.js";
import { actionText } from "./game.js";

const SHOWN = 6; // Rows of a list.

const percent = (share) => `${Math.round(100 * share)} %`;

export class Thoughts {
  // onPoint(voxel or null) when the person points at an action.
  constructor(game, onPoint) {
    this.game = game;
    this.onPoint = onPoint;
    this.panel = byId("thoughts");
  }

  show(on) {
    this.panel.hidden = !on;
    this.onPoint(null);
    if (on) this.update();
  }

  update() {
    const { thought } = this.game;
    if (this.panel.hidden) return;
    // The row at which the person points is about to go.
    this.onPoint(null);
    const head = element("h2", {}, "What it thinks");
    if (!thought) {
      this.panel.replaceChildren(head, element("p", { class: "quiet" }, "It has not thought yet."));
      return;
    }
    this.panel.replaceChildren(
      head,
      ...(thought.says ? [element("p", {}, thought.says)] : []),
      ...this.considered(thought.considers ?? []),
      ...this.expected(thought.expects ?? []),
      element("h3", {}, "It believes"),
      this.beliefText(thought.belief ?? []),
      element("p", { class: "quiet" }, `Step ${thought.timestep}, ${Math.round(thought.milliseconds)} ms`),
    );
  }

  considered(list) {
    if (list.length === 0) return [];
    const searched = list.some(({ visits }) => visits !== null);
    const titles = searched ? ["Action", "Prior", "Visits", "Value"] : ["Action", "Prior"];
    const rows = list.slice(0, SHOWN).map((entry) =>
      this.row(entry.action, entry.chosen, [
        percent(entry.prior),
        ...(searched ? [entry.visits ?? "", entry.value?.toFixed(2) ?? ""] : []),
      ]),
    );
    return [element("h3", {}, "It considers"), this.table(titles, rows)];
  }

  expected(list) {
    if (list.length === 0) return [];
    const rows = list.slice(0, SHOWN).map(({ action, probability }) => this.row(action, false, [percent(probability)]));
    return [element("h3", {}, "It expects you to"), this.table(["Action", "Probability"], rows)];
  }

  table(titles, rows) {
    const head = element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)));
    return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  }

  row(action, chosen, values) {
    const text = actionText(action, (block) => this.game.nameOf(block));
    return element(
      "tr",
      {
        class: chosen && "chosen",
        onpointerenter: () => this.onPoint(action.at ?? null),
        onpointerleave: () => this.onPoint(null),
      },
      element("td", {}, text, chosen ? element("span", { class: "unseen" }, " (chosen)") : null),
      ...values.map((value) => element("td", {}, String(value))),
    );
  }

  beliefText(belief) {
    const sure = belief.filter(([, , probability]) => probability >= 0.5).length;
    const gone = belief.filter(([, block]) => block === 0).length;
    const text = `${belief.length - gone} blocks to come and ${gone} to go, ${sure} of them probably. `;
    return element("p", {}, text, element("span", { class: "quiet" },
      "Small blocks are as opaque as they are probable; violet covers what it would remove."));
  }
}
