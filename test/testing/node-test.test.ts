/** A scope for each test, in node:test. Needs a build. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

test("runs in node:test, and fails there by what its disposers throw", () => {
  const program = `
    import assert from "node:assert";
    import { test } from "node:test";
    import { Container, Lifecycle } from "ambit";
    import { inTestScope } from "ambit/testing";
    const container = new Container()
      .register("real", { useFactory: () => "real" }, { lifecycle: Lifecycle.ContextScoped })
      .register("broken", { useFactory: () => ({ dispose() { throw new Error("still locked"); } }) }, { lifecycle: Lifecycle.ContextScoped });
    const fake = (value) => ({ overrides: [["real", { useValue: value }]] });
    test("side by side", { concurrency: true }, async (t) => {
      for (const value of ["a", "b"]) void t.test(value, inTestScope(container, fake(value), async (scope, own) => {
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(container.resolve("real"), own.name);
      }));
    });
    test("ends badly", inTestScope(container, {}, (scope) => void scope.resolve("broken")));`;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-"], {
    cwd: ROOT,
    encoding: "utf8",
    input: program,
    env: { ...env, NODE_OPTIONS: "--test-reporter=tap" },
  });
  expect(stdout).toContain("ok 1 - side by side");
  expect(stdout).toContain("not ok 2 - ends badly");
  expect(stdout).toContain("still locked");
});
