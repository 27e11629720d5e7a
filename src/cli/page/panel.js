// What is told of one node, or of the whole.

/** @param {string} name @param {Record<string, string>} attributes @param {(Node | string)[]} children */
function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A button that chooses a node. */
/** @param {PageNode} node @param {(id: string) => void} choose @param {string} [how] */
function itemFor({ id, layer, problems }, choose, how) {
  const button = html(
    "button",
    { type: "button", class: `item ${CLASSES[layer]}`, "data-id": id, title: id },
    html("span", { class: "dot" }),
    html("span", { class: "name" }, id),
  );
  if (how !== undefined) button.append(html("span", { class: "how" }, how));
  if (problems.length > 0) button.append(html("span", { class: "mark", "aria-label": "has problems" }, "!"));
  button.addEventListener("click", () => choose(id));
  return button;
}

/** @param {string} title @param {Node[]} parts */
function section(title, parts) {
  return parts.length === 0 ? [] : [html("h3", {}, title), ...parts];
}

/** @param {Node[]} items */
function listOf(items) {
  return items.length === 0 ? [] : [html("ul", {}, ...items.map((item) => html("li", {}, item)))];
}

/** @param {PageEdge} edge */
function howOf({ kind, via }) {
  return kind === "direct" ? via : `${kind}, ${via}`;
}

/** @param {PageProblem[]} problems */
function problemBoxes(problems) {
  return problems.map(({ text }) => html("div", { class: "problem" }, text));
}

/** What holds nothing, and asks each time. */
const FINDS = new Set(["ref", "proxy"]);

/** @param {PageNode} node @param {Model} model @param {(id: string) => void} choose */
function tellNode(node, model, choose) {
  const ending =
    node.disposer === undefined
      ? ""
      : node.disposer === "perhaps"
        ? " · may have a disposer"
        : ` · ends by ${node.disposer}`;
  const made = node.provider === "nothing" ? "" : `${node.async ? "async, " : ""}${node.provider}${ending}`;
  const into = model.into(node.id);
  const items = (/** @type {PageEdge[]} */ edges) =>
    edges.map((edge) => itemFor(model.node(edge.from), choose, howOf(edge)));
  const held = items(into.filter(({ kind }) => !FINDS.has(kind)));
  const found = items(into.filter(({ kind }) => FINDS.has(kind)));
  const needs = model.outOf(node.id).map((edge) => itemFor(model.node(edge.to), choose, howOf(edge)));
  return [
    html("h2", {}, node.id),
    html(
      "p",
      { class: `lifetime ${CLASSES[node.layer]}` },
      node.lifetime,
      html("span", { class: "quiet" }, ` ${made}`),
    ),
    ...problemBoxes(model.problemsOf(node.problems)),
    ...section("Why it lives as long as it does", [
      html("div", { class: "why" }, ...node.why.map((line) => html("p", {}, line))),
    ]),
    html(
      "h3",
      {},
      held.length === 0
        ? "Held by nothing here: it is asked for from outside, or not at all"
        : `Held by ${held.length}`,
    ),
    ...listOf(held),
    ...section(`Found each time by ${found.length}`, listOf(found)),
    ...section(`Needs ${needs.length}`, listOf(needs)),
    ...(node.unseen
      ? [html("p", { class: "quiet" }, "It may ask for more: what its function asks the container for cannot be seen.")]
      : []),
  ];
}

/** @param {Model} model */
function tellAll({ data }) {
  const errors = data.problems.filter(({ severity }) => severity === "error");
  const legend = data.layers
    .filter((layer) => data.nodes.some((node) => node.layer === layer))
    .map((layer) =>
      html(
        "div",
        { class: CLASSES[layer] },
        html("span", { class: "dot" }),
        `${layer}: ${data.nodes.filter((node) => node.layer === layer).length}`,
      ),
    );
  const keys = html("p", { class: "quiet" });
  keys.append(
    html("kbd", {}, "/"),
    " searches, ",
    html("kbd", {}, "Tab"),
    " and the arrow keys go through the graph, ",
    html("kbd", {}, "Esc"),
    " lets go, ",
    html("kbd", {}, "+"),
    " ",
    html("kbd", {}, "-"),
    " ",
    html("kbd", {}, "0"),
    " zoom.",
  );
  return [
    html(
      "h2",
      {},
      errors.length === 0 ? "No problems" : `${errors.length} ${errors.length === 1 ? "problem" : "problems"}`,
    ),
    ...problemBoxes(errors),
    html("h3", {}, "How long things live"),
    html("div", { class: "legend" }, ...legend),
    html(
      "p",
      { class: "quiet" },
      "Dashed lines hold nothing: refs, proxies, and what was only seen to be asked for. Dashed boxes may ask for more than can be seen.",
    ),
    html("h3", {}, "Keys"),
    keys,
  ];
}
