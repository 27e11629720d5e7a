/**
 * Measures one contender in a process of its own, because feedback from a neighbour doubles the figures.
 *
 *     node measure.js ambit sync
 *
 * Prints the CPU nanoseconds per request of each round after the warm-up, as JSON. Fails if the contender does not do
 * the work: share within a request, share nothing across, dispose each disposable once, the newest first.
 */
import { deepStrictEqual, strictEqual } from "node:assert";
import { counts, disposed, record, Request } from "./graph.js";

const [name, mode] = process.argv.slice(2);
const contender = await import(`./contenders/${name}.js`);
const request = contender[mode];

const WARM_UP_ROUNDS = 3;
const ROUNDS = 7;
const REQUESTS = 200_000;
const IN_FLIGHT = 100;

await check();
const rounds = [];
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++)
  rounds.push(await (mode === "sync" ? measureSync() : measureAsync()));
strictEqual(counts.disposed, counts.made, "something was not disposed");
console.log(JSON.stringify(rounds.slice(WARM_UP_ROUNDS)));

async function check() {
  record(true);
  const users = await Promise.all([request(new Request("Ada")), request(new Request("Bob"))]);
  deepStrictEqual(users, ["Ada", "Bob"]);
  // Each request ends its audit log before its transaction; two that run at the same time may take turns.
  strictEqual(disposed.filter((name) => name === "audit log").length, 2);
  strictEqual(disposed.filter((name) => name === "transaction").length, 2);
  strictEqual(disposed[0], "audit log");
  strictEqual(disposed[3], "transaction");
  record(false);
}

function measureSync() {
  const start = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i++) request(new Request("Ada"));
  return nanosecondsSince(start);
}

async function measureAsync() {
  const start = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => request(new Request("Ada"))));
  }
  return nanosecondsSince(start);
}

function nanosecondsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / REQUESTS;
}
