/** How the work of a request is said to have ended. */
import { Readable } from "node:stream";
import { Container, type Outcome } from "ambit";
import { type ScopePerRequestOptions, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import { describe, expect, test } from "vitest";
import { ask, ending, quietApp, scopeNow, serve } from "./server.js";

/** How the scope ends of a request that `handler` answers. */
async function outcomeOf(handler: Koa.Middleware, options?: ScopePerRequestOptions): Promise<Outcome> {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container(), options)).use(ended.middleware).use(handler);
  await ask(await serve(app));
  return ended.outcome;
}

test("a chain that returns is a success", async () => {
  expect(await outcomeOf((ctx) => void (ctx.body = "done"))).toEqual({ status: "success" });
});

test("a throw is an error, as it was thrown", async () => {
  const error = new Error("no");
  const handler = () => {
    throw error;
  };
  const outcome = await outcomeOf(handler);
  expect(outcome).toEqual({ status: "error", error });
  expect(outcome).toHaveProperty("error", error);
});

test("a throw of undefined is an error too", async () => {
  const app = quietApp();
  const ended = ending();
  app.use((ctx, next) => next().catch(() => void (ctx.status = 500)));
  app.use(scopePerRequest(new Container())).use(ended.middleware);
  app.use(() => Promise.reject(undefined));
  expect(await ask(await serve(app))).toMatchObject({ status: 500 });
  expect(await ended.outcome).toEqual({ status: "error", error: undefined });
});

test.each([400, 404, 409, 500])("a chain that returns with status %i is an error", async (status) => {
  expect(await outcomeOf((ctx) => void (ctx.status = status))).toMatchObject({ status: "error", error: { status } });
});

test("a throw that error middleware inside turned into an answer is an error", async () => {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container())).use(ended.middleware);
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      ctx.status = (error as { status: number }).status;
      ctx.body = { error: (error as Error).message };
    }
  });
  app.use((ctx) => ctx.throw(409, "taken"));
  expect(await ask(await serve(app))).toMatchObject({ status: 409, body: '{"error":"taken"}' });
  expect(await ended.outcome).toMatchObject({ status: "error", error: { status: 409 } });
});

test("a request that nobody answers is an error", async () => {
  expect(await outcomeOf((_, next) => next())).toMatchObject({ status: "error", error: { status: 404 } });
});

describe("scope.fail", () => {
  test("makes an error of an answer that is none", async () => {
    const reason = new Error("dry run");
    const handler: Koa.Middleware = (ctx) => {
      scopeNow().fail(reason);
      ctx.body = "as if";
    };
    expect(await outcomeOf(handler)).toEqual({ status: "error", error: reason });
  });

  test("gives the reason of an answer that is an error", async () => {
    const reason = new Error("out of stock");
    const handler: Koa.Middleware = (ctx) => {
      scopeNow().fail(reason);
      ctx.status = 409;
    };
    expect(await outcomeOf(handler)).toEqual({ status: "error", error: reason });
  });

  test("counts also when a stream calls it after the handler has settled", async () => {
    const reason = new Error("half of it");
    const handler: Koa.Middleware = (ctx) => {
      const scope = scopeNow();
      async function* rows() {
        yield "row";
        scope.fail(reason);
      }
      ctx.body = Readable.from(rows());
    };
    expect(await outcomeOf(handler)).toEqual({ status: "error", error: reason });
  });
});

describe("the app's own idea of the outcome", () => {
  test("makes a success of an error status", async () => {
    const outcome = ({ status }: Koa.Context): Outcome =>
      status < 500 ? { status: "success" } : { status: "error", error: status };
    expect(await outcomeOf((ctx) => void (ctx.status = 409), { outcome })).toEqual({ status: "success" });
  });

  test("makes an error of a success", async () => {
    const outcome = (): Outcome => ({ status: "error", error: "no" });
    expect(await outcomeOf((ctx) => void (ctx.body = "done"), { outcome })).toEqual({ status: "error", error: "no" });
  });

  test("overrules scope.fail", async () => {
    const handler: Koa.Middleware = (ctx) => {
      scopeNow().fail(new Error("dry run"));
      ctx.body = "done";
    };
    const outcome = (): Outcome => ({ status: "success" });
    expect(await outcomeOf(handler, { outcome })).toEqual({ status: "success" });
  });

  test("is asked with what was thrown", async () => {
    const outcome = (_: Koa.Context, thrown: unknown): Outcome => ({ status: "aborted", reason: thrown });
    const error = new Error("no");
    const handler = () => Promise.reject(error);
    expect(await outcomeOf(handler, { outcome })).toEqual({ status: "aborted", reason: error });
  });

  test("is asked with what the stream threw that was the body", async () => {
    const outcome = (_: Koa.Context, thrown: unknown): Outcome => ({ status: "aborted", reason: thrown });
    const error = new Error("cursor closed");
    const app = quietApp();
    const ended = ending();
    app.use(scopePerRequest(new Container(), { outcome })).use(ended.middleware);
    app.use((ctx) => {
      const body = new Readable({ read() {} });
      ctx.body = body;
      setImmediate(() => body.destroy(error));
    });
    await expect(ask(await serve(app))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await ended.outcome).toEqual({ status: "aborted", reason: error });
  });

  test("leaves it to ambit by saying nothing", async () => {
    expect(await outcomeOf((ctx) => void (ctx.body = "done"), { outcome: () => undefined })).toEqual({
      status: "success",
    });
  });

  test("that throws is an error outcome, and a 500", async () => {
    const error = new Error("outcome");
    const outcome = () => {
      throw error;
    };
    const app = quietApp();
    const ended = ending();
    app.use(scopePerRequest(new Container(), { outcome })).use(ended.middleware);
    app.use((ctx) => void (ctx.body = "done"));
    expect(await ask(await serve(app))).toMatchObject({ status: 500 });
    expect(await ended.outcome).toEqual({ status: "error", error });
    expect(app.errors).toEqual([error]);
  });

  test("that throws about a throw hides it from nobody", async () => {
    const error = new Error("outcome");
    const outcome = () => {
      throw error;
    };
    const thrown = new Error("handler");
    const app = quietApp();
    const ended = ending();
    app.use(scopePerRequest(new Container(), { outcome })).use(ended.middleware);
    app.use(() => Promise.reject(thrown));
    expect(await ask(await serve(app))).toMatchObject({ status: 500 });
    expect(await ended.outcome).toEqual({ status: "error", error: thrown });
    expect(app.errors).toEqual([error, thrown]);
  });
});
