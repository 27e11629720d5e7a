/** One request: open, seed, resolve a graph of 3 long-lived, 4 context-lived and 3 transient instances, call it, end 2. */
import assert from "node:assert/strict";
import { cpuRounds } from "../clock.js";
import { AMBIT, HAND, PEERS } from "../contenders/index.js";
import { counts, Request } from "../graph.js";
import { requestsOf } from "../requests.js";
import { apiOf } from "./common.js";

const IN_FLIGHT = 100;

export default {
  title: "One request",
  unit: "CPU ns",
  columns: { sync: "sync", async: "async, 100 in flight" },
  rows: [...HAND, ...AMBIT, ...PEERS],
  base: "hand-als",
  // The main table: more processes, and rounds long enough to have their share of full garbage collections.
  turns: (turns) => (turns > 1 ? turns + 1 : 1),
  rounds: 3,
  longer: 2,
  note: "NestJS and nestjs-cls resolve, and typed-inject disposes, asynchronously only.",

  async measure(row, column, settings) {
    const { sync, async } = requestsOf(await apiOf(row));
    if (column === "sync" && !sync) return null;
    counts.made = counts.disposed = 0;
    const values = await cpuRounds(column === "sync" ? oneByOne(sync) : inFlight(async), settings);
    assert.equal(counts.disposed, counts.made, "something was not disposed");
    return values;
  },
};

function oneByOne(request) {
  return (n) => {
    for (let i = 0; i < n; i++) request(new Request("Ada"));
  };
}

function inFlight(request) {
  return async (n) => {
    for (let left = n; left > 0; left -= IN_FLIGHT) {
      await Promise.all(Array.from({ length: Math.min(left, IN_FLIGHT) }, () => request(new Request("Ada"))));
    }
  };
}
