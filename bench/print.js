/** A measured table as text. */
import { isResolved } from "./statistics.js";

const NOT_RESOLVED = "not resolved";

/** Median (lowest to highest), and how many times the base that is; or that their spreads overlap. */
export function printed({ name, title, unit, columns, base, note, rows }, node) {
  const baseRow = rows.find(({ row }) => row === base);
  const keys = Object.keys(columns);
  const lines = rows.map((row) => [row.title, ...keys.map((key) => cell(row, key, baseRow))]);
  const table = aligned([["", ...Object.values(columns)], ...lines]);
  const head = `\n${title}, Node ${node}: ${unit}, median (lowest to highest)${baseRow ? `, times ${baseRow.title}` : ""}`;
  return [
    head,
    ...table,
    ...unresolvedFromAmbit(rows, columns, base),
    ...(note ? [`  ${note}`] : []),
    ...(name === "request" ? shortcomings(rows) : []),
  ].join("\n");
}

function cell({ row, cells, unit }, key, baseRow) {
  const figure = cells[key];
  if (!figure) return "-";
  if (unit === "%") return percent(figure);
  const text = `${digits(figure.median)} (${digits(figure.low)} to ${digits(figure.high)})`;
  const base = baseRow?.cells[key];
  if (!base || baseRow.row === row) return text;
  return `${text}  ${isResolved(figure, base) ? `${ratio(figure.median / base.median)} x` : NOT_RESOLVED}`;
}

/** In the words of the contenders; once, as they are the same in every table. */
function shortcomings(rows) {
  return rows.filter(({ words }) => words.length > 0).map(({ title, words }) => `  ${title}: ${words.join("; ")}.`);
}

/** Who could as well be as fast as ambit, apart from the base, whose cells say so. */
function unresolvedFromAmbit(rows, columns, base) {
  const ambit = rows.find(({ row }) => row === "ambit");
  if (!ambit) return [];
  return Object.entries(columns).flatMap(([key, column]) => {
    const alike = rows.filter(
      ({ row, cells }) => ![base, "ambit", "paired"].includes(row) && !isApart(cells[key], ambit.cells[key]),
    );
    return alike.length > 0
      ? [`  ${column}: ${ambit.title} and ${alike.map(({ title }) => title).join("; ")}: ${NOT_RESOLVED}`]
      : [];
  });
}

function percent({ median, low, high }) {
  const spread = `(${low.toFixed(1)} to ${high.toFixed(1)})`;
  return low <= 0 && high >= 0
    ? `${NOT_RESOLVED} ${spread}`
    : `${median > 0 ? "+" : ""}${median.toFixed(1)} % ${spread}`;
}

const isApart = (one, other) => !one || !other || isResolved(one, other);

function aligned(lines) {
  const widths = lines[0].map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  return lines.map((line) =>
    `  ${line.map((text, index) => (index === 0 ? text.padEnd(widths[0]) : text.padEnd(widths[index]))).join("   ")}`.trimEnd(),
  );
}

/** Three significant digits, and no more than one behind the point. */
export function digits(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2);
}

export const ratio = (value) => (value >= 10 ? value.toFixed(0) : value.toFixed(2));
