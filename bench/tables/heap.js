/** Whether the heap grows with the number of requests that were served. */
import { AMBIT } from "../contenders/index.js";
import { Request } from "../graph.js";
import { requestsOf } from "../requests.js";
import { apiOf } from "./common.js";

const SEGMENTS = 7;
const REQUESTS = 1_000_000;

export default {
  title: "Heap after a million requests",
  unit: "bytes a request that stay after a garbage collection",
  columns: { slope: "slope of seven segments" },
  rows: ["hand-als", ...AMBIT, "inversify-equal", "tsyringe"],
  execArgv: ["--expose-gc"],
  turns: () => 1,
  note: "Fewer requests, where a million would take more than five seconds.",

  async measure(row) {
    const { sync } = requestsOf(await apiOf(row));
    const size = sizeOf(sync);
    await serve(sync, size);
    const slopes = [];
    let before = heapUsed();
    for (let segment = 0; segment < SEGMENTS; segment++) {
      await serve(sync, size);
      const after = heapUsed();
      slopes.push((after - before) / size);
      before = after;
    }
    return slopes;
  },
};

function sizeOf(sync) {
  const start = performance.now();
  for (let i = 0; i < 20_000; i++) sync(new Request("Ada"));
  const perSecond = 20_000_000 / (performance.now() - start);
  return Math.round(Math.min(REQUESTS, 5 * perSecond) / SEGMENTS);
}

/** In parts, so that promises that a contender leaves behind are settled. */
async function serve(sync, requests) {
  for (let i = 0; i < requests; i++) {
    sync(new Request("Ada"));
    if (i % 10_000 === 0) await new Promise(setImmediate);
  }
}

function heapUsed() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
