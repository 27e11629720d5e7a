/** Apps that are mounted in other apps. */
import { createServer } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container } from "ambit";
import { drain, requestScopes, scopePerRequest } from "ambit/express";
import express from "express";
import express4 from "express4";
import { expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, listen } from "../host/server.js";

test.each([
  ["Express 5", express],
  ["Express 4", express4],
])("%s: a scope that an app opens is also one of the apps that it is mounted in", async (_, express) => {
  const [main, between, app] = [express(), express(), express()];
  const [started, work] = [deferred(), deferred()];
  app.use(scopePerRequest(new Container()));
  app.get("/", (_req, res) => {
    started.resolve();
    void work.promise.then(() => res.send("done"));
  });
  between.use("/app", app);
  main.use("/between", between);
  const answer = ask(await listen(createServer(main)), "/between/app");
  await started.promise;
  const live = [main, between, app].map((each) => requestScopes(each).length);
  let isDrained = false;
  const drained = drain(main).then(() => void (isDrained = true));
  await nextTurn();
  expect([live, isDrained]).toEqual([[1, 1, 1], false]);
  work.resolve();
  await drained;
  expect([(await answer).body, requestScopes(main)]).toEqual(["done", []]);
});
