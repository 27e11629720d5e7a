/** Tests in scopes of their own, as vitest runs them: some must fail. Needs a build. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const PROGRAMS = join(ROOT, "test/package/programs");

/** What a runner prints, which tells of failed tests, and the process that does. */
function outputOf(...command: string[]): string {
  // A runner that is started by another one would talk to that.
  const { NODE_TEST_CONTEXT: _, VITEST: __, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: "utf8" });
  expect(status).toBe(1);
  return stdout;
}

/** "ok the first", "not ok the second": of TAP. */
function verdictsIn(output: string): string[] {
  return [...output.matchAll(/^ *((?:not )?ok) \d+ - (?:.* > )?(.*?)(?: # .*)?$/gm)].map(
    ([, ok, name]) => `${ok} ${name}`,
  );
}

test("under vitest, a disposer that fails makes its test fail, and is told how the test has ended", () => {
  const output = outputOf(join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--root", PROGRAMS);
  expect(verdictsIn(output)).toEqual([
    "ok in its scope, with a fake",
    "not ok in its scope, and cannot commit",
    "not ok in its scope, and fails",
    "not ok around it, and cannot commit",
    "not ok around it, and fails",
    "not ok with the fixture, and cannot commit",
    "not ok with the fixture, and fails",
    "ok tells how those before it have ended",
  ]);
});
