// Words and elements. All text goes in as text: a token may be called anything.

/**
 * @param {string} tag
 * @param {string} [className]
 * @param {...(Node | string)} content
 */
function element(tag, className = "", ...content) {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  if (milliseconds < 0.1) return `${Math.max(0, milliseconds * 1000).toFixed(0)} µs`;
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1_000) return `${milliseconds.toFixed(0)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.floor((milliseconds % 60_000) / 1_000)} s`
    : `${(minutes / 60).toFixed(1)} h`;
}

/** @param {number} count @param {string} one @param {string} [several] */
function counted(count, one, several = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
}

/** What a scope is for. @param {{ origin?: string | undefined, name?: string | undefined, id: string } | undefined} scope */
function titleOf(scope) {
  return scope?.origin ?? scope?.name ?? `scope ${scope?.id.slice(0, 8)}`;
}
