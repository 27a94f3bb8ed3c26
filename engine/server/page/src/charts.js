// Line charts as SVG.
import { element, svg } from "./dom.js";

const WIDTH = 360, HEIGHT = 190;
const BOX = { left: 46, right: 350, top: 10, bottom: 160 };
const SERIES_COLORS = 6; // As many as the style sheet has.

// About `count` round values between low and high.
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough);
  const values = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) values.push(i * step);
  return values;
}

const format = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, notation: "compact" });

function rangeOf(values) {
  const low = Math.min(...values), high = Math.max(...values);
  if (low < high) return [low, high];
  return [low - 0.5, low + 0.5];
}

const bounds = (series, k) => {
  const ends = series.flatMap(({ points }) => {
    // One by one: a curve may have more points than a call may have arguments.
    let low = Infinity, high = -Infinity;
    for (const point of points) {
      low = Math.min(low, point[k]);
      high = Math.max(high, point[k]);
    }
    return points.length > 0 ? [low, high] : [];
  });
  return rangeOf(ends);
};

// `series` are {name, color, points}; `color` is a number, and a point is [x, y].
export function lineChart(title, xTitle, series) {
  const drawn = series.map((one) => ({ ...one, points: one.points.filter((point) => point.every(Number.isFinite)) }))
    .filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const [x0, x1] = bounds(drawn, 0), [y0, y1] = bounds(drawn, 1);
  const xAt = (x) => BOX.left + ((x - x0) / (x1 - x0)) * (BOX.right - BOX.left);
  const yAt = (y) => BOX.bottom - ((y - y0) / (y1 - y0)) * (BOX.bottom - BOX.top);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  for (const y of ticks(y0, y1, 4)) {
    picture.append(
      svg("line", { class: "grid", x1: BOX.left, x2: BOX.right, y1: yAt(y), y2: yAt(y) }),
      svg("text", { x: BOX.left - 6, y: yAt(y) + 4, "text-anchor": "end" }, format.format(y)),
    );
  }
  for (const x of ticks(x0, x1, 5)) {
    picture.append(svg("text", { x: xAt(x), y: BOX.bottom + 15, "text-anchor": "middle" }, format.format(x)));
  }
  picture.append(svg("text", { x: BOX.right, y: HEIGHT - 2, "text-anchor": "end" }, xTitle));
  for (const { points, color } of drawn) {
    const path = points.map(([x, y]) => `${xAt(x).toFixed(1)},${yAt(y).toFixed(1)}`).join(" ");
    picture.append(svg("polyline", { class: `series series-${color % SERIES_COLORS}`, points: path }));
  }
  const legend = drawn.map(({ name, color, points }) =>
    element("li", { class: `series-${color % SERIES_COLORS}` }, name, element("b", {}, format.format(points.at(-1)[1]))),
  );
  return element("figure", { class: "panel" },
    element("figcaption", {}, title), picture, element("ul", { class: "legend" }, ...legend));
}
