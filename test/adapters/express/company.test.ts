/** Controllers, routers, and other middleware around and inside. */
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Container, currentScope, inject, Lifecycle, type Outcome, Scope } from "ambit";
import { drain, HttpRequest, HttpResponse, invoke, requestScopes, scopePerRequest } from "ambit/express";
import compression from "compression";
import express from "express";
import express4 from "express4";
import { describe, expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, listen, scopeNow } from "../host/server.js";

const FILE = fileURLToPath(new URL("../../../package.json", import.meta.url));

/** A stream that fails when it is read. */
function failing(error: Error): Readable {
  return new Readable({
    read() {
      this.destroy(error);
    },
  });
}

describe.each([
  ["Express 5", express],
  ["Express 4", express4],
])("%s", (_, express) => {
  const isOld = express === (express4 as unknown);

  function scopedApp(container = new Container()) {
    const app = express();
    app.set("env", "test");
    const outcomes: Outcome[] = [];
    app.use(scopePerRequest(container));
    app.use((_req, _res, next) => {
      scopeNow().defer((outcome) => void outcomes.push(outcome));
      next();
    });
    return { app, outcomes };
  }

  test("a controller is built for its request, and called as a handler", async () => {
    class Greeter {
      constructor(
        @inject(HttpRequest) readonly req: express.Request,
        @inject(HttpResponse) readonly res: express.Response,
      ) {}
      greet(req: express.Request, res: express.Response) {
        res.send(`hello ${this.req.get("user")} ${req === this.req && res === this.res}`);
      }
    }
    const container = new Container();
    container.register(Greeter, Greeter, { lifecycle: Lifecycle.ContextScoped });
    const { app } = scopedApp(container);
    app.get("/", invoke(Greeter, "greet"));
    const port = await listen(createServer(app));
    expect((await ask(port, "/", { headers: { user: "Ada" } })).body).toBe("hello Ada true");
  });

  test("what a controller throws goes to error middleware, and is the outcome", async () => {
    const error = new Error("no such table");
    class Failing {
      fail = (_req: express.Request) => Promise.reject(error);
    }
    const { app, outcomes } = scopedApp();
    app.get("/", invoke(Failing, "fail"));
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => void res.status(200).send(error.message);
    app.use(caught);
    expect((await ask(await listen(createServer(app)))).body).toBe("no such table");
    expect(outcomes).toEqual([{ status: "error", error }]);
  });

  test.each([undefined, null, "", "route", "router"])("%o, thrown by a controller, is an error", async (thrown) => {
    class Failing {
      fail = (_req: express.Request) => Promise.reject(thrown);
    }
    const { app, outcomes } = scopedApp();
    app.get("/", invoke(Failing, "fail"), (_req, res) => void res.send("the next handler"));
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => {
      expect(error).toMatchObject({ name: "Error", cause: thrown });
      res.send("caught");
    };
    app.use(caught);
    expect((await ask(await listen(createServer(app)))).body).toBe("caught");
    expect(outcomes).toEqual([{ status: "error", error: thrown }]);
  });

  describe("after the first part of its answer", () => {
    const error = new Error("no such table");

    /** How the scopes in two containers ended, the inner one first, of a request whose answer has begun when it fails. */
    async function outcomesOf(handler: express.RequestHandler): Promise<Outcome[]> {
      const { app, outcomes } = scopedApp();
      const [both, closed] = [new Container(), deferred()];
      app.get("/", scopePerRequest(both), (_req, res, next) => {
        const inner = both.resolve(Scope);
        inner.defer((outcome) => void outcomes.push(outcome));
        res.once("close", () => closed.resolve());
        res.write("first");
        next();
      });
      app.get("/", handler);
      const connection = (await Connection.to(await listen(createServer(app)))).get("/");
      await closed.promise;
      await drain(app);
      expect(connection.received).not.toContain("\r\n0\r\n");
      return outcomes;
    }

    // Express tells of it from 5.3 on; before, all that can be seen is that the connection was cut.
    const told: Outcome = isOld ? { status: "aborted", reason: expect.any(DOMException) } : { status: "error", error };

    test("what a controller throws is the outcome", async () => {
      class Failing {
        fail = (_req: express.Request) => Promise.reject(error);
      }
      expect((await outcomesOf(invoke(Failing, "fail")))[0]).toEqual({ status: "error", error });
    });

    test("what a handler throws is the outcome, if Express tells of it", async () => {
      const throwing = (): void => {
        throw error;
      };
      expect(await outcomesOf(throwing)).toEqual([told, told]);
    });

    test("what a handler hands on is the outcome, if Express tells of it", async () => {
      expect(await outcomesOf((_req, _res, next) => next(error))).toEqual([told, told]);
    });

    // Express 4 leaves the promise to the process.
    test.skipIf(isOld)("what an async handler rejects with is the outcome", async () => {
      expect(await outcomesOf(() => Promise.reject(error))).toEqual([told, told]);
      expect(await outcomesOf(() => nextTurn().then(() => Promise.reject(error)))).toEqual([told, told]);
    });
  });

  test.skipIf(isOld)("an async handler that rejects before it has answered leaves it to error middleware", async () => {
    const { app, outcomes } = scopedApp();
    app.get("/", () => Promise.reject(new Error("no such table")));
    const caught: express.ErrorRequestHandler = (_error, _req, res, _next) => void res.status(200).send("all the same");
    app.use(caught);
    expect((await ask(await listen(createServer(app)))).body).toBe("all the same");
    expect(outcomes).toEqual([{ status: "success" }]);
  });

  test("a controller that hands on to the next handler leaves the scope open for it", async () => {
    class Guard {
      check = async (_req: express.Request, _res: express.Response, next: express.NextFunction) => next();
    }
    const { app, outcomes } = scopedApp();
    const [started, left, work] = [deferred(), deferred(), deferred()];
    app.get("/", invoke(Guard, "check"), (_req, res) => {
      res.once("close", left.resolve);
      started.resolve();
      void work.promise.then(() => res.send(String(currentScope()?.state)));
    });
    const client = (await Connection.to(await listen(createServer(app)))).get("/");
    await started.promise;
    await client.leave();
    await left.promise;
    expect(requestScopes(app)).toMatchObject([{ state: "open" }]);
    work.resolve();
    await drain(app);
    expect(outcomes).toEqual([{ status: "success" }]);
  });

  test("a controller of a request that did not come through scopePerRequest is an error for error middleware", async () => {
    class Greeter {
      greet = (_req: express.Request) => {};
    }
    const app = express();
    app.get("/", invoke(Greeter, "greet"));
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => void res.status(500).send(error.code);
    app.use(caught);
    expect((await ask(await listen(createServer(app)))).body).toBe("ERR_AMBIT_NO_SCOPE");
  });

  test("compression around it sends what left after the scope", async () => {
    const app = express();
    let closed = false;
    app.use(compression({ threshold: 0 })).use(scopePerRequest(new Container()));
    app.get("/", (_req, res) => {
      scopeNow().defer(async () => void (closed = true));
      res.type("text").send("text".repeat(100));
    });
    const port = await listen(createServer(app));
    const response = await fetch(`http://localhost:${port}/`, { headers: { "accept-encoding": "gzip" } });
    expect([response.headers.get("content-encoding"), await response.text()]).toEqual(["gzip", "text".repeat(100)]);
    expect(closed).toBe(true);
  });

  test("a commit that fails inside a router goes to the error middleware after it, with the app's paths", async () => {
    const { app } = scopedApp();
    const router = express.Router();
    router.get("/:id", (_req, res) => {
      scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused")));
      res.json({ id: 1 });
    });
    app.use("/orders", router);
    const caught: express.ErrorRequestHandler = (error, req, res, _next) =>
      void res.status(503).send(`${error.message} at ${req.originalUrl}`);
    app.use(caught);
    expect(await ask(await listen(createServer(app)), "/orders/1")).toMatchObject({
      status: 503,
      body: "COMMIT was refused at /orders/1",
    });
  });

  test("used twice for one container it opens one scope", async () => {
    const container = new Container();
    const { app } = scopedApp(container);
    app.use(scopePerRequest(container));
    app.get("/", (_req, res) => void res.json(requestScopes(app).length));
    expect((await ask(await listen(createServer(app)))).body).toBe("1");
  });

  test("a source that fails before its first part goes to the error middleware", async () => {
    const { app, outcomes } = scopedApp();
    const error = new Error("there is no such file");
    app.get("/", (_req, res) => void failing(error).pipe(res));
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => void res.status(503).send(error.message);
    app.use(caught);
    expect(await ask(await listen(createServer(app)))).toMatchObject({ status: 503, body: "there is no such file" });
    expect(outcomes).toEqual([{ status: "error", error }]);
  });

  test("a source that fails is told once, and is the outcome, where two containers have a scope", async () => {
    const { app, outcomes } = scopedApp();
    const error = new Error("there is no such file");
    const told: unknown[] = [];
    app.use(scopePerRequest(new Container()));
    app.get("/", (_req, res) => {
      scopeNow().defer((outcome) => void outcomes.push(outcome));
      failing(error).pipe(res);
    });
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => {
      told.push(error);
      res.send("later");
    };
    app.use(caught);
    expect((await ask(await listen(createServer(app)))).body).toBe("later");
    await drain(app);
    expect(told).toEqual([error]);
    expect(outcomes).toEqual([
      { status: "error", error },
      { status: "error", error },
    ]);
  });

  test("a file is sent, and its scope closes after it", async () => {
    const { app, outcomes } = scopedApp();
    app.get("/", (_req, res) => res.sendFile(FILE));
    expect((await ask(await listen(createServer(app)))).body).toContain('"name": "ambit"');
    await drain(app);
    expect(outcomes).toEqual([{ status: "success" }]);
  });
});
