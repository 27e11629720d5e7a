// Where the nodes stand: a band for each layer, the shortest life on top, so that most edges go down.

const BOX = { width: 176, height: 28, gapX: 26, gapY: 16, title: 30, bandGap: 26, side: 14 };

/** @param {PageNode[]} nodes @param {PageEdge[]} edges @param {string[]} layers @param {number} shape width by height @returns {Placement} */
function layOut(nodes, edges, layers, shape) {
  const bands = layers.flatMap((layer) => {
    const ids = nodes.filter((node) => node.layer === layer).map(({ id }) => id);
    return ids.length === 0 ? [] : [{ layer, ids: byRank(ids, edges) }];
  });
  const rows = rowsOf(bands, columnsFor(bands, shape));
  untangle(rows, edges);
  return place(bands, rows);
}

/** What holds others stands before them. */
/** @param {string[]} ids @param {PageEdge[]} edges */
function byRank(ids, edges) {
  const members = new Set(ids);
  const inside = edges.filter(({ from, to }) => from !== to && members.has(from) && members.has(to));
  const ranks = ranksOf(ids, inside);
  return [...ids].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0) || (a < b ? -1 : 1));
}

/** The longest way from what nobody in the layer holds; a circle is cut where it was entered. */
/** @param {string[]} ids @param {PageEdge[]} edges */
function ranksOf(ids, edges) {
  /** @type {Map<string, string[]>} */
  const holders = new Map();
  for (const { from, to } of edges) holders.set(to, [...(holders.get(to) ?? []), from]);
  /** @type {Map<string, number>} */
  const ranks = new Map();
  const open = new Set();
  /** @param {string} id @returns {number} */
  const rankOf = (id) => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    if (open.has(id)) return -1;
    open.add(id);
    const rank = Math.max(-1, ...(holders.get(id) ?? []).map(rankOf)) + 1;
    open.delete(id);
    ranks.set(id, rank);
    return rank;
  };
  for (const id of ids) rankOf(id);
  return ranks;
}

/** How many boxes stand side by side, so that the whole is shown as large as can be. */
/** @param {{ ids: string[] }[]} bands @param {number} shape */
function columnsFor(bands, shape) {
  const most = Math.max(1, ...bands.map(({ ids }) => ids.length));
  let best = { columns: 1, scale: 0 };
  for (let columns = 1; columns <= Math.min(most, 24); columns++) {
    const rows = bands.reduce((sum, { ids }) => sum + Math.ceil(ids.length / columns), 0);
    const width = columns * (BOX.width + BOX.gapX);
    const height = rows * (BOX.height + BOX.gapY) + bands.length * (BOX.title + BOX.bandGap);
    const scale = Math.min(shape / width, 1 / height);
    if (scale > best.scale) best = { columns, scale };
  }
  return best.columns;
}

/** @param {{ layer: string, ids: string[] }[]} bands @param {number} columns */
function rowsOf(bands, columns) {
  return bands.flatMap(({ layer, ids }) => {
    const count = Math.ceil(ids.length / columns);
    const size = Math.ceil(ids.length / count);
    return Array.from({ length: count }, (_, row) => ({ layer, ids: ids.slice(row * size, (row + 1) * size) }));
  });
}

/** Moves nodes along their row, near to what they are connected with, a few times from both sides. */
/** @param {{ ids: string[] }[]} rows @param {PageEdge[]} edges */
function untangle(rows, edges) {
  /** @type {Map<string, string[]>} */
  const near = new Map();
  for (const { from, to } of edges) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  /** @type {Map<string, number>} */
  const places = new Map();
  const note = (/** @type {{ ids: string[] }} */ { ids }) => {
    for (const [column, id] of ids.entries()) places.set(id, column - ids.length / 2);
  };
  rows.forEach(note);
  for (let round = 0; round < 8; round++) {
    for (const row of round % 2 === 0 ? rows : [...rows].reverse()) {
      const wanted = new Map(
        row.ids.map((id) => [
          id,
          mean(
            (near.get(id) ?? []).map((each) => places.get(each) ?? 0),
            places.get(id) ?? 0,
          ),
        ]),
      );
      row.ids.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || (a < b ? -1 : 1));
      note(row);
    }
  }
}

/** @param {number[]} numbers @param {number} none */
function mean(numbers, none) {
  return numbers.length === 0 ? none : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

/** @param {{ layer: string }[]} bands @param {{ layer: string, ids: string[] }[]} rows @returns {Placement} */
function place(bands, rows) {
  const columns = Math.max(1, ...rows.map(({ ids }) => ids.length));
  const width = columns * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.side;
  /** @type {Placement} */
  const placement = { at: new Map(), bands: [], width, height: 0 };
  let y = 0;
  for (const { layer } of bands) {
    const top = y;
    y += BOX.title;
    for (const { ids } of rows.filter((row) => row.layer === layer)) {
      const left = (width - ids.length * (BOX.width + BOX.gapX) + BOX.gapX) / 2;
      for (const [column, id] of ids.entries()) placement.at.set(id, { x: left + column * (BOX.width + BOX.gapX), y });
      y += BOX.height + BOX.gapY;
    }
    placement.bands.push({ layer, y: top, height: y - top });
    placement.height = y;
    y += BOX.bandGap;
  }
  return placement;
}
