/** The main table as bars: an SVG for light and dark pages, with a logarithmic scale, as the figures lie far apart. */
import { digits } from "./print.js";

const WIDTH = 860;
const LABELS = 250;
const FIGURES = 96;
const BAR = 9;
const ROW = 28;
const TOP = 74;
const BARS = WIDTH - LABELS - FIGURES;
const MODES = ["sync", "async"];

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .small { font-size: 11px; fill: #59636e; }
  .ours { font-weight: 600; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .spread { stroke: #1f2328; stroke-width: 1; opacity: .55; }
  .sync { fill: #9ec5f4; } .async { fill: #4a86d0; }
  .ours.sync { fill: #f6c177; } .ours.async { fill: #dd7f1e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .spread { stroke: #f0f6fc; }
    .sync { fill: #2f5a8f; } .async { fill: #5b9bea; }
    .ours.sync { fill: #9a5b17; } .ours.async { fill: #f0a04b; }
  }`;

/** Contenders from the fastest, two bars each; of the last Node line in the report, `undefined` where it has no such table. */
export function picture(report) {
  const { node, tables } = report.lines.at(-1);
  const table = tables.find(({ name }) => name === "request");
  if (table === undefined) return undefined;
  const rows = table.rows.toSorted((a, b) => a.cells.async.median - b.cells.async.median);
  const scale = scaleFor(rows.flatMap(({ cells }) => MODES.flatMap((mode) => cells[mode] ?? [])));
  const bottom = TOP + rows.length * ROW;
  const count = rows[0].cells.async.values.length;
  const notes = [
    `CPU nanoseconds per request, thin lines from the lowest to the highest; logarithmic scale. Median of ${count} rounds in processes of their own, in turns.`,
    `Node ${node}, ${report.machine}, ${report.date}: ${report.command}`,
    "* does less than the others, or disposes in another order: bench/README.md says what.",
    versionsOf(report),
  ].flatMap((note) => folded(note, 128));
  const height = bottom + 36 + notes.length * 15;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>One request: CPU nanoseconds by contender</title>
<style>${STYLE}
</style>
<text class="title" x="16" y="26">One request: 10 instances, 2 of them disposed</text>
${legend()}
${scale.ticks.map((tick) => gridLine(tick, scale, bottom)).join("\n")}
${rows.map((row, index) => bars(row, TOP + index * ROW, scale)).join("\n")}
${notes.map((note, index) => `<text class="small" x="16" y="${bottom + 38 + index * 15}">${escaped(note)}</text>`).join("\n")}
</svg>
`;
}

function scaleFor(figures) {
  const from = 10 ** Math.floor(Math.log10(Math.min(...figures.map(({ low }) => low))));
  const to = Math.max(...figures.map(({ high }) => high)) * 1.15;
  const x = (value) => LABELS + (BARS * Math.log(value / from)) / Math.log(to / from);
  const ticks = [];
  for (let tick = from; tick <= to; tick *= 10) ticks.push(tick);
  return { x, ticks };
}

function legend() {
  const entry = (mode, text, x) =>
    `<rect class="${mode}" x="${x}" y="40" width="18" height="${BAR}" rx="2"/><text class="small" x="${x + 24}" y="49">${text}</text>`;
  return [entry("sync", "one at a time, sync", LABELS), entry("async", "async, 100 in flight", LABELS + 160)].join(
    "\n",
  );
}

function gridLine(tick, { x }, bottom) {
  const label = tick >= 1e6 ? `${tick / 1e6} ms` : tick >= 1e3 ? `${tick / 1e3} µs` : `${tick} ns`;
  return `<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${TOP - 8}" y2="${bottom}"/><text class="small" text-anchor="middle" x="${px(x(tick))}" y="${bottom + 14}">${label}</text>`;
}

function bars({ row, title, words, cells }, y, scale) {
  const ours = row.startsWith("ambit") ? "ours " : "";
  const label = `<text class="${ours}" text-anchor="end" x="${LABELS - 10}" y="${y + 14}">${escaped(title)}${words.length > 0 ? " *" : ""}</text>`;
  return [label, ...MODES.map((mode, index) => bar(cells[mode], `${ours}${mode}`, y + index * (BAR + 1), scale))].join(
    "\n",
  );
}

function bar(figure, style, y, { x }) {
  if (!figure) return `<text class="small" x="${LABELS + 6}" y="${y + BAR - 1}">no sync way</text>`;
  const { median, low, high } = figure;
  const middle = y + BAR / 2;
  return `<rect class="${style}" x="${LABELS}" y="${y}" width="${px(x(median) - LABELS)}" height="${BAR}" rx="2"/><line class="spread" x1="${px(x(low))}" x2="${px(x(high))}" y1="${middle}" y2="${middle}"/><text class="small" x="${px(x(high) + 6)}" y="${y + BAR - 1}">${digits(median)}</text>`;
}

function versionsOf({ versions }) {
  const shown = Object.entries(versions).filter(
    ([name]) => !/^(autocannon|koa|piscina|reflect-metadata|rxjs)$/.test(name),
  );
  return shown.map(([name, version]) => `${name} ${version}`).join(", ");
}

function folded(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1).length + word.length > width) lines.push("");
    lines[lines.length - 1] += `${lines.at(-1) ? " " : ""}${word}`;
  }
  return lines;
}

const px = (value) => Number(value.toFixed(1));
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
