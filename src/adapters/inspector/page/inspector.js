// Hears of scopes, and shows the lists and what is chosen of them.

/** How many closed scopes are listed. */
const MOST_CLOSED = 200;

const lists = { open: byId("open"), closed: byId("closed") };
const filter = /** @type {HTMLInputElement} */ (byId("filter"));
const pause = byId("pause");
const statusLine = byId("status");

/** @type {Snapshot | undefined} */
let state;
/** Closed scopes, the last first. @type {ScopeRecord[]} */
let finished = [];
/** The id of the chosen scope; without one the last that closed is shown. @type {string | undefined} */
let chosen;
let paused = false;
/** The last that came while nobody wanted to see it, with all scopes that have closed meanwhile. @type {Snapshot | undefined} */
let missed;
/** When the state came, by this page's clock. */
let heard = 0;
let pausedAt = 0;
/** What the detail shows, as a text: it is made anew only when that changes. */
let drawn = "";

/** @param {Snapshot} snapshot */
function hear(snapshot) {
  if (paused) {
    const all = [...(missed?.finished ?? []), ...snapshot.finished];
    missed = { ...snapshot, finished: all.slice(-MOST_CLOSED) };
    return;
  }
  state = snapshot;
  heard = performance.now();
  const news = snapshot.finished.toReversed();
  const known = new Set(news.map(({ id }) => id));
  finished = [...news, ...finished.filter(({ id }) => !known.has(id))].slice(0, MOST_CLOSED);
  draw();
}

/** The server's clock, now. */
function serverNow() {
  return (state?.now ?? 0) + ((paused ? pausedAt : performance.now()) - heard);
}

function draw() {
  if (state === undefined) return;
  byId("process").textContent = state.process;
  drawCounters(state);
  drawList(lists.open, openRows(state), "No scope is open.");
  drawList(lists.closed, closedRows(), "None has closed yet.");
  byId("open-count").textContent = countOf(lists.open, state.openTotal);
  byId("closed-count").textContent = countOf(lists.closed, closedSoFar(state));
  drawContainers(state);
  drawDetail(state);
}

/** All of them, listed or not. @param {Snapshot} snapshot */
function closedSoFar({ counters: { success, error, aborted } }) {
  return success + error + aborted;
}

/** @param {HTMLElement} list @param {number} total */
function countOf(list, total) {
  const shown = list.querySelectorAll(".row").length;
  return shown === total ? total.toLocaleString("en") : `${shown} of ${total.toLocaleString("en")}`;
}

/** @param {Snapshot} snapshot */
function drawCounters({ counters, openTotal }) {
  const shown = [
    ["opened", counters.opened],
    ["open", openTotal],
    ["success", counters.success],
    ["error", counters.error, "bad"],
    ["aborted", counters.aborted],
    ["built", counters.built],
    ["failed builds", counters.failedBuilds, "bad"],
    ["disposed", counters.disposed],
    ["failed disposers", counters.failedDisposals, "bad"],
  ];
  const groups = shown.map(([name, count, kind]) =>
    element(
      "div",
      count ? String(kind ?? "") : "",
      element("dt", "", String(name)),
      element("dd", "", count.toLocaleString("en")),
    ),
  );
  byId("counters").replaceChildren(...groups);
}

/** @param {string} text */
function passes(text) {
  return text.toLowerCase().includes(filter.value.trim().toLowerCase());
}

/** @param {Snapshot} snapshot */
function openRows({ open }) {
  const late = open.toSorted((a, b) => b.late.length - a.late.length);
  return late
    .filter((scope) => passes(titleOf(scope.record ?? scope)))
    .map((scope) => {
      const time = scope.age === undefined ? "older" : duration(scope.age);
      const row = rowFor(scope.id, scope.late.length > 0 ? "late" : "", titleOf(scope.record ?? scope), time);
      if (scope.state === "closing") row.querySelector(".what")?.append(element("span", "quiet", " closing"));
      for (const reason of scope.late) row.append(element("span", "why", reason));
      return row;
    });
}

function closedRows() {
  return finished
    .filter((record) => passes(titleOf(record)))
    .map((record) =>
      rowFor(
        record.id,
        record.closed?.outcome ?? "",
        titleOf(record),
        duration((record.closed?.time ?? 0) - record.opened),
      ),
    );
}

/** @param {string} id @param {string} kind @param {string} title @param {string} time */
function rowFor(id, kind, title, time) {
  const what = element("span", "what", title);
  what.title = title;
  const dot = element("span", `dot ${kind}`);
  dot.setAttribute("role", "img");
  dot.setAttribute("aria-label", kind || "open");
  const row = element("div", "row", dot, what, element("span", "time", time));
  row.dataset.id = id;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(id === chosen));
  row.tabIndex = -1;
  return row;
}

/** Keeps the focus where it was: on the same scope. @param {HTMLElement} list @param {HTMLElement[]} rows @param {string} empty */
function drawList(list, rows, empty) {
  const focused = list.contains(document.activeElement)
    ? /** @type {HTMLElement} */ (document.activeElement).dataset.id
    : undefined;
  const { scrollTop } = list;
  list.replaceChildren(...(rows.length > 0 ? rows : [element("div", "empty", empty)]));
  list.scrollTop = scrollTop;
  const entry = rows.find(({ dataset }) => dataset.id === chosen) ?? rows[0];
  if (entry !== undefined) entry.tabIndex = 0;
  if (focused !== undefined)
    (rows.find(({ dataset }) => dataset.id === focused) ?? entry)?.focus({ preventScroll: true });
}

/** @param {Snapshot} snapshot */
function drawContainers({ containers }) {
  const shown = containers.map(({ id, parentId, open, instances, more }) => {
    const inside = parentId === undefined ? "" : `, child of ${parentId}`;
    const title = `Container ${id}${inside}: ${counted(open, "open scope")}, keeps ${counted(instances.length + more, "instance")}`;
    const items = instances.map(({ name, lifetime }) =>
      element("li", "", name, element("span", "quiet", ` ${lifetime}`)),
    );
    if (more > 0) items.push(element("li", "quiet", `and ${more} more`));
    return element("div", "container", title, element("ul", "", ...items));
  });
  byId("containers").replaceChildren(
    ...(shown.length > 0 ? shown : [element("span", "quiet", "No container has anything to end.")]),
  );
}

/** @param {Snapshot} snapshot */
function drawDetail(snapshot) {
  const open = snapshot.open.find(({ id }) => id === chosen);
  const record =
    open?.record ?? finished.find(({ id }) => id === chosen) ?? (chosen === undefined ? finished[0] : undefined);
  const text = JSON.stringify([record, open?.state, open?.late, chosen]);
  if (text === drawn && open === undefined) return;
  drawn = text;
  byId("detail").replaceChildren(
    ...(record === undefined && open === undefined
      ? nothing()
      : detailOf(titleOf(record ?? open), record, open, serverNow())),
  );
}

function nothing() {
  const text =
    chosen === undefined
      ? "Nothing has happened yet: send the process a request."
      : "This scope has left the inspector's memory.";
  return [element("p", "quiet", text)];
}

/** @param {string | undefined} id */
function choose(id) {
  chosen = id;
  draw();
}

/** @param {number} step */
function move(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".list .row")]);
  const at = rows.findIndex(({ dataset }) => dataset.id === chosen);
  const next = rows[Math.min(Math.max(at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step, 0), rows.length - 1)];
  if (next === undefined) return;
  choose(next.dataset.id);
  const drawnRow = rowOfScope(chosen);
  drawnRow?.focus({ preventScroll: true });
  drawnRow?.scrollIntoView({ block: "nearest" });
}

/** @param {string | undefined} id */
function rowOfScope(id) {
  /** @type {NodeListOf<HTMLElement>} */
  const rows = document.querySelectorAll(".list .row");
  return [...rows].find(({ dataset }) => dataset.id === id);
}

function togglePause() {
  paused = !paused;
  pausedAt = performance.now();
  pause.setAttribute("aria-pressed", String(paused));
  if (missed !== undefined) hear(missed);
  missed = undefined;
  say();
}

function say(connection = source.readyState === EventSource.OPEN ? "live" : "lost") {
  statusLine.className = connection;
  const lost = "connection lost, trying again…";
  const still = `paused, ${missed?.finished.length ?? 0} new`;
  statusLine.textContent = connection === "lost" ? lost : paused ? still : "live";
}

for (const list of Object.values(lists)) {
  list.addEventListener("click", ({ target }) => {
    const row = /** @type {HTMLElement} */ (target).closest?.(".row");
    if (row instanceof HTMLElement) choose(row.dataset.id);
  });
}
pause.addEventListener("click", togglePause);
filter.addEventListener("input", draw);
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target === filter) {
    if (key === "Escape") {
      filter.value = "";
      filter.blur();
      draw();
    }
    if (key !== "ArrowDown") return;
  }
  const actions = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    "/": () => filter.focus(),
    p: togglePause,
    Escape: () => choose(undefined),
  };
  const action = Object.hasOwn(actions, key) ? actions[/** @type {keyof typeof actions} */ (key)] : undefined;
  if (action === undefined) return;
  event.preventDefault();
  action();
});

const source = new EventSource(`${location.pathname.replace(/\/$/, "")}/events`);
source.addEventListener("open", () => say("live"));
source.addEventListener("error", () => say("lost"));
source.addEventListener("state", ({ data }) => {
  hear(JSON.parse(data));
  say("live");
});
