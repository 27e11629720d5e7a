// The chosen scope: what was built and disposed in it, one below the other in time.

/** @param {ScopeRecord} record @param {number} end @returns {Bar[]} */
function barsOf(record, end) {
  const builds = record.builds.map(({ name, lifetime, path, time, duration, error, async }) => ({
    kind: /** @type {const} */ ("build"),
    name,
    detail: `${lifetime}${async ? ", awaited" : ""}`,
    depth: Math.min(path.length - 1, 12),
    path: path.join(" › "),
    from: time,
    to: time + duration,
    error,
  }));
  // They are told of when they are done: the parts before the whole.
  builds.sort((a, b) => a.from - b.from || a.depth - b.depth);
  const disposals = record.disposals.map(({ name, time, duration, error }, i) => ({
    kind: /** @type {const} */ ("dispose"),
    name,
    detail: `disposed ${ordinal(i + 1)}`,
    depth: 0,
    path: "",
    from: time,
    to: time + duration,
    error,
  }));
  return [...builds, ...drainOf(record, end), ...disposals];
}

/** What was waited for between the beginning of the end and the first disposer. @param {ScopeRecord} record @param {number} end @returns {Bar[]} */
function drainOf({ closing, disposals }, end) {
  if (closing === undefined || closing.holds === 0) return [];
  const to = disposals[0]?.time ?? end;
  const name = `waited for ${counted(closing.holds, "hold")}`;
  return [{ kind: "wait", name, detail: "held work", depth: 0, path: "", from: closing.time, to, error: undefined }];
}

/** @param {number} n */
function ordinal(n) {
  const ends = ["th", "st", "nd", "rd"];
  return `${n}${ends[(n % 100 > 10 && n % 100 < 14) || n % 10 > 3 ? 0 : n % 10]}`;
}

/** @param {ScopeRecord} record @param {number} now */
function waterfallOf(record, now) {
  const start = record.opened;
  const end = record.closed?.time ?? now;
  const span = Math.max(end - start, 0.001);
  const axis = element(
    "span",
    "",
    element("b", "", "0"),
    element("b", "", duration(span / 2)),
    element("b", "", duration(span)),
  );
  const head = element(
    "tr",
    "",
    ...["built or disposed", "lifetime", "took"].map((text) => element("th", "", text)),
    element("th", "axis", axis),
  );
  const bars = barsOf(record, end);
  const rows = bars.map((bar) => rowOf(bar, start, span));
  const table = element("table", "waterfall", element("thead", "", head), element("tbody", "", ...rows));
  return bars.length === 0 ? element("p", "quiet", "Nothing was built in it.") : table;
}

/** @param {Bar} bar @param {number} start @param {number} span */
function rowOf({ kind, name, detail, depth, path, from, to, error }, start, span) {
  const label = element("td", "", name);
  label.style.paddingLeft = `${depth * 14}px`;
  label.title = path || name;
  const mark = element("div", `bar ${kind}`);
  const left = Math.min(Math.max((from - start) / span, 0), 0.995);
  mark.style.left = `${left * 100}%`;
  mark.style.width = `${Math.min(Math.max((to - from) / span, 0), 1 - left) * 100}%`;
  mark.title = `from ${duration(from - start)} to ${duration(to - start)}`;
  const said = element(
    "td",
    "quiet",
    error === undefined ? detail : `${kind === "build" ? "failed" : detail}: ${error}`,
  );
  said.title = said.textContent ?? "";
  const cells = [label, said, element("td", "number", duration(to - from)), element("td", "lane", mark)];
  return element("tr", error === undefined ? "" : "failed", ...cells);
}

/** @param {string} what @param {ScopeRecord | undefined} record @param {OpenScope | undefined} open @param {number} now */
function detailOf(what, record, open, now) {
  /** @type {(Node | string)[]} */
  const parts = [element("h2", "", what), summaryOf(record, open, now)];
  for (const reason of open?.late ?? []) parts.push(element("p", "note", `Still open: ${reason}.`));
  if (record === undefined) {
    parts.push(element("p", "quiet", "It was opened before the inspector started: what it has built is not known."));
    return parts;
  }
  if (record.closed?.reason !== undefined)
    parts.push(element("p", "note bad", `${record.closed.outcome}: ${record.closed.reason}`));
  for (const failure of record.closed?.failures ?? [])
    parts.push(element("p", "note bad", `A disposer threw: ${failure}`));
  parts.push(element("h3", "", "In time"), waterfallOf(record, now), cutOf(record));
  if (record.builds.length + record.disposals.length > 0) parts.push(keyOf());
  if (record.openedAt !== undefined) parts.push(element("h3", "", "Opened from"), element("pre", "", record.openedAt));
  parts.push(element("h3", "", "Ids"), element("pre", "", idsOf(record)));
  return parts;
}

/** @param {ScopeRecord | undefined} record @param {OpenScope | undefined} open @param {number} now */
function summaryOf(record, open, now) {
  const state = record?.closed?.outcome ?? open?.state ?? "open";
  const line = element("p", "", element("span", `badge ${state}`, state));
  if (record === undefined) return line;
  const age = (record.closed?.time ?? now) - record.opened;
  const ending =
    record.closed && record.closing ? `, of which its end ${duration(record.closed.time - record.closing.time)}` : "";
  const built = record.builds.length + record.moreBuilds;
  const disposed = record.disposals.length + record.moreDisposals;
  line.append(
    `${duration(age)}${ending} · ${counted(built, "built", "built")} · ${counted(record.found, "time", "times")} found ready · ${counted(disposed, "disposed", "disposed")}`,
  );
  return line;
}

/** @param {ScopeRecord} record */
function cutOf({ moreBuilds, moreDisposals }) {
  if (moreBuilds + moreDisposals === 0) return "";
  return element(
    "p",
    "note",
    `Not shown: ${moreBuilds.toLocaleString("en")} more builds, ${moreDisposals.toLocaleString("en")} more disposals.`,
  );
}

function keyOf() {
  const entry = (/** @type {string} */ kind, /** @type {string} */ text) =>
    element("span", "", element("i", kind), text);
  return element(
    "p",
    "key",
    entry("build", "built"),
    entry("wait", "waited for held work"),
    entry("dispose", "disposed, in this order"),
  );
}

/** @param {ScopeRecord} record */
function idsOf({ id, parentId, containerId, name }) {
  const around = parentId === undefined ? "" : `\ninside     ${parentId}`;
  const named = name === undefined ? "" : `\nnamed      ${name}`;
  return `scope      ${id}${around}${named}\ncontainer  ${containerId}`;
}
