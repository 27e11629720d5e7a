// Puts the page together: the list, the picture, what is chosen, the keys.

/** The graph, and who holds whom. */
class Model {
  /** @param {PageData} data */
  constructor(data) {
    this.data = data;
    this.byId = new Map(data.nodes.map((node) => [node.id, node]));
    /** @type {Map<string, PageEdge[]>} */
    this.out = new Map();
    /** @type {Map<string, PageEdge[]>} */
    this.in = new Map();
    for (const edge of data.edges) {
      this.out.set(edge.from, [...this.outOf(edge.from), edge]);
      this.in.set(edge.to, [...this.into(edge.to), edge]);
    }
  }

  /** @param {string} id @returns {PageNode} */
  node(id) {
    return /** @type {PageNode} */ (this.byId.get(id));
  }

  /** @param {string} id */
  outOf(id) {
    return this.out.get(id) ?? [];
  }

  /** @param {string} id */
  into(id) {
    return this.in.get(id) ?? [];
  }

  /** @param {string[]} ids */
  problemsOf(ids) {
    return this.data.problems.filter(({ id, severity }) => severity === "error" && ids.includes(id));
  }

  /** Everything above and below a node, itself included. @param {string} id */
  connectedWith(id) {
    const all = new Set([id]);
    const follow = (
      /** @type {(id: string) => string[]} */ next,
      /** @type {Set<string>} */ seen,
      /** @type {string} */ at,
    ) => {
      for (const other of next(at)) {
        if (seen.has(other)) continue;
        seen.add(other);
        all.add(other);
        follow(next, seen, other);
      }
    };
    follow((at) => this.outOf(at).map(({ to }) => to), new Set([id]), id);
    follow((at) => this.into(at).map(({ from }) => from), new Set([id]), id);
    return all;
  }
}

const byId = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const model = new Model(JSON.parse(byId("data").textContent ?? ""));
const picture = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById("picture")));
const camera = new Camera(picture);
const search = byId("search");
/** @type {string | undefined} */
let chosen;
/** @type {Placement} */
let placement = layOut([], [], [], 1);
/** @type {Map<string, Element>} */
const shapes = new Map();
/** @type {{ edge: PageEdge, shape: Element }[]} */
let lines = [];

/** @param {PageNode} node */
function isFound({ id, lifetime, provider }) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${id} ${lifetime} ${provider}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function visibleNodes() {
  const connected = byId("only-connected").checked && chosen !== undefined ? model.connectedWith(chosen) : undefined;
  const bad = byId("only-problems").checked ? nearProblems() : undefined;
  return model.data.nodes.filter(({ id }) => (connected?.has(id) ?? true) && (bad?.has(id) ?? true));
}

/** What has problems, and both ends of each edge that has. */
function nearProblems() {
  const bad = model.data.nodes.filter(({ problems }) => problems.length > 0).map(({ id }) => id);
  const ends = model.data.edges.filter(({ problems }) => problems.length > 0).flatMap(({ from, to }) => [from, to]);
  return new Set([...bad, ...ends]);
}

function redraw() {
  const nodes = visibleNodes();
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = model.data.edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const { clientWidth, clientHeight } = picture;
  placement = layOut(nodes, edges, model.data.layers, clientWidth / Math.max(1, clientHeight));
  shapes.clear();
  lines = edges.map((edge) => ({ edge, shape: edgeShape(edge, pointOf(edge.from), pointOf(edge.to)) }));
  for (const node of nodes) shapes.set(node.id, nodeShape(node, pointOf(node.id)));
  picture.replaceChildren(
    tips(),
    ...placement.bands.map((band) => bandShape(band, placement.width)),
    ...lines.map(({ shape }) => shape),
    ...shapes.values(),
  );
  byId("empty").hidden = nodes.length > 0;
  camera.fit(placement);
  mark();
}

/** @param {string} id @returns {Point} */
function pointOf(id) {
  return /** @type {Point} */ (placement.at.get(id));
}

/** Fades what is not looked for, and what the chosen one has nothing to do with. */
function mark() {
  const connected = chosen === undefined ? undefined : model.connectedWith(chosen);
  for (const [id, shape] of shapes) {
    const isOut = connected === undefined ? !isFound(model.node(id)) : !connected.has(id);
    shape.classList.toggle("dim", isOut);
    shape.classList.toggle("chosen", id === chosen);
    shape.setAttribute(
      "tabindex",
      id === (chosen !== undefined && shapes.has(chosen) ? chosen : shapes.keys().next().value) ? "0" : "-1",
    );
  }
  for (const { edge, shape } of lines) {
    const isNear = edge.from === chosen || edge.to === chosen;
    shape.classList.toggle("near", isNear);
    point(shape, edge, isNear);
    shape.classList.toggle("far", connected !== undefined && !isNear);
    shape.classList.toggle("dim", connected !== undefined && !(connected.has(edge.from) && connected.has(edge.to)));
    if (isNear) shape.parentNode?.insertBefore(shape, shapes.values().next().value ?? null);
  }
  for (const item of document.querySelectorAll("#list .item"))
    item.setAttribute("aria-current", String(item.getAttribute("data-id") === chosen));
}

function redrawList() {
  const groups = model.data.layers.flatMap((layer) => {
    const nodes = model.data.nodes.filter((node) => node.layer === layer && isFound(node));
    const names = nodes.sort((a, b) => (a.id < b.id ? -1 : 1)).map((node) => html("li", {}, itemFor(node, choose)));
    return names.length === 0
      ? []
      : [html("li", { class: `group ${CLASSES[layer]}` }, `${layer} (${names.length})`), ...names];
  });
  byId("list").replaceChildren(
    ...(groups.length > 0 ? groups : [html("li", { class: "group" }, "Nothing is called that.")]),
  );
  mark();
}

/** @param {string | undefined} id */
function choose(id) {
  chosen = id;
  byId("panel").replaceChildren(...(id === undefined ? tellAll(model) : tellNode(model.node(id), model, choose)));
  byId("panel").scrollTop = 0;
  history.replaceState(null, "", id === undefined ? " " : `#${encodeURIComponent(id)}`);
  if (byId("only-connected").checked || (id !== undefined && !shapes.has(id))) {
    if (id !== undefined && !visibleNodes().some((node) => node.id === id)) byId("only-problems").checked = false;
    redraw();
  } else {
    mark();
    if (id !== undefined) camera.reveal(pointOf(id));
  }
}

/** The nearest node in a direction. */
/** @param {string} key @param {string} id */
function nextTo(key, id) {
  const from = pointOf(id);
  const towards = /** @type {Record<string, [number, number]>} */ ({
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  })[key];
  if (towards === undefined) return undefined;
  const [dx, dy] = towards;
  const ranked = [...placement.at].flatMap(([other, { x, y }]) => {
    const [along, across] = [
      (x - from.x) * dx + (y - from.y) * dy,
      Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx),
    ];
    return along > 0 ? [{ other, far: along + across * 3 }] : [];
  });
  return ranked.sort((a, b) => a.far - b.far)[0]?.other;
}

/** @param {string} id */
function chooseAndFocus(id) {
  choose(id);
  /** @type {SVGElement | undefined} */ (shapes.get(id))?.focus();
}

picture.addEventListener("click", ({ target }) => {
  const id = /** @type {Element} */ (target).closest(".node")?.getAttribute("data-id");
  if (id != null) chooseAndFocus(id);
});
picture.addEventListener("keydown", (event) => {
  const id = /** @type {Element} */ (event.target).closest(".node")?.getAttribute("data-id");
  if (id == null) return;
  const next = event.key === "Enter" || event.key === " " ? id : nextTo(event.key, id);
  if (event.key.startsWith("Arrow") || next !== undefined) event.preventDefault();
  if (next !== undefined) chooseAndFocus(next);
});
byId("list").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const items = [...document.querySelectorAll("#list .item")];
  const index = items.indexOf(/** @type {Element} */ (document.activeElement)) + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  /** @type {HTMLElement} */ (index < 0 ? search : (items[index] ?? document.activeElement)).focus();
});
search.addEventListener("keydown", (event) => {
  const first = /** @type {HTMLElement | null} */ (document.querySelector("#list .item"));
  if (event.key === "ArrowDown") first?.focus();
  if (event.key === "Enter") first?.click();
});
search.addEventListener("input", redrawList);
for (const box of ["only-problems", "only-connected"]) byId(box).addEventListener("change", redraw);
byId("zoom-in").addEventListener("click", () => camera.zoom(0.8));
byId("zoom-out").addEventListener("click", () => camera.zoom(1.25));
byId("fit").addEventListener("click", () => camera.fit());
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    search.value = "";
    redrawList();
    choose(undefined);
    return;
  }
  if (event.target === search) return;
  if (event.key === "/") {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "+") camera.zoom(0.8);
  if (event.key === "-") camera.zoom(1.25);
  if (event.key === "0") camera.fit();
});

const problemCount = model.data.problems.filter(({ severity }) => severity === "error").length;
byId("counts").append(
  `${model.data.nodes.length} things that can be built, ${model.data.edges.length} edges, `,
  html(problemCount > 0 ? "strong" : "span", {}, `${problemCount} ${problemCount === 1 ? "problem" : "problems"}`),
);
redraw();
redrawList();
const wanted = decodeURIComponent(location.hash.slice(1));
choose(model.byId.has(wanted) ? wanted : undefined);
