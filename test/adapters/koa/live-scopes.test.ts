/** Which scopes are open, and waiting for them at shutdown. */
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container } from "ambit";
import { drain, requestScopes, scopePerRequest } from "ambit/koa";
import { expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, quietApp, scopeNow, serve } from "./server.js";

test("requestScopes gives the scopes of the requests that are being answered, the oldest first", async () => {
  const app = quietApp();
  const [first, second, gate] = [deferred<unknown>(), deferred<unknown>(), deferred()];
  app.use(scopePerRequest(new Container()));
  app.use(async (ctx) => {
    (ctx.path === "/first" ? first : second).resolve(scopeNow());
    await gate.promise;
    ctx.body = "done";
  });
  const port = await serve(app);
  const answers = [ask(port, "/first")];
  await first.promise;
  answers.push(ask(port, "/second"));
  await second.promise;
  expect(requestScopes(app)).toEqual([await first.promise, await second.promise]);
  gate.resolve();
  await Promise.all(answers);
  expect(requestScopes(app)).toEqual([]);
});

test("requestScopes of one app knows nothing of another's, nor of an app without scopes", async () => {
  const [busy, idle, bare] = [quietApp(), quietApp(), quietApp()];
  const [started, gate] = [deferred(), deferred()];
  const container = new Container();
  busy.use(scopePerRequest(container));
  idle.use(scopePerRequest(container));
  busy.use(async () => {
    started.resolve();
    await gate.promise;
  });
  const answer = ask(await serve(busy));
  await started.promise;
  expect([busy, idle, bare].map((app) => requestScopes(app).length)).toEqual([1, 0, 0]);
  gate.resolve();
  await answer;
});

test("one middleware in two apps keeps their scopes apart", async () => {
  const [one, two] = [quietApp(), quietApp()];
  const middleware = scopePerRequest(new Container());
  const seen: number[][] = [];
  for (const app of [one, two]) {
    app.use(middleware).use((ctx) => {
      seen.push([one, two].map((each) => requestScopes(each).length));
      ctx.body = Readable.from(["done"]);
    });
    await ask(await serve(app));
    await drain(app);
  }
  expect(seen).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test("drain waits for a scope that outlives its response", async () => {
  const app = quietApp();
  const [freed, closing] = [deferred(), deferred()];
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    const scope = scopeNow();
    scope.defer(() => {
      closing.resolve();
      return freed.promise;
    });
    ctx.body = Readable.from(["done"]);
  });
  await ask(await serve(app));
  await closing.promise;
  let drained = false;
  const draining = drain(app).then(() => (drained = true));
  await nextTurn();
  expect(drained).toBe(false);
  freed.resolve();
  await draining;
  expect(requestScopes(app)).toEqual([]);
});

test("drain waits for scopes that open while it waits", async () => {
  const app = quietApp();
  const gates = { "/first": deferred(), "/second": deferred() };
  const started = { "/first": deferred(), "/second": deferred() };
  app.use(scopePerRequest(new Container()));
  app.use(async ({ path }) => {
    started[path as "/first"].resolve();
    await gates[path as "/first"].promise;
  });
  const port = await serve(app);
  const first = ask(port, "/first");
  await started["/first"].promise;
  let drained = false;
  const draining = drain(app).then(() => (drained = true));
  const second = ask(port, "/second");
  await started["/second"].promise;
  gates["/first"].resolve();
  await first;
  expect(drained).toBe(false);
  gates["/second"].resolve();
  await second;
  await draining;
  expect(drained).toBe(true);
});

test("drain of an app that answers nothing is over at once", async () => {
  await expect(drain(quietApp())).resolves.toBeUndefined();
});
