/** What random tasks run: plain JavaScript, because Node runs it without vitest. Imports the built package. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { Container, ContextVar, Lifecycle } from "ambit";
import { scopePerTask } from "ambit/worker";
import { BEGUN, CLOSED, LEAKS, Ledger, OPENED, TOLD } from "./ledger.js";

export { teardown } from "ambit/worker";

const tenant = new ContextVar("random.tenant", { default: "nobody", travels: true });
/** Stays in its thread. */
const own = new ContextVar("random.own", { default: -1 });

/** @type {Ledger} */
let ledger;

/** One per thread. What of its end needs no await happens even when the thread exits by itself. */
class OfThread {
  number = ledger.built(threadId);

  async [Symbol.asyncDispose]() {
    ledger.disposed(this.number);
    await nextTurn();
  }
}

/** One per task. */
class OfTask {
  task = -1;
}

const container = new Container();
container.register(OfThread, OfThread, { lifecycle: Lifecycle.ThreadScoped });
container.register(OfTask, OfTask, { lifecycle: Lifecycle.ContextScoped });

/** @typedef {import("./plan.js").Task & { buffer: SharedArrayBuffer, moved?: Int32Array }} Given */

export default scopePerTask(container, async (/** @type {Given} */ given, scope) => {
  const { number } = given;
  ledger ??= new Ledger(given.buffer);
  ledger.add(number, BEGUN);
  ledger.add(number, OPENED);
  let isDone = false;
  scope.defer(async ({ status }) => {
    ledger.add(number, TOLD, ["success", "error", "aborted"].indexOf(status) + 1);
    // The end of the thread closes scopes in no task's Context.
    if (isDone) check(given);
    for (let turn = 0; turn < given.endTurns; turn++) await nextTurn();
    ledger.add(number, CLOSED);
  });
  scope.resolve(OfThread);
  if (given.moves && given.moved?.[0] !== number) ledger.add(number, LEAKS);
  if (own.get() !== -1) ledger.add(number, LEAKS);
  own.set(number);
  container.resolve(OfTask).task = number;
  try {
    return await work(given, scope.signal);
  } finally {
    isDone = true;
  }
});

async function work(/** @type {Given} */ given, /** @type {AbortSignal} */ signal) {
  const { number, does, turns } = given;
  for (let turn = 0; turn < turns; turn++) {
    await nextTurn();
    check(given);
    if (does !== "stubborn") signal.throwIfAborted();
  }
  if (does === "wait") await aborted(signal);
  if (does === "fail") throw new RangeError(`task ${number}`);
  if (does === "exit") process.exit(3);
  if (does === "crash") await crashed(number);
  return { number, threadId };
}

/** Whether everything that belongs to the task is still its own. */
function check(/** @type {Given} */ { number, tenant: expected }) {
  const isOwn = tenant.get() === expected && own.get() === number && container.resolve(OfTask).task === number;
  if (!isOwn) ledger.add(number, LEAKS);
}

async function aborted(/** @type {AbortSignal} */ signal) {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  throw signal.reason;
}

function crashed(/** @type {number} */ number) {
  setImmediate(() => {
    throw new RangeError(`task ${number}`);
  });
  return new Promise(() => {});
}
