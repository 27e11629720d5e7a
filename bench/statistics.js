/** Median and spread, and when two of them can be told apart. */

/** @typedef {{ values: number[], median: number, low: number, high: number }} Figure */

/** @returns {Figure} with the lowest and the highest of all values as the spread */
export function figureOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { values, median: middleOf(sorted), low: sorted[0], high: sorted.at(-1) };
}

export const median = (values) => middleOf(values.toSorted((a, b) => a - b));

function middleOf(sorted) {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** False as soon as the two spreads overlap. */
export const isResolved = (one, other) => one.high < other.low || other.high < one.low;
