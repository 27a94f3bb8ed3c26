// The dashboard of `hod watch`: curves, workers, evaluations, and the newest episode.
import { lineChart } from "./charts.js";
import { element } from "./dom.js";
import { Replay } from "./replay.js";

const WIDE = 3; // Columns; a table with more takes the whole width.
const LATE = 60; // Seconds after which a worker that has not been heard of is marked.

function table(title, columns, rows) {
  if (rows.length === 0) return null;
  const cells = (tag, values) => values.map((value) => element(tag, {}, value == null ? "" : String(value)));
  const kind = columns.length > WIDE ? "panel wide" : "panel";
  return element("section", { class: kind }, element("h2", {}, title), element("div", { class: "scroll" },
    element("table", {},
      element("thead", {}, element("tr", {}, ...cells("th", columns))),
      element("tbody", {}, ...rows.map((row) => element("tr", { class: row.late && "late" }, ...cells("td", row.values)))))));
}

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
      ]),
      ...this.tables(runs),
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

  // Tables of the same title share one, in which the runs stand below each other, row by row.
  tables(runs) {
    const byTitle = new Map();
    for (const { name, tables } of runs) {
      for (const { title, columns, rows } of tables ?? []) {
        if (!byTitle.has(title)) byTitle.set(title, { columns, parts: [] });
        byTitle.get(title).parts.push({ name, rows });
      }
    }
    return [...byTitle].map(([title, { columns: [first, ...others], parts }]) => {
      if (runs.length === 1) return table(title, [first, ...others], parts[0].rows.map((values) => ({ values })));
      const length = Math.max(...parts.map(({ rows }) => rows.length));
      const rows = Array.from({ length }, (_, i) => parts.filter((part) => part.rows[i]).map((part) => {
        const [label, ...values] = part.rows[i];
        return { values: [label, part.name, ...values] };
      })).flat();
      return table(title, [first, "Run", ...others], rows);
    });
  }
}
