/** Clients that go away, and handlers that do not notice. */
import { once } from "node:events";
import { createServer } from "node:http";
import { PassThrough, Readable, Transform } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, currentScope, type Outcome } from "ambit";
import { drain, type Handler, requestScopes, scopePerRequest } from "ambit/http";
import { expect, test, vi } from "vitest";
import { listenerOf } from "#src/adapters/http/scope-per-request.js";
import { deferred } from "../../support/deferred.js";
import { collectWarnings } from "../../support/strict.js";
import { Connection, listen } from "../host/server.js";

/** A request whose client leaves when its handler has started. */
async function left(handler: Handler, listenerFor = scopePerRequest) {
  const outcomes: Outcome[] = [];
  const started = deferred();
  const listener = listenerFor(new Container(), (req, res, scope) => {
    scope.defer((outcome) => void outcomes.push(outcome));
    started.resolve();
    return handler(req, res, scope);
  });
  const client = (await Connection.to(await listen(createServer(listener)))).get("/");
  await started.promise;
  await client.leave();
  return { listener, outcomes };
}

test("fires scope.signal, in the scope's Context, and work that ends by it is aborted", async () => {
  const seen: boolean[] = [];
  const { listener, outcomes } = await left(async (_req, _res, scope) => {
    scope.signal.addEventListener("abort", () => seen.push(currentScope() === scope));
    await once(scope.signal, "abort");
    throw scope.signal.reason;
  });
  await drain(listener);
  expect(outcomes).toMatchObject([{ status: "aborted", reason: { name: "AbortError" } }]);
  expect(seen).toEqual([true]);
});

test("does not undo work that finishes all the same", async () => {
  const { listener, outcomes } = await left(async (_, res, scope) => {
    await once(scope.signal, "abort");
    await nextTurn();
    res.end("done");
  });
  await drain(listener);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("leaves the scope open until the handler has settled, which need not answer", async () => {
  const work = deferred();
  const { listener, outcomes } = await left(async (_req, _res, scope) => {
    await once(scope.signal, "abort");
    await work.promise;
  });
  await nextTurn();
  expect(requestScopes(listener)).toMatchObject([{ state: "open" }]);
  work.resolve();
  await drain(listener);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("leaves the scope of a callback style handler open until that has answered", async () => {
  const [heard, work] = [deferred(), deferred()];
  const { listener, outcomes } = await left((_, res, scope) => {
    scope.signal.addEventListener("abort", () => heard.resolve());
    void work.promise.then(() => res.end(scope.state));
  });
  await heard.promise;
  await nextTurn();
  expect(requestScopes(listener)).toMatchObject([{ state: "open" }]);
  work.resolve();
  await drain(listener);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("ends a callback style handler when that destroys its response", async () => {
  const { listener, outcomes } = await left((_, res, scope) => {
    scope.signal.addEventListener("abort", () => res.destroy());
  });
  await drain(listener);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("destroys what was piped into the response, in the scope's Context and before its end", async () => {
  const order: string[] = [];
  const { listener } = await left((_, res, scope) => {
    scope.defer(() => void order.push("closed"));
    const destroy = (error: Error | null, done: (error: Error | null) => void): void => {
      order.push(`destroyed ${currentScope() === scope}`);
      setImmediate(done, error);
    };
    new Readable({ read() {}, destroy }).on("error", () => {}).pipe(res);
  });
  await drain(listener);
  expect(order).toEqual(["destroyed true", "closed"]);
});

test("leaves a stream alone that others have come to read", async () => {
  const shared = new PassThrough();
  const { listener, outcomes } = await left((_, res) => {
    shared.pipe(res);
    shared.on("data", () => {});
  });
  await drain(listener);
  expect([shared.destroyed, outcomes[0].status]).toEqual([false, "aborted"]);
});

test("leaves a stream alone that others read already: it is no scope's", async () => {
  const current: unknown[] = [];
  const transform: Transform["_transform"] = (chunk, _, done) => {
    current.push(currentScope());
    done(null, chunk);
  };
  const shared = new Transform({ transform }).on("data", () => {});
  const { listener } = await left((_, res) => void shared.pipe(res));
  await drain(listener);
  shared.write("row");
  expect([shared.destroyed, current]).toEqual([false, [undefined]]);
});

test("ends what is piped into a response that is over", async () => {
  const { listener, outcomes } = await left((_, res, scope) => {
    scope.signal.addEventListener("abort", () => void Readable.from(["row"]).pipe(res));
  });
  await drain(listener);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("is no success because a listener ends the response whose source fails by it", async () => {
  const { listener, outcomes } = await left((_, res) => {
    const destroy = (_: Error | null, done: (error: Error) => void): void => done(new Error("cannot close"));
    new Readable({ read() {}, destroy }).on("error", () => res.end()).pipe(res);
  });
  await drain(listener);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("is reported when the handler has not settled long after", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const warnings = collectWarnings();
  const work = deferred();
  const over = deferred();
  const { listener } = await left(
    async (_req, _res, scope) => {
      scope.signal.addEventListener("abort", () => over.resolve());
      await work.promise;
    },
    ((container: Container, handler: Handler) => listenerOf(container, handler, { patience: 5_000 })) as never,
  );
  await over.promise;
  await nextTurn();
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  work.resolve();
  await drain(listener);
  await nextTurn();
  const message = "its handler has neither ended the response nor settled";
  expect(warnings).toMatchObject([{ name: "AmbitHttpWarning", message: expect.stringContaining(message) }]);
});
