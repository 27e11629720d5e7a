/** The packed file: what is in it, and that it works in projects of strangers. Needs a build. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isOtherLine } from "../support/lines.js";
import { type Packed, type Project, packAmbit } from "../support/packed.js";
import { ROOT } from "../support/repository.js";

const PEERS = ["tsyringe", "reflect-metadata"];
const HOSTS = ["koa", "express", "fastify", "hono", "piscina", "tinypool", "@opentelemetry/api"];
const TYPES = ["@types/node", "@types/koa", "@types/express"];

const { bin, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const entryPoints = Object.keys(exports)
  .filter((name) => !name.endsWith(".json"))
  .map((name) => name.replace(".", "ambit"));

let packed: Packed;
/** With what npm installs beside ambit, and nothing else. */
let bare: Project;

beforeAll(() => {
  packed = packAmbit();
  bare = packed.install(...PEERS);
});
afterAll(() => packed.remove());

describe("npm pack takes", () => {
  test("what is built, its sources, documents for users, and nothing else", () => {
    const expected = [
      /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE)$/,
      /^dist\/.+\.(js|d\.ts)(\.map)?$/,
      /^src\/.+\.ts$/,
      /^(dist|src)\/(cli|adapters\/inspector)\/page\/[\w.]+$/,
      /^docs\/(guide\/|how-to\/)?[\w-]+\.md$/i,
      /^bench\/results\/shown\.svg$/,
    ];
    expect(packed.files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  test("every file that package.json, a source map, an error's help or a picture of the README leads to", () => {
    const files = new Set(packed.files);
    const targets = Object.values<string | Record<string, string>>(exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    targets.push(...Object.values<string>(bin));
    const wanted = [
      ...targets.map((target) => posix.normalize(target)),
      ...sourcesOfMaps(),
      ...pictures(),
      "docs/errors.md",
    ];
    expect(wanted.filter((file) => !files.has(file))).toEqual([]);
  });

  test("of each module its code, its types and the source that it was made of", () => {
    const compiled = packed.files.filter((file) => !file.includes("/page/"));
    const modules = (pattern: RegExp) => compiled.flatMap((file) => pattern.exec(file)?.[1] ?? []).toSorted();
    const sources = modules(/^src\/(.+)\.ts$/);
    expect(modules(/^dist\/(.+)\.js$/)).toEqual(sources);
    expect(modules(/^dist\/(.+)\.d\.ts$/)).toEqual(sources);
  });
});

function pictures(): string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  return [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => file);
}

function sourcesOfMaps(): string[] {
  return packed.files
    .filter((file) => file.endsWith(".map"))
    .flatMap((file) => {
      const { sources } = JSON.parse(readFileSync(join(bare.folder, "node_modules/ambit", file), "utf8"));
      return sources.map((source: string) => posix.join(dirname(file), source));
    });
}

/** One instance in a scope, another in the next one, and the end of each. */
const PROGRAM = `
  class Connection { [Symbol.dispose]() { console.log("closed"); } }
  container.register(Connection, Connection, { lifecycle: Lifecycle.ContextScoped });
  const work = () => console.log(container.resolve(Connection) === container.resolve(Connection));
  container.runInScope(work).then(() => container.runInScope(work));`;

describe("a project with ambit and what npm installs beside it", () => {
  test("runs as ESM", () => {
    bare.write("esm/package.json", { type: "module" });
    bare.write("esm/main.js", `import { container, Lifecycle } from "ambit"; ${PROGRAM}`);
    expect(bare.run("esm/main.js")).toBe("true\nclosed\ntrue\nclosed\n");
  });

  test("runs as CommonJS", () => {
    bare.write("cjs/package.json", { type: "commonjs" });
    bare.write("cjs/main.js", `const { container, Lifecycle } = require("ambit"); ${PROGRAM}`);
    expect(bare.run("cjs/main.js")).toBe("true\nclosed\ntrue\nclosed\n");
  });

  test("finds every entry point whose host is not needed, both ways", () => {
    const without = entryPoints.filter((name) => !HOSTS.some((host) => host.includes(name.replace("ambit/", ""))));
    const names = JSON.stringify(without);
    bare.write(
      "esm/all.mjs",
      `import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      for (const name of ${names}) console.log(name, (await import(name)) === require(name));`,
    );
    expect(bare.run("esm/all.mjs")).toBe(without.map((name) => `${name} true\n`).join(""));
  });
});

test.skipIf(isOtherLine)("ambit/context needs no other package", () => {
  const alone = packed.install();
  alone.write(
    "main.js",
    'import { ContextVar } from "ambit/context"; new ContextVar("a").run(1, () => console.log("ok"));',
  );
  expect(alone.run("main.js")).toBe("ok\n");
});

test("a bundle of ambit/context has nothing of the container, nor of what it needs", async () => {
  bare.write("bundle.js", 'import { ContextVar } from "ambit/context"; console.log(new ContextVar("a").get(1));');
  const { output } = (await build({
    root: bare.folder,
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true },
    build: { ssr: join(bare.folder, "bundle.js"), write: false, minify: false },
  })) as Rolldown.RolldownOutput;
  const [{ modules, code }] = output;
  const inside = Object.keys(modules).map((id) => id.split("node_modules/").at(-1) ?? id);
  const others = inside.filter((id) => !/bundle\.js$|^ambit\/dist\/(context\/|errors\.js)/.test(id));
  expect(others).toEqual([]);
  expect(code).not.toContain("ERR_AMBIT_CAPTIVE");
  bare.write("bundled.mjs", code);
  expect(bare.run("bundled.mjs")).toBe("1\n");
});

describe("a TypeScript project", () => {
  let project: Project;
  beforeAll(() => {
    project = packed.install(...PEERS, ...HOSTS, ...TYPES);
  });

  const typed = `
    import { container, contextScoped, inject, type Ref, injectRef } from "ambit";
    import { ContextVar } from "ambit/context";
    ${entryPoints.map((name, at) => `import * as all${at} from "${name}";`).join("\n")}
    @contextScoped()
    class Connection { readonly open: boolean = true; }
    class Service {
      constructor(@inject(Connection) readonly connection: Connection, @injectRef(Connection) readonly ref: Ref<Connection>) {}
    }
    const variable = new ContextVar<string>("variable");
    // @ts-expect-error: types are found, and are not any
    variable.set(1);
    export const modules = [${entryPoints.map((_, at) => `all${at}`).join(", ")}];
    void container.runInScope(() => {
      const service: Service = container.resolve(Service);
      console.log(service.ref.get() === service.connection, modules.length);
    });`;

  const resolutions = [
    ["node16", { module: "node16", moduleResolution: "node16" }],
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }],
  ] as const;
  const cases = resolutions.flatMap(([name, options]) =>
    [true, false].map((skipLibCheck) => ({ name, type: "module", skipLibCheck, options })),
  );
  // An ES module can be required since Node 20.19; the compiler knows that in "nodenext" alone.
  const commonjs = { name: "nodenext", type: "commonjs", skipLibCheck: false, options: resolutions[1][1] };

  // What a compiler finds is the same on each line of Node; what it has compiled is run on each.
  test.each(isOtherLine ? [commonjs] : [...cases, commonjs])(
    "is strict, compiles and runs: $name, $type, skipLibCheck $skipLibCheck",
    ({ name, type, skipLibCheck, options }) => {
      const folder = `${name}-${type}-${skipLibCheck}`;
      project.write(`${folder}/package.json`, { type });
      project.write(`${folder}/main.ts`, typed);
      project.write(`${folder}/tsconfig.json`, { compilerOptions: { ...STRICT, ...options, skipLibCheck } });
      expect(withoutPools(project.compile(folder))).toBe("");
      expect(existsSync(join(project.folder, folder, "main.js"))).toBe(true);
      expect(project.run(`${folder}/main.js`)).toBe(`true ${entryPoints.length}\n`);
    },
  );
});

describe("what the README has a stranger paste", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, setup] = /## In a project of your own\n\n```sh\n([^]*?)```/.exec(readme) ?? [];
  const [, tsconfig] = /echo '([^']+)' > tsconfig\.json/.exec(setup) ?? [];

  test.skipIf(isOtherLine)("compiles and runs the first program, with these packages and settings", () => {
    const [ambit, ...peers] = /npm install (.+)/.exec(setup)?.[1].split(" ") ?? [];
    const [, tools] = /npm install --save-dev (.+)/.exec(setup) ?? [];
    expect(ambit).toContain("ambit");
    const project = packed.install(...peers, ...tools.split(" ").filter((name) => name.startsWith("@types/")));
    project.write("tsconfig.json", tsconfig);
    for (const file of ["hello.ts", "hello/greeter.ts"]) {
      project.write(file, readFileSync(join(ROOT, "examples", file), "utf8"));
    }
    expect(project.compile(".")).toBe("");
    expect(readme).toContain(`\`\`\`\n${project.run("hello.js")}\`\`\``);
  });
});

/** Without what is wrong in the types of Piscina and tinypool themselves, and the lines that explain it. */
function withoutPools(complaints: string): string {
  return complaints.replaceAll(/^node_modules\/(piscina|tinypool)\/.*\n(\s.*\n)*/gm, "");
}

const STRICT = {
  target: "es2022",
  lib: ["es2023", "esnext.disposable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  experimentalDecorators: true,
};
