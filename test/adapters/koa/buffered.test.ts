/** Answers that are complete when the middleware have settled: their scope ends before they are sent. */
import Router from "@koa/router";
import { expect, test } from "vitest";
import { Container, currentScope, type Outcome } from "ambit";
import { invoke, scopePerRequest } from "ambit/koa";
import { ask, quietApp, serve } from "./server.js";

test("a commit that fails is a 500, whatever the handler had answered", async () => {
  const app = quietApp();
  const failure = new Error("COMMIT failed");
  app.use(scopePerRequest(new Container()));
  app.use(async (ctx) => {
    currentScopeOf().defer(() => {
      throw failure;
    });
    ctx.status = 201;
    ctx.set("Location", "/orders/1");
    ctx.body = { id: 1 };
  });
  const answer = await ask(await serve(app), "/");
  expect(answer).toMatchObject({ status: 500, body: "Internal Server Error" });
  expect(answer.headers).not.toHaveProperty("location");
  expect(app.errors).toEqual([failure]);
});

test("invoke calls a method of the controller that the request's scope builds", async () => {
  const app = quietApp();
  class Greeter {
    readonly greeting = "hello";
    greet(ctx: import("koa").Context) {
      ctx.body = this.greeting;
    }
  }
  const router = new Router();
  router.get("/", invoke(Greeter, "greet"));
  app.use(scopePerRequest(new Container())).use(router.routes());
  expect(await ask(await serve(app))).toMatchObject({ status: 200, body: "hello" });
});

test("a handled error status is an error outcome", async () => {
  const app = quietApp();
  const outcomes: Outcome[] = [];
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    currentScopeOf().defer((outcome) => outcomes.push(outcome));
    ctx.status = 409;
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 409 });
  expect(outcomes).toMatchObject([{ status: "error", error: { status: 409 } }]);
});

function currentScopeOf() {
  const scope = currentScope();
  if (scope === undefined) throw new Error("no scope is current");
  return scope;
}
