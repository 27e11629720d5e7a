/** CPU time of this process, all its threads (compiler and garbage collector too) included. */

const WARM_UP_ROUNDS = 5;

/** After that many, promises that a contender has left behind are settled, as they would be between requests. */
const PART = 2_000;

/**
 * CPU nanoseconds for each of `n` in `batch(n)`, once per round, after a warm-up that also finds the `n` for which a
 * round takes about `milliseconds`. Each round of the warm-up corrects it: what is first measured is mostly the
 * compiler, which in a large app would make rounds of a few dozen.
 *
 * @param {(n: number) => unknown} batch may return a promise
 */
export async function cpuRounds(batch, { rounds, milliseconds }) {
  const nanoseconds = milliseconds * 1e6;
  let n = await sizeOf(batch, nanoseconds);
  for (let round = 1; round < WARM_UP_ROUNDS; round++) {
    const taken = await cpuOf(() => inParts(batch, n));
    n = Math.max(n, Math.round((n * nanoseconds) / taken));
  }
  const figures = [];
  for (let round = 0; round < rounds; round++) figures.push((await cpuOf(() => inParts(batch, n))) / n);
  return figures;
}

/** CPU nanoseconds of one call. */
export async function cpuOf(call) {
  const start = process.cpuUsage();
  const done = call();
  if (done instanceof Promise) await done;
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
}

async function inParts(batch, n) {
  for (let left = n; left > 0; left -= PART) await batch(Math.min(left, PART));
}

async function sizeOf(batch, nanoseconds) {
  for (let n = 1; ; ) {
    const taken = await cpuOf(() => inParts(batch, n));
    if (taken >= nanoseconds / 2) return Math.max(1, Math.round((n * nanoseconds) / taken));
    n *= 4;
  }
}
