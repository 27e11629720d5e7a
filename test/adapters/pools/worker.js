/** What the tests run in worker threads: plain JavaScript, because Node runs it without vitest. Imports the built package. */
import { once } from "node:events";
import { connect } from "node:net";
import { isMainThread, threadId } from "node:worker_threads";
import { Container, ContextVar, Lifecycle, ScopeClosedError } from "ambit";
import { scopePerTask } from "ambit/worker";

export { teardown } from "ambit/worker";

/** A connection to the test's server, which says goodbye only if it is given the time to. */
class Connection {
  /** @param {import("node:net").Socket} socket */
  constructor(socket) {
    this.socket = socket;
  }

  static async open() {
    const socket = connect(Number(process.env.TEST_PORT), "127.0.0.1");
    await once(socket, "connect");
    const connection = new Connection(socket);
    await connection.say(`thread ${threadId}`);
    return connection;
  }

  /** Resolves when the system has it. */
  say(/** @type {string} */ line) {
    return new Promise((resolve) => this.socket.write(`${line}\n`, resolve));
  }

  async [Symbol.asyncDispose]() {
    await this.say("bye");
    const closed = once(this.socket, "close");
    this.socket.end();
    this.socket.resume();
    await closed;
    if (process.env.TEST_DISPOSER === "fails") throw new RangeError("goodbye failed");
    if (process.env.TEST_DISPOSER === "hangs") await new Promise(() => {});
  }
}

export const tenant = new ContextVar("test.tenant", { default: "nobody", travels: true });

const container = new Container();
container.register(
  Connection,
  { useAsyncFactory: () => Connection.open() },
  { lifecycle: Lifecycle.ThreadScoped, eager: true },
);
container.register("in-scope", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped });

class HttpError extends Error {
  status = 409;
  code = "ERR_CONFLICT";
}

const forever = () => new Promise(() => setInterval(() => {}, 1_000));

/** @type {Record<string, (task: any, scope: import("ambit").Scope, connection: Connection) => unknown>} */
const work = {
  echo: ({ value }) => value,
  async about(_, scope) {
    return { threadId, isMainThread, tenant: tenant.get(), parentId: scope.parentId, id: scope.id };
  },
  /** Sets a variable, and answers with what it was before. */
  async setTenant({ value }) {
    const before = tenant.get();
    tenant.set(value);
    return before;
  },
  async closeLate({ flag }, scope) {
    scope.resolve("in-scope");
    scope.defer(async () => {
      await new Promise(setImmediate);
      Atomics.add(flag, 0, 1);
    });
  },
  async outcome({ flag, fails }, scope) {
    scope.defer(({ status }) => Atomics.store(flag, 0, ["success", "error", "aborted"].indexOf(status) + 1));
    if (fails) throw new HttpError("order exists");
  },
  async untilAborted(_, scope, connection) {
    const aborted = once(scope.signal, "abort");
    await connection.say("began");
    await aborted;
    await connection.say(`aborted: ${scope.signal.reason?.message ?? scope.signal.reason}`);
    throw scope.signal.reason;
  },
  async untilTold({ flag }, _, connection) {
    await connection.say("began");
    const { async: waits, value } = /** @type {any} */ (Atomics).waitAsync(flag, 0, 0);
    if (waits) await value;
    return "told";
  },
  async never(_, __, connection) {
    await connection.say("began");
    await forever();
  },
  async loop(_, __, connection) {
    await connection.say("began");
    for (;;);
  },
  throwHttpError() {
    throw Object.assign(new HttpError("order exists", { cause: new TypeError("duplicate") }), { helper: () => {} });
  },
  unclonable: () => () => {},
  throwText() {
    throw "just text";
  },
  async throwClosed(_, scope) {
    await scope.close();
    throw scope.state === "closed" ? new ScopeClosedError("commit", scope) : new Error("open");
  },
  async crash(_, __, connection) {
    await connection.say("began");
    setImmediate(() => {
      throw new HttpError("nobody catches this");
    });
    await forever();
  },
  async reject(_, __, connection) {
    await connection.say("began");
    void Promise.reject(new HttpError("nobody awaits this"));
    await forever();
  },
  async exit(_, __, connection) {
    await connection.say("began");
    process.exit(3);
  },
  async outOfMemory(_, __, connection) {
    await connection.say("began");
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
};

export default scopePerTask(container, async (/** @type {any} */ task, scope) => {
  const connection = await scope.resolveAsync(Connection);
  return work[task.op](task, scope, connection);
});
