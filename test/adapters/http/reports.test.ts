/** What is told when there is nobody left to throw to, and what becomes of the scope when telling it fails. */
import { createServer } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container } from "ambit";
import { drain, type Handler } from "ambit/http";
import { describe, expect, test } from "vitest";
import { listenerOf } from "#src/adapters/http/scope-per-request.js";
import { deferred } from "../../support/deferred.js";
import { collectWarnings } from "../../support/strict.js";
import { ask, listen } from "../host/server.js";

describe("a scope that outlives an answer which was sent", () => {
  /** What is reported of a request whose scope waits for `work`. */
  async function reported(answer: (work: Promise<void>) => Handler): Promise<string> {
    const [work, told] = [deferred(), deferred<Error>()];
    const settings = { patience: 1, onError: (error: unknown) => told.resolve(error as Error) };
    const listener = listenerOf(new Container(), answer(work.promise), settings);
    await ask(await listen(createServer(listener)), "/orders");
    const { message } = await told.promise;
    work.resolve();
    await drain(listener);
    return message;
  }

  test("says that its handler has not settled", async () => {
    const message = await reported((work) => (_, res) => {
      res.write("in parts");
      res.end();
      return work;
    });
    expect(message).toBe(
      "The scope of GET /orders is still open 0.001 s after its response was over: its handler has not settled.\n" +
        "Fix: end it with the answer, or give work that goes on a scope of its own: runInScope({ parent: null }, fn).",
    );
  });

  test("says that it holds work", async () => {
    const message = await reported((work) => (_, res, scope) => {
      void scope.hold(work);
      res.write("in parts");
      res.end();
    });
    expect(message).toContain("its response was over: 1 piece of held work has not settled.");
  });
});

describe("onError that throws", () => {
  const failing = (message: string) => () => {
    throw new Error(message);
  };

  test.each([
    ["after an answer in parts", "a part"],
    ["before a complete answer", undefined],
  ])("leaves no scope (%s), and a warning tells of both errors", async (_, part) => {
    const warnings = collectWarnings();
    const settings = { patience: 1_000, outcome: failing("outcome fails"), onError: failing("so does onError") };
    const listener = listenerOf(
      new Container(),
      (_, res) => {
        if (part !== undefined) res.write(part);
        res.end();
      },
      settings,
    );
    await ask(await listen(createServer(listener)));
    await drain(listener);
    await nextTurn();
    expect(warnings.map(({ message }) => message.split("\n")[0])).toEqual([
      "GET /: Error: outcome fails",
      "GET /: Error: so does onError",
    ]);
  });

  test("leaves a request refused whose seeds throw", async () => {
    const warnings = collectWarnings();
    const settings = { patience: 1_000, seeds: failing("no tenant"), onError: failing("so does onError") };
    const listener = listenerOf(new Container(), () => {}, settings);
    expect((await ask(await listen(createServer(listener)))).status).toBe(500);
    expect(warnings).toHaveLength(2);
  });

  test("that throws what it is given is warned of once", async () => {
    const warnings = collectWarnings();
    const onError = (error: unknown) => {
      throw error;
    };
    const listener = listenerOf(new Container(), failing("no such table"), { patience: 1_000, onError });
    expect((await ask(await listen(createServer(listener)))).status).toBe(500);
    expect(warnings).toHaveLength(1);
  });
});
