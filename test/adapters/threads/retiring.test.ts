/** How a plain Worker ends, and what becomes of its connection then. Needs a build. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { ScopeStateError } from "ambit";
import { scopedWorker } from "ambit/threads";
import { expect, test } from "vitest";
import { serverForEach, untilNobodyListens } from "../pools/kind.js";
import { workerOf } from "../pools/kinds.js";

const goodbyes = serverForEach();
const require = createRequire(import.meta.url);
const RECYCLES = Number(process.env.RECYCLES ?? 10);
const NATURAL = fileURLToPath(new URL("./natural.js", import.meta.url));

test("terminate() ends it politely", async () => {
  const worker = workerOf(goodbyes());
  const workers = scopedWorker(worker, { onForced: () => expect.unreachable() });
  await workers.run({ op: "about" });
  expect(await worker.terminate()).toBeTypeOf("number");
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test.runIf(Symbol.asyncDispose in Worker.prototype)("so does its own [Symbol.asyncDispose]()", async () => {
  const worker = workerOf(goodbyes());
  await scopedWorker(worker).run({ op: "about" });
  await (worker as unknown as AsyncDisposable)[Symbol.asyncDispose]();
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("an answer that cannot be cloned rejects its task, and the worker stays", async () => {
  await using workers = scopedWorker(workerOf(goodbyes()));
  const { threadId } = await workers.run({ op: "about" });
  await expect(workers.run({ op: "unclonable" })).rejects.toThrow("could not be cloned");
  expect(await workers.run({ op: "about" })).toMatchObject({ threadId });
});

test("a worker whose modules call scopePerTask twice is told to choose", async () => {
  const twice = `import { Container } from "ambit"; import { scopePerTask } from "ambit/worker";
    for (const answer of [1, 2]) scopePerTask(new Container(), () => answer);`;
  await using workers = scopedWorker(workerThatRuns(twice));
  await expect(workers.run({})).rejects.toThrow("scopePerTask 2 times");
});

test("a task waits for a worker whose module awaits something before it calls scopePerTask", async () => {
  const late = `import { once } from "node:events"; import { parentPort } from "node:worker_threads";
    import { Container } from "ambit"; import { scopePerTask } from "ambit/worker";
    parentPort.postMessage("Has the task been posted?");
    await once(parentPort, "message");
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    scopePerTask(new Container(), () => "answered");`;
  const worker = workerThatRuns(late);
  await using workers = scopedWorker(worker);
  worker.on("message", (message) => typeof message === "string" && worker.postMessage("Yes."));
  expect(await workers.run({})).toBe("answered");
});

test("a task rejects when its worker ends and no module has called scopePerTask", async () => {
  await using workers = scopedWorker(workerThatRuns('import "ambit/worker";'));
  await expect(workers.run({})).rejects.toThrow("no result");
});

test("a worker that never says hello is ended at the deadline, which is reported", async () => {
  const forced: Error[] = [];
  const worker = workerThatRuns("setInterval(() => {}, 1_000);");
  const { threadId } = worker;
  await scopedWorker(worker, { deadline: 50, onForced: (_, reason) => forced.push(reason) }).close();
  expect(forced).toEqual([expect.any(ScopeStateError)]);
  expect(forced[0].message).toContain(`Worker thread ${threadId} did not end within 50 ms`);
});

/** With the addresses of packages: what is no file has nowhere to look for them. */
function workerThatRuns(program: string): Worker {
  const addressed = program.replaceAll(
    /"(ambit[^"]*)"/g,
    (_, name) => `"${pathToFileURL(require.resolve(name)).href}"`,
  );
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(addressed)}`));
}

test("close() before its first task ends it politely", async () => {
  await scopedWorker(workerOf(goodbyes()), { onForced: () => expect.unreachable() }).close();
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("a worker that has no tasks ends by itself, politely, and keeps nothing alive", async () => {
  const worker = new Worker(NATURAL, { env: goodbyes().env() });
  const workers = scopedWorker(worker, { onForced: () => expect.unreachable() });
  await once(worker, "exit");
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  await expect(workers.run({})).rejects.toThrow("no result");
  await workers.close();
});

test("so does one that nobody wrapped", async () => {
  const worker = new Worker(NATURAL, { env: goodbyes().env() });
  await once(worker, "exit");
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("a failing disposer of a worker that ends by itself is warned of", async () => {
  const worker = new Worker(NATURAL, { env: goodbyes().env({ TEST_DISPOSER: "fails" }), stderr: true });
  let text = "";
  worker.stderr.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  await Promise.all([once(worker, "exit"), once(worker.stderr, "end")]);
  expect(text).toContain("goodbye failed");
});

test(`${RECYCLES} workers one after the other all say goodbye, and no listener is left`, {
  timeout: 120_000,
}, async () => {
  await untilNobodyListens();
  for (let recycle = 0; recycle < RECYCLES; recycle++) {
    await using workers = scopedWorker(workerOf(goodbyes()), { onForced: () => expect.unreachable() });
    await workers.run({ op: "about" });
  }
  expect(await goodbyes().over(RECYCLES)).toEqual({ polite: RECYCLES, impolite: 0 });
  expect(process.listenerCount("SIGTERM")).toBe(0);
});
