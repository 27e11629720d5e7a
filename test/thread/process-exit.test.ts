/** At the end of the process only the synchronous part of a disposer can run: that much is done. Needs a build. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

/** Runs a program that has ambit's names, a `say` that always arrives, and a container with a `pool` that says when it ends. */
function run(program: string): { said: string[]; code: number | null; errors: string } {
  const prelude = `
    import { writeSync } from "node:fs";
    import { Container, disposeThread, Lifecycle, WorkerLocal } from "ambit";
    const say = (text) => void writeSync(1, text + "\\n");
    const singleton = { lifecycle: Lifecycle.Singleton };
    const ending = (name, then = () => {}) => ({ useFactory: () => ({ [Symbol.asyncDispose]: () => (say(name), then()) }) });
    const container = new Container().register("pool", ending("pool"), singleton);
  `;
  const options = ["--no-warnings", "--input-type=module", "--eval", prelude + program];
  const { stdout, stderr, status } = spawnSync(process.execPath, options, { cwd: ROOT, encoding: "utf8" });
  return { said: stdout.trimEnd().split("\n").filter(Boolean), code: status, errors: stderr };
}

test("process.exit() ends scopes, containers and WorkerLocals, in that order, and keeps its code", () => {
  const { said, code } = run(`
    new WorkerLocal(() => "local", { onExit: say }).get();
    container.resolve("pool");
    container.createScope().defer((outcome) => say("scope, " + outcome.status));
    process.exit(3);
  `);
  expect(said).toEqual(["scope, aborted", "pool", "local"]);
  expect(code).toBe(3);
});

test("a program that simply ends does so, too", () => {
  const { said, code } = run(`container.resolve("pool");`);
  expect(said).toEqual(["pool"]);
  expect(code).toBe(0);
});

test("an uncaught exception does so, too", () => {
  const { said, code } = run(`container.resolve("pool"); throw new Error("crashed");`);
  expect(said).toEqual(["pool"]);
  expect(code).toBe(1);
});

test("of an async disposer the part before its first await runs, and the next disposer after that", () => {
  const { said } = run(`
    container.resolve("pool");
    container.register("slow", { useFactory: () => ({ async [Symbol.asyncDispose]() {
      say("slow begins");
      await null;
      say("slow ends");
    } }) }, singleton).resolve("slow");
    process.exit();
  `);
  expect(said).toEqual(["slow begins", "pool"]);
});

test("what a scope that waits for its holds has to dispose is disposed", () => {
  const { said } = run(`
    void container.runInScope((scope) => {
      scope.defer((outcome) => say("scope, " + outcome.status));
      void scope.hold(new Promise(() => {}));
    });
    process.exit();
  `);
  expect(said).toEqual(["scope, success"]);
});

test("what an end under way has not disposed yet is disposed, and what it has is not again", () => {
  const { said } = run(`
    const hang = () => new Promise(() => {});
    container.resolve("pool");
    container.register("hanging", ending("hanging", hang), singleton).resolve("hanging");
    const scope = container.createScope();
    scope.defer((outcome) => say("scope's older, " + outcome.status));
    scope.defer(() => (say("scope's newer"), hang()));
    void scope.close({ status: "success" });
    void container.dispose();
    process.exit();
  `);
  expect(said).toEqual(["scope's newer", "scope's older, success", "hanging", "pool"]);
});

test("process.exit() inside a disposer ends the rest", () => {
  const { said, code } = run(`
    container.resolve("pool");
    container.register("fatal", ending("fatal", () => process.exit(4)), singleton).resolve("fatal");
    await container.dispose();
  `);
  expect(said).toEqual(["fatal", "pool"]);
  expect(code).toBe(4);
});

test("after disposeThread() there is nothing left to end", () => {
  const { said } = run(`
    new WorkerLocal(() => "local", { onExit: say }).get();
    container.resolve("pool");
    await disposeThread();
    say("exits");
  `);
  expect(said).toEqual(["pool", "local", "exits"]);
});

test("a disposer that fails is printed, stops no other, and does not change the exit code", () => {
  const { said, code, errors } = run(`
    container.resolve("pool");
    const fail = () => { throw new Error("rollback failed"); };
    container.register("failing", ending("failing", fail), singleton).resolve("failing");
    process.exit(0);
  `);
  expect(said).toEqual(["failing", "pool"]);
  expect(errors).toContain("rollback failed");
  expect(code).toBe(0);
});

test("a timer of ambit keeps no process alive: an end that hangs does, for no longer than its timeout", () => {
  const { said } = run(`
    const scope = container.createScope({ disposeTimeout: 20 });
    scope.defer(() => new Promise(() => {}));
    await scope.close().catch((error) => say(error.code));
  `);
  expect(said).toEqual(["ERR_AMBIT_DISPOSE_TIMEOUT"]);
});
