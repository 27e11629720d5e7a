/** Routes that lead to methods of controllers. */
import Router from "@koa/router";
import { Container, currentScope, inject, Lifecycle, NoScopeError, token } from "ambit";
import { invoke, KoaContext, listener, scopePerRequest } from "ambit/koa";
import Koa from "koa";
import { describe, expect, test } from "vitest";
import { ContextCell, enter } from "#src/context/cell.js";
import { ask, ending, quietApp, serve } from "./server.js";

class Greeter {
  readonly #greeting = "hello";

  async greet(ctx: Koa.Context) {
    ctx.body = this.#greeting;
  }

  shout = (ctx: Koa.Context) => void (ctx.body = this.#greeting.toUpperCase());

  async thenNext(ctx: Koa.Context, next: Koa.Next) {
    await next();
    ctx.body = `${String(ctx.body)}!`;
  }

  fails(): never {
    throw new Error("no");
  }
}

test("it calls the method on the controller", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container())).use(invoke(Greeter, "greet"));
  expect(await ask(await serve(app))).toMatchObject({ body: "hello" });
});

test("it calls a property that is a function", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container())).use(invoke(Greeter, "shout"));
  expect(await ask(await serve(app))).toMatchObject({ body: "HELLO" });
});

test("it gives the method next, and waits for it", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container())).use(invoke(Greeter, "thenNext")).use(invoke(Greeter, "greet"));
  expect(await ask(await serve(app))).toMatchObject({ body: "hello!" });
});

test("a name that is no method's is refused with the class and the name", async () => {
  const app = quietApp();
  const ended = ending();
  const invokeAny = invoke as (controller: unknown, method: string) => Koa.Middleware;
  app.use(scopePerRequest(new Container())).use(ended.middleware).use(invokeAny(Greeter, "nope"));
  expect(await ask(await serve(app))).toMatchObject({ status: 500 });
  const error = { code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining("Cannot call Greeter.nope:") };
  expect(await ended.outcome).toMatchObject({ status: "error", error });
});

test("scopePerRequest refuses what is no container", () => {
  const refused = expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION" });
  for (const given of [{}, null, { onError() {} }]) expect(() => scopePerRequest(given as never)).toThrow(refused);
});

test("what the method throws is an error of the request", async () => {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container())).use(ended.middleware).use(invoke(Greeter, "fails"));
  expect(await ask(await serve(app))).toMatchObject({ status: 500 });
  expect(await ended.outcome).toMatchObject({ status: "error", error: { message: "no" } });
});

test("it builds the controller for each request, with what is async below it", async () => {
  const app = quietApp();
  const container = new Container();
  const Connection = token<string>("Connection");
  container.register(
    Connection,
    { deps: [KoaContext], useAsyncFactory: async (ctx: Koa.Context) => `connection of ${ctx.path}` },
    { lifecycle: Lifecycle.ContextScoped },
  );
  class Controller {
    constructor(@inject(Connection) readonly connection: string) {}
    show(ctx: Koa.Context) {
      ctx.body = this.connection;
    }
  }
  const router = new Router();
  router.get("/:name", invoke(Controller, "show"));
  app.use(scopePerRequest(container)).use(router.routes());
  const port = await serve(app);
  expect(await Promise.all([ask(port, "/a"), ask(port, "/b")])).toMatchObject([
    { body: "connection of /a" },
    { body: "connection of /b" },
  ]);
});

test("without scopePerRequest before it, it says so", async () => {
  const app = quietApp();
  app.use(invoke(Greeter, "greet"));
  expect(await ask(await serve(app))).toMatchObject({ status: 500 });
  expect(app.errors).toMatchObject([{ code: "ERR_AMBIT_NO_SCOPE", message: expect.stringContaining("Greeter") }]);
  expect(app.errors[0]).toBeInstanceOf(NoScopeError);
});

test("it finds the request's scope where middleware before it have lost the Context", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container()));
  // As callback-based libraries do that call back from a connection's events.
  app.use((_, next) => enter(new ContextCell(), next));
  class Controller {
    show(ctx: Koa.Context) {
      ctx.body = String(currentScope()?.state);
    }
  }
  app.use(invoke(Controller, "show"));
  expect(await ask(await serve(app))).toMatchObject({ body: "open" });
});

test("it leaves the current scope alone where that is one inside the request's", async () => {
  const app = quietApp();
  const other = new Container();
  const here = new Map<string, unknown>();
  class Controller {
    show(ctx: Koa.Context) {
      ctx.body = currentScope() === here.get("inner");
    }
  }
  app.use(scopePerRequest(new Container()));
  app.use((_, next) =>
    other.runInScope((scope) => {
      here.set("inner", scope);
      return next();
    }),
  );
  app.use(invoke(Controller, "show"));
  expect(await ask(await serve(app))).toMatchObject({ body: "true" });
});

describe("its types", () => {
  test("refuse what is no method that takes (ctx, next)", () => {
    class Controller {
      readonly name = "controller";
      create(ctx: Koa.Context) {
        ctx.body = this.name;
      }
      byId(id: number) {
        return id + 1;
      }
      limited(ctx: Koa.Context, limit: number) {
        ctx.body = limit;
      }
      nothing() {}
    }
    const typed = token<Controller>("Controller");
    abstract class Abstract {
      abstract show(ctx: Koa.Context, next: Koa.Next): Promise<void>;
    }
    const middleware: Koa.Middleware[] = [
      invoke(Controller, "create"),
      invoke(Controller, "nothing"),
      invoke(typed, "create"),
      invoke(Abstract, "show"),
      // @ts-expect-error: there is no such method
      invoke(Controller, "destroy"),
      // @ts-expect-error: it is no method
      invoke(Controller, "name"),
      // @ts-expect-error: it takes a number
      invoke(Controller, "byId"),
      // @ts-expect-error: its second parameter is not next
      invoke(Controller, "limited"),
      // @ts-expect-error: the token's type has no such method
      invoke(typed, "destroy"),
    ];
    expect(middleware).toHaveLength(9);
  });

  test("fit apps and routers whose state and context have types of their own", () => {
    interface State {
      user: string;
    }
    interface Extra {
      log(line: string): void;
    }
    type Own = { log(line: string): void };
    const app = new Koa<State, Own>().use(scopePerRequest()).use(invoke(Greeter, "greet"));
    new Koa<State, Extra>().use(scopePerRequest()).use(invoke(Greeter, "greet"));
    const router = new Router<State, Own>();
    router.get("/", invoke(Greeter, "greet"));
    const serving: (app: Koa<State, Own>) => unknown = listener;
    expect([app, router, serving]).toHaveLength(3);
  });
});
