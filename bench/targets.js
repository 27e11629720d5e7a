/** What ambit is meant to reach, and what a run says about it: medians only, so a miss by little is none. */

/**
 * Name, the most that it may be, the figure, and the most on Node 22, where that is another.
 *
 * @type {[string, number, (tables: Record<string, any>) => number | undefined, number?][]}
 */
const TARGETS = [
  ["sync request, CPU ns above AsyncLocalStorage", 250, ({ request }) => above(request, "ambit", "hand-als", "sync")],
  [
    "async request, CPU ns above AsyncLocalStorage",
    500,
    ({ request }) => above(request, "ambit", "hand-als", "async"),
    700,
  ],
  ["a scope passed along, sync, times by hand", 3, ({ request }) => times(request, "ambit-explicit", "hand", "sync")],
  ["singleton, times a Map lookup", 2, ({ resolve }) => times(resolve, "ambit", "hand", "singleton")],
  ["built instance, times getStore and a Map lookup", 2, ({ resolve }) => times(resolve, "ambit", "hand", "scoped")],
  ["ContextVar.get, times getStore", 1.6, (tables) => times(tables["context-var"], "ambit", "storage", "get")],
  ["copyContext().run, times run", 1.3, (tables) => times(tables["context-var"], "ambit", "storage", "copyRun"), 1.7],
  ["open scope with 4 instances, bytes", 400, ({ memory }) => median(memory, "ambit-explicit", "open")],
  ["heap, bytes a request", 1, ({ heap }) => median(heap, "ambit", "slope")],
  ["10,000 registrations, times 10", 1.1, ({ registrations }) => growth(registrations, "ambit", 10, 10_000)],
  [
    "5,000 scoped services in use, times 4",
    1.3,
    (tables) => growth(tables["context-lived"], "ambit-explicit", 4, 5_000),
  ],
  ["registering, times by hand", 20, (tables) => times(tables["start-up"], "ambit", "hand", "register")],
  ["first resolve, times by hand", 20, (tables) => times(tables["start-up"], "ambit", "hand", "resolve")],
  ["Koa, CPU % above the same app without", 5, ({ koa }) => median(koa, "paired", "cpu")],
  ["task with 5 variables, times Piscina", 1.25, ({ worker }) => times(worker, "ambit", "raw", "5")],
];

/** @param {import("./turns.js").Measured[]} measured the tables of one Node line */
export function targets(measured, node) {
  const tables = Object.fromEntries(measured.map((table) => [table.name, table]));
  const on22 = node.startsWith("v22.");
  const known = TARGETS.map(([name, must, of, than = must]) => ({ name, most: on22 ? than : must, is: of(tables) }));
  const lines = known.flatMap(({ name, most, is }) => {
    if (is === undefined) return [];
    const verdict = is <= most ? "" : "   missed";
    return `  ${name.padEnd(50)}${is.toFixed(is >= 10 ? 0 : 2).padStart(8)}   at most ${most}${verdict}`;
  });
  return lines.length > 0 ? [`\nTargets, Node ${node}`, ...lines].join("\n") : "";
}

const median = (table, name, column) => table?.rows.find(({ row }) => row === name)?.cells[column]?.median;

/** @returns {number | undefined} */
function combined(one, other, combine) {
  return one === undefined || other === undefined ? undefined : combine(one, other);
}

const above = (table, name, base, column) =>
  combined(median(table, name, column), median(table, base, column), (one, other) => one - other);
const times = (table, name, base, column) =>
  combined(median(table, name, column), median(table, base, column), (one, other) => one / other);
const growth = (table, name, from, to) =>
  combined(median(table, name, to), median(table, name, from), (one, other) => one / other);
