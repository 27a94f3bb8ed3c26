// The dashboard of `hod watch`: curves, workers, evaluations, and the newest episode.
import { lineChart } from "./charts.js";
import { element } from "./dom.js";
import { Replay } from "./replay.js";

const LATE = 60; // Seconds after which a worker that has not been heard of is marked.

function table(title, columns, rows) {
  if (rows.length === 0) return null;
  const cells = (tag, values) => values.map((value) => element(tag, {}, value == null ? "" : String(value)));
  return element("section", { class: "panel" }, element("h2", {}, title), element("div", { class: "scroll" },
    element("table", {},
      element("thead", {}, element("tr", {}, ...cells("th", columns))),
      element("tbody", {}, ...rows.map((row) => element("tr", { class: row.late && "late" }, ...cells("td", row.values)))))));
}

const round = (value) => (typeof value === "number" ? Math.round(value * 100) / 100 : value);

export class Watch {
  constructor(host, stage) {
    this.host = host;
    this.replay = null;
    this.stage = stage;
    this.list = element("div", { class: "watch-grid" });
    this.head = element("header");
    this.place = element("div");
    host.replaceChildren(this.head, this.place, this.list);
    host.hidden = false;
  }

  show({ runs }) {
    this.head.replaceChildren(...runs.map(({ name, status }, i) => element("div", { class: `run series-${i % 6}` },
      element("h1", {}, name), element("p", { class: "quiet" }, status))));
    const many = runs.length > 1;
    const titled = (name, title) => (many ? `${name}: ${title}` : title);
    this.list.replaceChildren(...[
      ...this.charts(runs),
      ...runs.flatMap((run) => [
        table(titled(run.name, "Workers"), ["Worker", "Rate", "Last heard of"], (run.workers ?? []).map((worker) => ({
          late: worker.age_seconds > LATE,
          values: [worker.name, worker.rate, `${Math.round(worker.age_seconds)} s ago`],
        }))),
        this.evaluations(titled(run.name, "Evaluations"), run.evaluations ?? []),
        ...(run.tables ?? []).map(({ title, columns, rows }) =>
          table(titled(run.name, title), columns, rows.map((values) => ({ values })))),
      ]),
    ].filter(Boolean));
    const episode = runs.map((run) => run.episode).find(Boolean);
    if (!episode) return;
    if (!this.replay) {
      this.replay = new Replay(this.stage);
      this.place.replaceChildren(this.replay.element);
    }
    this.replay.show(episode);
  }

  // Curves of the same title share a chart.
  charts(runs) {
    const byTitle = new Map();
    runs.forEach(({ name, curves }, color) => {
      for (const { title, x, points } of curves ?? []) {
        if (!byTitle.has(title)) byTitle.set(title, { x, series: [] });
        byTitle.get(title).series.push({ name, color, points });
      }
    });
    return [...byTitle].map(([title, { x, series }]) => lineChart(title, x, series));
  }

  // A column for each figure that some evaluation has.
  evaluations(title, list) {
    const keys = [...new Set(list.flatMap(Object.keys))];
    const columns = keys.map((key) => key.replace(/_percent$/, " %").replaceAll("_", " "));
    return table(title, columns, list.map((one) => ({ values: keys.map((key) => round(one[key])) })));
  }
}
