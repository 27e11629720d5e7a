// The graph as SVG. Names get there as text only, never as markup.

const CLASSES = /** @type {Record<string, string>} */ ({
  "not registered": "of-missing",
  "per call": "of-per-call",
  scope: "of-scope",
  container: "of-container",
  thread: "of-thread",
  values: "of-values",
});
const LOOSE = new Set(["ref", "proxy", "recorded"]);

/** @param {string} name @param {Record<string, string | number>} attributes @param {(Element | string)[]} children */
function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @param {Band} band @param {number} width */
function bandShape({ layer, y, height }, width) {
  return svg(
    "g",
    { class: `band ${CLASSES[layer]}` },
    svg("rect", { x: 0, y, width, height, rx: 8 }),
    svg("text", { x: 12, y: y + 20 }, layer),
  );
}

/** @param {PageNode} node @param {Point} point */
function nodeShape({ id, lifetime, layer, problems, unseen }, { x, y }) {
  const classes = ["node", CLASSES[layer], ...(problems.length > 0 ? ["bad"] : []), ...(unseen ? ["unseen"] : [])];
  const said = [
    id,
    lifetime,
    ...(problems.length > 0 ? ["has problems"] : []),
    ...(unseen ? ["may ask for more"] : []),
  ].join(", ");
  const shape = svg(
    "g",
    {
      class: classes.join(" "),
      transform: `translate(${x} ${y})`,
      tabindex: -1,
      role: "button",
      "aria-label": said,
      "data-id": id,
    },
    svg("title", {}, said),
    svg("rect", { class: "box", width: BOX.width, height: BOX.height, rx: 6 }),
    svg("rect", { class: "bar", width: 5, height: BOX.height, rx: 2 }),
    svg("text", { x: 13, y: 19 }, shortened(id, problems.length > 0 ? 20 : 22)),
  );
  if (problems.length > 0) shape.append(svg("text", { class: "mark", x: BOX.width - 14, y: 19 }, "!"));
  return shape;
}

/** @param {string} text @param {number} length */
function shortened(text, length) {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** @param {PageEdge} edge @param {Point} from @param {Point} to */
function edgeShape({ kind, problems }, from, to) {
  const classes = ["edge", ...(LOOSE.has(kind) ? ["loose"] : []), ...(problems.length > 0 ? ["bad"] : [])];
  return svg("path", {
    class: classes.join(" "),
    d: curve(from, to),
  });
}

/** The end of an edge has the colour of the edge. */
/** @param {Element} shape @param {PageEdge} edge @param {boolean} isNear */
function point(shape, { problems }, isNear) {
  shape.setAttribute("marker-end", `url(#${problems.length > 0 ? "tip-bad" : isNear ? "tip-near" : "tip"})`);
}

/** From the bottom of a box to the top of one below; upwards the other way; along a row around the outside. */
/** @param {Point} from @param {Point} to */
function curve(from, to) {
  const [x1, x2] = [from.x + BOX.width / 2, to.x + BOX.width / 2];
  if (from.y === to.y) {
    const y = from.y + BOX.height;
    return `M${x1} ${y} C${x1} ${y + 22} ${x2} ${y + 22} ${x2} ${y + 2}`;
  }
  const isDown = to.y > from.y;
  const y1 = isDown ? from.y + BOX.height : from.y;
  const y2 = isDown ? to.y - 2 : to.y + BOX.height + 2;
  const bend = (y2 - y1) / 2;
  return `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

function tips() {
  const tip = (/** @type {string} */ id, /** @type {string} */ fill) =>
    svg(
      "marker",
      {
        id,
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 8,
        markerHeight: 8,
        markerUnits: "userSpaceOnUse",
        orient: "auto",
      },
      svg("path", { d: "M0 0 8 4 0 8z", style: `fill:${fill}` }),
    );
  return svg("defs", {}, tip("tip", "var(--edge)"), tip("tip-bad", "var(--bad)"), tip("tip-near", "var(--accent)"));
}

/** What is seen of the picture: a window that is moved and made larger or smaller. */
class Camera {
  /** @param {SVGSVGElement} element */
  constructor(element) {
    this.element = element;
    this.window = { x: 0, y: 0, width: 100, height: 100 };
    this.size = { width: 100, height: 100 };
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    element.addEventListener("pointerdown", (event) => this.drag(event));
  }

  /** @param {{ width: number, height: number }} size */
  fit(size = this.size) {
    this.size = size;
    const { clientWidth, clientHeight } = this.element;
    // A graph of three boxes need not fill the screen.
    const width = Math.max(size.width + 24, clientWidth / 1.3);
    const height = Math.max(size.height + 16, clientHeight / 1.3);
    this.show({ x: (size.width - width) / 2, y: (size.height - height) / 2, width, height });
  }

  /** @param {{ x: number, y: number, width: number, height: number }} window */
  show(window) {
    this.window = window;
    this.element.setAttribute("viewBox", `${window.x} ${window.y} ${window.width} ${window.height}`);
  }

  /** How many units of the picture a pixel is. */
  get scale() {
    const { clientWidth, clientHeight } = this.element;
    return Math.max(this.window.width / Math.max(1, clientWidth), this.window.height / Math.max(1, clientHeight));
  }

  /** @param {number} factor @param {Point} [around] */
  zoom(factor, around = { x: this.window.x + this.window.width / 2, y: this.window.y + this.window.height / 2 }) {
    const { x, y, width, height } = this.window;
    const wanted = Math.min(Math.max(this.scale * factor, 0.25), 12) / this.scale;
    this.show({
      x: around.x - (around.x - x) * wanted,
      y: around.y - (around.y - y) * wanted,
      width: width * wanted,
      height: height * wanted,
    });
  }

  /** Shows a box at a size at which it can be read, if it is not in sight already. */
  /** @param {Point} point */
  reveal({ x, y }) {
    const { clientWidth, clientHeight } = this.element;
    const scale = Math.min(this.scale, 1.15);
    const [width, height] = [clientWidth * scale, clientHeight * scale];
    const { window } = this;
    const inSight =
      x > window.x &&
      y > window.y &&
      x + BOX.width < window.x + window.width &&
      y + BOX.height < window.y + window.height;
    if (inSight && scale === this.scale) return;
    this.show({ x: x + BOX.width / 2 - width / 2, y: y + BOX.height / 2 - height / 2, width, height });
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const matrix = this.element.getScreenCTM();
    if (matrix === null) return;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    this.zoom(Math.exp(Math.sign(event.deltaY) * 0.16), { x, y });
  }

  /** @param {PointerEvent} start */
  drag(start) {
    if (start.button !== 0) return;
    const { x, y } = this.window;
    const { scale } = this;
    const move = (/** @type {PointerEvent} */ event) =>
      this.show({
        ...this.window,
        x: x - (event.clientX - start.clientX) * scale,
        y: y - (event.clientY - start.clientY) * scale,
      });
    const end = () => removeEventListener("pointermove", move);
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
    addEventListener("pointercancel", end, { once: true });
  }
}
