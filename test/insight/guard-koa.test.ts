/** The guard in a Koa server: the bug that ambit exists for, on real connections, and what Koa does with instances. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { Container, dep, Lifecycle, ScopeLeakError, token } from "ambit";
import { drain, KoaContext, listener, scopePerRequest } from "ambit/koa";
import Koa from "koa";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { databaseForTests } from "../support/database.js";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;

/** Serves `app`; gives what asks it. */
async function serve(app: Koa): Promise<(path: string) => Promise<string>> {
  const server = createServer(listener(app)).listen(0);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return async (path) => (await fetch(`http://localhost:${port}${path}`)).text();
}

test("a connection that a module variable kept is not used for the wrong user", async () => {
  const database = await databaseForTests();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  const CLIENT = token<pg.PoolClient>("Client");
  const container = new Container({ guard: true });
  container.register(
    CLIENT,
    {
      deps: [KoaContext],
      async *useGenerator(ctx: Koa.Context) {
        const client = await pool.connect();
        await client.query("SELECT set_config('app.user', $1, false)", [ctx.path]);
        yield client;
        client.release();
      },
    },
    perScope,
  );
  let kept: pg.PoolClient | undefined;
  const errors: unknown[] = [];
  const app = new Koa().use(scopePerRequest(container)).use(async (ctx) => {
    const client = await container.resolveAsync(CLIENT);
    kept ??= client;
    const { rows } = await (ctx.query.buggy === undefined ? client : kept).query(
      "SELECT current_setting('app.user') AS who",
    );
    ctx.body = rows[0].who;
  });
  app.on("error", (error) => errors.push(error));
  const ask = await serve(app);
  expect(await Promise.all([ask("/ada"), ask("/bob")])).toEqual(["/ada", "/bob"]);
  expect(await ask("/cyd?buggy")).toBe("Internal Server Error");
  expect(errors).toEqual([expect.any(ScopeLeakError)]);
  expect((errors[0] as Error).message).toMatch(/^Cannot use Client \(query\).*\n.*opened for GET \/(ada|bob), at/);
  // The clients of the pool are well.
  expect(await Promise.all([ask("/dan"), ask("/eve")])).toEqual(["/dan", "/eve"]);
  await drain(app);
  expect(pool.idleCount).toBe(pool.totalCount);
  await pool.end();
  await database.stop();
});

test("a stream and an object of the request's scope are sent", async () => {
  const container = new Container({ guard: true });
  container.register(Readable, { useFactory: () => Readable.from(["a", "b"]) }, perScope);
  container.register("answer", { deps: [dep.optional("none")], useFactory: () => ({ rows: [1] }) }, perScope);
  const errors: unknown[] = [];
  const app = new Koa().use(scopePerRequest(container)).use((ctx) => {
    ctx.body = ctx.path === "/stream" ? container.resolve(Readable) : container.resolve("answer");
  });
  app.on("error", (error) => errors.push(error));
  const ask = await serve(app);
  expect([await ask("/stream"), await ask("/object")]).toEqual(["ab", '{"rows":[1]}']);
  await drain(app);
  expect([errors, container.leaks().misused]).toEqual([[], []]);
});
