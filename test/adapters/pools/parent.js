/** A program with a pool, for tests of what becomes of its workers when it ends: `node parent.js <kind> <what it does>`. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { scopedPool } from "ambit/piscina";
import { scopedWorker } from "ambit/threads";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { Piscina } from "piscina";
import { Tinypool } from "tinypool";

const [, , kind, what] = process.argv;
const filename = fileURLToPath(new URL("./worker.js", import.meta.url));
const one = { minThreads: 1, maxThreads: 1 };
// Reached only by the task that never ends; a busy machine must not reach it otherwise.
const deadline = what === "is busy" ? 2_000 : 60_000;

function open() {
  if (kind === "piscina") return scopedPool(new Piscina({ filename, atomics: "disabled", ...one }), { deadline });
  if (kind === "tinypool") {
    return scopedTinypool(new Tinypool({ filename, teardown: "teardown", ...one }), { deadline });
  }
  const worker = new Worker(filename);
  // Piscina and tinypool do as much: a worker that waits keeps no process alive.
  if (what === "runs dry") worker.once("message", () => worker.unref());
  return scopedWorker(worker, { deadline });
}

const pool = open();
if (what !== "runs dry") setInterval(() => {}, 1_000);
await pool.run({ op: "about" });
if (what === "is busy") pool.run({ op: "never" }).catch((error) => console.log(`task: ${error.message}`));
if (what === "has plans") {
  process.once("SIGTERM", () => void shutDown());
}
if (what === "has closed") {
  await pool.close();
  console.log(`${process.listenerCount("SIGTERM")} listeners`);
}
console.log("ready");

async function shutDown() {
  console.log(await pool.run({ op: "echo", value: "still there" }));
  await pool.close();
  process.exit(7);
}
