/** A request with a scope in each of several containers, one inside the other. */
import { once } from "node:events";
import { createServer } from "node:http";
import { pipeline, Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, currentScope, type Outcome, Scope } from "ambit";
import { invoke, scopePerRequest as scopedExpress } from "ambit/express";
import { drain, type Handler, requestScopes, scopePerRequest } from "ambit/http";
import express from "express";
import { describe, expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, listen, scopeNow } from "../host/server.js";

/** A server whose requests have a scope in one container, and inside of it one in another, for the handler. */
async function serve(handler: Handler, onOuter: (scope: Scope) => void = () => {}, onError?: () => void) {
  const inner = scopePerRequest(new Container(), handler, { ...(onError && { onError }) });
  const outer = scopePerRequest(new Container(), (req, res, scope) => {
    onOuter(scope);
    inner(req, res);
  });
  return { port: await listen(createServer(outer)), live: () => requestScopes(outer).length };
}

test("the outer scope closes last, before the answer leaves", async () => {
  const closed: string[] = [];
  const handler: Handler = (_, res, scope) => {
    scope.defer(() => nextTurn().then(() => void closed.push("inner")));
    res.writeHead(200).end("done");
  };
  const { port } = await serve(handler, (scope) => scope.defer(() => void closed.push("outer")));
  expect([(await ask(port)).body, closed]).toEqual(["done", ["inner", "outer"]]);
});

test("the request's events are heard in the scope of the innermost container", async () => {
  const { port } = await serve((req, res, scope) => {
    req.resume().on("end", () => res.end(String(scopeNow() === scope)));
    return new Promise((resolve) => res.once("finish", resolve));
  });
  expect((await ask(port, "/", { method: "POST", body: "hello" })).body).toBe("true");
});

test("once the inner scope has closed, they are heard in the outer one", async () => {
  const heard = deferred<Scope | undefined>();
  let [outer, inner]: Scope[] = [];
  const { port } = await serve(
    async (_, res, scope) => {
      inner = scope;
      res.once("later", () => heard.resolve(currentScope()));
      res.write("in parts");
      res.end();
      void outer.hold(until(() => inner.state === "closed").then(() => void res.emit("later")));
    },
    (scope) => void (outer = scope),
  );
  await ask(port);
  expect(await heard.promise).toBe(outer);
});

test("a stream reads in the scope of the innermost container", async () => {
  const scopes = new Set<Scope | undefined>();
  let inner: Scope | undefined;
  const { port } = await serve((_, res, scope) => {
    inner = scope;
    const read = () => {
      scopes.add(currentScope());
      setImmediate(() => void body.push(null));
    };
    const body = new Readable({ read });
    body.pipe(res);
  });
  await ask(port);
  expect([...scopes]).toEqual([inner]);
});

test("a stream that fails is the error of all of them", async () => {
  const outcomes: Outcome[] = [];
  const note = (scope: Scope) => scope.defer((outcome) => void outcomes.push(outcome));
  const failure = new Error("The disk is gone.");
  let fail = () => {};
  const { port, live } = await serve((_, res, scope) => {
    note(scope);
    const body = new Readable({ read() {} });
    body.push("a part");
    pipeline(body, res, () => {});
    fail = () => void body.destroy(failure);
  }, note);
  const client = (await Connection.to(port)).get("/");
  await client.until("a part");
  fail();
  await until(() => live() === 0);
  expect(outcomes).toEqual([
    { status: "error", error: failure },
    { status: "error", error: failure },
  ]);
});

test("what a handler throws after its first part is the error of all of them", async () => {
  const outcomes: Outcome[] = [];
  const note = (scope: Scope) => scope.defer((outcome) => void outcomes.push(outcome));
  const failure = new Error("no such table");
  const { port, live } = await serve(
    (_, res, scope) => {
      note(scope);
      res.write("a part");
      return Promise.reject(failure);
    },
    note,
    () => {},
  );
  await (await Connection.to(port)).get("/").until("a part");
  await until(() => live() === 0);
  expect(outcomes).toEqual([
    { status: "error", error: failure },
    { status: "error", error: failure },
  ]);
});

test("a handler that settles unanswered, and whose client leaves, ends all of them", async () => {
  const outcomes: Outcome["status"][] = [];
  const note = (scope: Scope) => scope.defer(({ status }) => void outcomes.push(status));
  const begun = deferred();
  const { port, live } = await serve(async (_, _res, scope) => {
    note(scope);
    begun.resolve();
  }, note);
  const client = (await Connection.to(port)).get("/");
  await begun.promise;
  await client.leave();
  await until(() => live() === 0);
  expect(outcomes).toEqual(["aborted", "aborted"]);
});

test("of what ends by the signal in a controller all of them say that it was aborted", async () => {
  const outcomes: Outcome["status"][] = [];
  const [outer, within, begun] = [new Container(), new Container(), deferred()];
  class Waiting {
    wait = async (_req: express.Request) => {
      const { signal } = within.resolve(Scope);
      begun.resolve();
      await once(signal, "abort");
      signal.throwIfAborted();
    };
  }
  const app = express();
  app.set("env", "test");
  for (const container of [outer, within])
    app.use(scopedExpress(container), (_req, _res, next) => {
      container.resolve(Scope).defer(({ status }) => void outcomes.push(status));
      next();
    });
  app.use(invoke(Waiting, "wait"));
  const client = (await Connection.to(await listen(createServer(app)))).get("/");
  await begun.promise;
  await client.leave();
  await until(() => outcomes.length === 2);
  expect(outcomes).toEqual(["aborted", "aborted"]);
});

describe("a handler inside a scope of its own container", () => {
  test("is given that scope, where another container's is in between", async () => {
    const container = new Container();
    let own: Scope | undefined;
    const within = scopePerRequest(container, (_, res, scope) => res.end(String(scope === own)));
    const between = scopePerRequest(new Container(), (req, res) => within(req, res));
    const outermost = scopePerRequest(container, (req, res, scope) => {
      own = scope;
      between(req, res);
    });
    expect((await ask(await listen(createServer(outermost)))).body).toBe("true");
  });

  test("that rejects is a 500, and told to onError", async () => {
    const container = new Container();
    const error = new Error("no such table");
    const told: unknown[] = [];
    const within = scopePerRequest(container, () => Promise.reject(error));
    const listener = scopePerRequest(container, (req, res) => within(req, res), {
      onError: (error) => told.push(error),
    });
    expect((await ask(await listen(createServer(listener)))).status).toBe(500);
    expect(told).toEqual([error]);
  });

  test("that rejects behind middleware goes to the error middleware", async () => {
    const container = new Container();
    const app = express();
    app.use(scopedExpress(container));
    app.use(scopePerRequest(container, () => Promise.reject(new Error("no such table"))));
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => void res.status(503).send(error.message);
    app.use(caught);
    expect(await ask(await listen(createServer(app)))).toMatchObject({ status: 503, body: "no such table" });
  });

  test("that settles after its client has left ends the scope", async () => {
    const container = new Container();
    const [started, outcomes] = [deferred(), [] as Outcome[]];
    const within = scopePerRequest(container, async (_req, _res, { signal }) => {
      started.resolve();
      await once(signal, "abort");
    });
    const listener = scopePerRequest(container, (req, res, scope) => {
      scope.defer((outcome) => void outcomes.push(outcome));
      within(req, res);
    });
    const client = (await Connection.to(await listen(createServer(listener)))).get("/");
    await started.promise;
    await client.leave();
    await drain(listener);
    expect(outcomes).toMatchObject([{ status: "aborted" }]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
