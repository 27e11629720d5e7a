/** CPU time of this process, all its threads (compiler and garbage collector too) included. */

const WARM_UP_ROUNDS = 8;

/**
 * CPU nanoseconds for each of `n` in `batch(n)`, once per round, after a warm-up that also finds the `n` for which a
 * round takes about `milliseconds`.
 *
 * @param {(n: number) => unknown} batch may return a promise
 */
export async function cpuRounds(batch, { rounds, milliseconds }) {
  const n = await sizeOf(batch, milliseconds * 1e6);
  for (let round = 1; round < WARM_UP_ROUNDS; round++) await batch(n);
  const figures = [];
  for (let round = 0; round < rounds; round++) figures.push((await cpuOf(() => batch(n))) / n);
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

async function sizeOf(batch, nanoseconds) {
  for (let n = 1; ; ) {
    const taken = await cpuOf(() => batch(n));
    if (taken >= nanoseconds / 2) return Math.max(1, Math.round((n * nanoseconds) / taken));
    n *= 4;
  }
}
