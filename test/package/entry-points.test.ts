/** The built package as a program finds it: through package.json, in a process without vitest. Needs a build. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/repository.js";

const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const names = Object.keys(exports).filter((name) => !name.endsWith(".json"));
const entryPoints = names.map((name) => name.replace(".", "ambit"));

test.each(entryPoints)("gives %s to require() the same as to import", (name) => {
  const program = `import("${name}").then((imported) => console.log(imported === require("${name}")))`;
  expect(run(program, "commonjs")).toBe("true\n");
});

test("loads reflect-metadata itself", () => {
  expect(run('import "ambit"; console.log(typeof Reflect.getMetadata)')).toBe("function\n");
});

test("leaves reflect-metadata and tsyringe out of ambit/context", () => {
  expect(run('import "ambit/context"; console.log(typeof Reflect.getMetadata)')).toBe("undefined\n");
});

test("still loads reflect-metadata when a bundler has dropped what a program does not use", async () => {
  const code = await bundle('import { inject } from "ambit"; console.log(typeof inject, typeof Reflect.getMetadata);');
  expect(run(code)).toBe("function function\n");
});

test("still has a container tell of itself when a bundler has dropped what a program does not use", async () => {
  const code = await bundle('import { Container } from "ambit"; console.log(new Container().diagnose().length);');
  expect(run(code)).toBe("0\n");
});

test("runs in one CommonJS file with the program, and says there where a scope is missing", () => {
  // tsx brings it along.
  const { buildSync } = createRequire(import.meta.resolve("tsx"))("esbuild");
  const contents = `
    import { Container, Lifecycle } from "ambit";
    class User {}
    const container = new Container().register(User, User, { lifecycle: Lifecycle.ContextScoped });
    container.runInScopeSync(() => console.log(container.resolve(User) === container.resolve(User)));
    try { container.resolve(User); } catch ({ code }) { console.log(code); }`;
  const stdin = { contents, resolveDir: ROOT };
  const options = { stdin, bundle: true, platform: "node", format: "cjs", write: false, logLevel: "silent" };
  const [{ text }] = buildSync(options).outputFiles;
  expect(run(text, "commonjs")).toBe("true\nERR_AMBIT_NO_SCOPE\n");
});

test("builds classes, however often, where no code may be made from strings", () => {
  const program = `
    import { Container } from "ambit";
    const types = [];
    for (let count = 0; count < 9; count++) types.push(class { constructor(...args) { this.args = args; } });
    const container = new Container();
    for (const [count, type] of types.entries()) container.register(type, { useClass: type, deps: types.slice(0, count) });
    const lengths = () => types.map((type) => container.resolve(type).args.length).join();
    const seen = new Set();
    try { new Function(""); } catch { for (let times = 0; times < 9; times++) seen.add(lengths()); }
    console.log(...seen);`;
  expect(run(program, "module", "--disallow-code-generation-from-strings")).toBe("0,1,2,3,4,5,6,7,8\n");
});

function run(program: string, type = "module", ...more: string[]): string {
  // From standard input: a bundle is longer than an argument may be.
  const options = ["--no-warnings", ...more, `--input-type=${type}`, "-"];
  return execFileSync(process.execPath, options, { cwd: ROOT, encoding: "utf8", input: program });
}

/** Modules that package.json calls free of side effects go, when nothing of theirs is used. */
async function bundle(program: string): Promise<string> {
  const folder = temporaryFolder();
  try {
    const entry = join(folder, "program.js");
    writeFileSync(entry, program);
    const { output } = (await build({
      configFile: false,
      logLevel: "silent",
      ssr: { noExternal: true },
      build: { ssr: entry, write: false, minify: false },
    })) as Rolldown.RolldownOutput;
    return output[0].code;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
