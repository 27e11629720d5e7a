/** Programs whose compiler emits no metadata: as esbuild compiles them, and as Node strips their types. Needs a build. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const TSX = join(ROOT, "node_modules/tsx/dist/cli.mjs");

/** The lines that a program of `programs/` prints. */
function run(program: string, ...options: string[]): string[] {
  const file = join(ROOT, "test/package/programs", program);
  return execFileSync(process.execPath, [...options, file], { cwd: ROOT, encoding: "utf8" })
    .trimEnd()
    .split("\n");
}

const WITHOUT_DECORATORS = ["a at no time true", "closed", "b at no time true", "closed"];

test("deps and tokens run under esbuild", () => {
  expect(run("without-decorators.ts", TSX)).toEqual(WITHOUT_DECORATORS);
});

/** Node 22.18 and later run TypeScript; the types of Node 20 do not know of it. */
const stripsTypes = Reflect.get(process.features, "typescript") === "strip";

test.runIf(stripsTypes)("deps and tokens run as Node strips their types", () => {
  expect(run("without-decorators.ts", "--no-warnings")).toEqual(WITHOUT_DECORATORS);
});

test("decorators run under esbuild, where each parameter has one; the error says so where it has none", () => {
  const [first, ...error] = run("without-metadata.ts", TSX);
  expect(first).toBe("Ada true Ada");
  expect(error.join("\n")).toContain('TypeInfo not known for "Forgotten"');
  expect(error.join("\n")).toContain("put @inject(Token) before each constructor parameter of Forgotten");
});
