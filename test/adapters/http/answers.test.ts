/** When an answer of Node's own server leaves, and what becomes of it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, currentScope, inject, type Outcome, type Scope } from "ambit";
import { drain, type Handler, HttpRequest, HttpResponse, requestScopes, scopePerRequest } from "ambit/http";
import { describe, expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { collectWarnings } from "../../support/strict.js";
import { ask, Connection, listen } from "../host/server.js";
import { askHttp2 } from "./ask-http2.js";

/** Serves a handler; gives the port, and how each scope ended. */
async function serve(handler: Handler, onError: (error: unknown) => void = () => {}) {
  const outcomes: Outcome[] = [];
  const hearing: Handler = (req, res, scope) => {
    scope.defer((outcome) => void outcomes.push(outcome));
    return handler(req, res, scope);
  };
  const listener = scopePerRequest(new Container(), hearing, { onError });
  return { listener, outcomes, port: await listen(createServer(listener)) };
}

function failureOf(fn: () => unknown): { name: string; message: string; code: unknown } | undefined {
  try {
    fn();
    return undefined;
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    return { name, message, code };
  }
}

const refuse = (scope: Scope): void => scope.defer(() => Promise.reject(new Error("COMMIT was refused")));

describe("a complete answer", () => {
  test("leaves after its scope has closed, as it was when it was ended", async () => {
    const order: string[] = [];
    const { port } = await serve(async (_, res, scope) => {
      scope.defer(() => nextTurn().then(() => void order.push("closed")));
      res.once("finish", () => order.push("sent"));
      res.writeHead(201, { "X-Id": "1" }).end("made");
      res.statusCode = 404;
    });
    const { status, headers, body } = await ask(port);
    expect([status, headers["x-id"], body, order]).toEqual([201, "1", "made", ["closed", "sent"]]);
  });

  test.each<[string, (res: ServerResponse) => unknown]>([
    ["its end", (res) => res.end("fine")],
    ["its head", (res) => res.writeHead(200)],
  ])("keeps the status it had, when that is changed after %s, and ends its scope by it", async (_, answer) => {
    const { port, outcomes } = await serve(async (_, res, scope) => {
      scope.defer(() => nextTurn());
      answer(res);
      res.statusCode = 500;
      res.end("fine");
      await Promise.resolve();
      res.statusCode = 501;
    });
    expect([(await ask(port)).status, outcomes]).toEqual([200, [{ status: "success" }]]);
  });

  test("looks to its handler like one that has left", async () => {
    const seen: unknown[] = [];
    const { port } = await serve(async (_, res) => {
      res.writeHead(200);
      seen.push(res.headersSent, res.writableEnded);
      expect(() => res.writeHead(200)).toThrow(expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" }));
      res.end("first").end("second");
      seen.push(res.headersSent, res.writableEnded, res.write("more"));
    });
    expect((await ask(port)).body).toBe("first");
    expect(seen).toEqual([true, false, true, true, false]);
  });

  describe.each<[string, (res: ServerResponse) => unknown]>([
    ["writeHead", (res) => res.writeHead(404)],
    ["setHeader", (res) => res.setHeader("X-Late", "1")],
    ["setHeaders", (res) => res.setHeaders(new Map([["X-Late", "1"]]))],
    ["appendHeader", (res) => res.appendHeader("X-Id", "2")],
    ["removeHeader", (res) => res.removeHeader("X-Id")],
  ])("%s", (_, change) => {
    test.each<[string, (res: ServerResponse) => unknown]>([
      ["its head", (res) => void res.writeHead(201)],
      ["its end", (res) => void res.end("made")],
    ])("is refused after %s as it is without ambit, and changes nothing", async (_moment, answer) => {
      const refused: unknown[] = [];
      const handler = (_req: IncomingMessage, res: ServerResponse): void => {
        res.setHeader("X-Id", "1");
        answer(res);
        refused.push(failureOf(() => change(res)));
        if (!res.writableEnded) res.end("made");
      };
      const bare = await ask(await listen(createServer(handler)));
      const { port } = await serve(handler);
      const { date: _date, ...headers } = bare.headers;
      expect(await ask(port)).toMatchObject({ ...bare, headers });
      expect(refused[0]).toMatchObject({ code: "ERR_HTTP_HEADERS_SENT" });
      expect(refused[1]).toEqual(refused[0]);
    });
  });

  test("may still have its head changed by error middleware, and by what wraps it further out", async () => {
    const listener = scopePerRequest(
      new Container(),
      (_, res, scope) => {
        refuse(scope);
        res.end("made");
      },
      { onError: () => {} },
    );
    const port = await listen(
      createServer((req, res) => {
        const { writeHead } = res;
        res.writeHead = (...args: unknown[]) => {
          res.setHeader("X-Outer", "1");
          return Reflect.apply(writeHead, res, args) as typeof res;
        };
        listener(req, res);
      }),
    );
    const { status, headers } = await ask(port);
    expect([status, headers["x-outer"], headers["content-type"]]).toEqual([500, "1", "text/plain; charset=utf-8"]);
  });

  test("keeps its reason, when that is changed after its end", async () => {
    const { port } = await serve((_, res) => {
      res.statusMessage = "Made";
      res.end("made");
      res.statusMessage = "Lost";
    });
    const connection = (await Connection.to(port)).get("/", "Connection: close\r\n");
    await once(connection.socket, "close");
    expect(connection.received).toContain("HTTP/1.1 200 Made\r\n");
  });

  test("is a 500 when its scope fails, and nothing of the success is left", async () => {
    const errors: unknown[] = [];
    const { port } = await serve(
      async (_, res, scope) => {
        refuse(scope);
        res.setHeader("Location", "/orders/1").setHeader("Vary", "Origin").writeHead(201, { "X-Id": "1" }).end("made");
      },
      (error) => errors.push(error),
    );
    const { status, headers, body } = await ask(port);
    expect([status, body]).toEqual([500, "Internal Server Error"]);
    expect([headers.location, headers["x-id"], headers.vary]).toEqual([undefined, undefined, "Origin"]);
    expect(errors).toMatchObject([{ message: "COMMIT was refused" }]);
  });

  test("is sent to a handler that waits for its end", async () => {
    const { port, outcomes } = await serve(async (_, res) => {
      await once(res.end("done"), "finish");
    });
    expect((await ask(port)).body).toBe("done");
    expect(outcomes).toEqual([{ status: "success" }]);
  });

  test("may come from a callback, after the handler has returned", async () => {
    const { port, outcomes } = await serve((req, res, scope) => {
      req.resume().on("end", () => setImmediate(() => res.end(String(currentScope() === scope))));
    });
    expect((await ask(port, "/", { method: "POST", body: "text" })).body).toBe("true");
    expect(outcomes).toEqual([{ status: "success" }]);
  });

  test("leaves on HTTP/2 as well after its scope has closed", async () => {
    let closed = false;
    const handler: Handler = (_, res, scope) => {
      scope.defer(() => nextTurn().then(() => void (closed = true)));
      res.writeHead(200).end("done");
    };
    expect([await askHttp2(handler), closed]).toEqual(["done", true]);
  });
});

describe("what a handler throws", () => {
  test.each<[string, Handler]>([
    ["before it has answered", () => Promise.reject(new Error("no such table"))],
    ["in a callback style handler", () => throwIt()],
    ["right after it has answered", async (_, res) => (res.end("fine"), throwIt())],
  ])("%s is a 500, an error outcome, and told", async (_, handler) => {
    const errors: unknown[] = [];
    const { port, outcomes } = await serve(handler, (error) => errors.push(error));
    expect((await ask(port)).status).toBe(500);
    expect(errors).toMatchObject([{ message: "no such table" }]);
    expect(outcomes).toEqual([{ status: "error", error: errors[0] }]);
  });

  test("after the first part of its answer cuts the connection", async () => {
    const errors: unknown[] = [];
    const { port, outcomes } = await serve(
      async (_, res) => {
        res.write("part");
        await nextTurn();
        throwIt();
      },
      (error) => errors.push(error),
    );
    await expect(ask(port)).rejects.toMatchObject({ message: "aborted" });
    expect(errors).toMatchObject([{ message: "no such table" }]);
    await until(() => outcomes.length === 1);
    expect(outcomes).toEqual([{ status: "error", error: errors[0] }]);
  });

  test("is a process warning without onError", async () => {
    const warnings = collectWarnings();
    const port = await listen(createServer(scopePerRequest(new Container(), () => throwIt())));
    expect((await ask(port)).status).toBe(500);
    await nextTurn();
    expect(warnings).toMatchObject([
      { name: "AmbitHttpWarning", message: expect.stringContaining("GET /: Error: no such table") },
    ]);
  });

  test("in the seeds is a 500, and opens nothing", async () => {
    const errors: unknown[] = [];
    const options = { seeds: () => throwIt(), onError: (error: unknown) => void errors.push(error) };
    const listener = scopePerRequest(new Container(), (_, res) => res.end(), options);
    expect((await ask(await listen(createServer(listener)))).status).toBe(500);
    expect([errors.length, requestScopes(listener)]).toEqual([1, []]);
  });
});

/** A stream that fails when it is read. */
function failing(error: Error): Readable {
  return new Readable({
    read() {
      this.destroy(error);
    },
  });
}

describe("an answer in parts", () => {
  test("leaves at once, and its scope closes after it, and after its handler", async () => {
    const [begun, work] = [deferred(), deferred()];
    const { port, listener, outcomes } = await serve(async (_, res) => {
      res.write("part");
      res.end();
      begun.resolve();
      await work.promise;
    });
    const { body } = await ask(port);
    await begun.promise;
    await nextTurn();
    expect([body, outcomes, requestScopes(listener).length]).toEqual(["part", [], 1]);
    work.resolve();
    await drain(listener);
    expect(outcomes).toEqual([{ status: "success" }]);
  });

  test("whose source fails is cut, and told, where nobody listens to the source", async () => {
    const errors: unknown[] = [];
    const source = new Readable({ read() {} });
    const { port, listener, outcomes } = await serve(
      (_, res) => void source.pipe(res),
      (error) => errors.push(error),
    );
    source.push("part");
    const client = (await Connection.to(port)).get("/");
    await client.until("part");
    const error = new Error("the file is gone");
    source.destroy(error);
    await once(client.socket, "close");
    await drain(listener);
    expect([outcomes, errors]).toEqual([[{ status: "error", error }], [error]]);
  });

  test("whose source fails before its first part is a 500", async () => {
    const errors: unknown[] = [];
    const error = new Error("there is no such file");
    const { port, outcomes } = await serve(
      (_, res) => void failing(error).pipe(res),
      (error) => errors.push(error),
    );
    expect(await ask(port)).toMatchObject({ status: 500, body: "Internal Server Error" });
    expect([outcomes, errors]).toEqual([[{ status: "error", error }], [error]]);
  });

  test("that is given up before its first part is a 500, and its source is destroyed before its scope ends", async () => {
    const order: string[] = [];
    const { port, outcomes } = await serve(async (_, res, scope) => {
      scope.defer(() => void order.push("closed"));
      const source = new Readable({ read() {} }).on("close", () => order.push("source closed"));
      source.pipe(res);
      await nextTurn();
      throwIt();
    });
    expect((await ask(port)).status).toBe(500);
    expect([outcomes, order]).toMatchObject([[{ status: "error" }], ["source closed", "closed"]]);
  });

  test("whose source fails is answered by who listens to the source", async () => {
    const errors: unknown[] = [];
    const { port } = await serve(
      (_, res) => {
        const source = failing(new Error("there is no such file"));
        source.on("error", () => void res.writeHead(404).end("no such file"));
        source.pipe(res);
      },
      (error) => errors.push(error),
    );
    expect([await ask(port), errors]).toMatchObject([{ status: 404, body: "no such file" }, []]);
  });

  test("whose source fails is complete when who listens to the source gives another", async () => {
    const errors: unknown[] = [];
    const { port } = await serve(
      (_, res, scope) => {
        refuse(scope);
        const source = failing(new Error("there is no such file"));
        source.on("error", () => res.end("a fallback"));
        source.pipe(res);
      },
      (error) => errors.push(error),
    );
    expect(await ask(port)).toMatchObject({ status: 500, body: "Internal Server Error" });
    expect(errors).toMatchObject([{ message: "COMMIT was refused" }]);
  });

  test("comes from another source, where its first one has failed", async () => {
    const order: string[] = [];
    const { port, listener } = await serve((_, res, scope) => {
      scope.defer(() => void order.push("closed"));
      res.once("finish", () => order.push("sent"));
      const source = failing(new Error("there is no such file"));
      source.on("error", () => void Readable.from([]).pipe(res));
      source.pipe(res);
    });
    await ask(port);
    await drain(listener);
    expect(order).toEqual(["sent", "closed"]);
  });

  test("that is cut by its client is aborted", async () => {
    const { port, listener, outcomes } = await serve((_, res) => void res.write("part"));
    const client = (await Connection.to(port)).get("/");
    await client.until("part");
    await client.leave();
    await drain(listener);
    expect(outcomes).toMatchObject([{ status: "aborted", reason: { name: "AbortError" } }]);
  });
});

test("instances find the request and the response of their scope", async () => {
  class Page {
    constructor(
      @inject(HttpRequest) readonly req: IncomingMessage,
      @inject(HttpResponse) readonly res: ServerResponse,
    ) {}
  }
  const { port } = await serve(async (req, res, scope) => {
    const page = scope.resolve(Page);
    res.end(String(page.req === req && page.res === res));
  });
  expect((await ask(port)).body).toBe("true");
});

test("what is piped and turns out to be empty is a stream all the same: it leaves before its scope closes", async () => {
  const order: string[] = [];
  const closed = deferred();
  const { port } = await serve((_, res, scope) => {
    scope.defer(() => {
      order.push("closed");
      closed.resolve();
    });
    res.once("finish", () => order.push("sent"));
    Readable.from([]).pipe(res);
  });
  await ask(port);
  await closed.promise;
  expect(order).toEqual(["sent", "closed"]);
});

function throwIt(): never {
  throw new Error("no such table");
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
