/** Holds the layers of src: who may import whom, and what only one place may touch. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Import, readSources, type Source } from "./support/sources.js";

/** From the top: a file imports from its own layer and from those before it. A layer is a folder of src, or a file in it. */
const LAYERS = [
  "thrown",
  "errors",
  "context",
  "scope",
  "thread",
  "registry",
  "plan",
  "resolve",
  "container",
  "decorators",
  "insight",
  "interop",
  "index",
  "adapters",
  "cli",
  "testing",
];

/** What only these files and folders may import: a whole module, or one name of it. */
const RESERVED_IMPORTS = [
  { module: "node:async_hooks", only: ["context/cell.ts"] },
  { module: "node:worker_threads", only: ["thread/"] },
  { module: "reflect-metadata", only: ["registry/tsyringe.ts"] },
  { module: "tsyringe", name: "container", only: ["interop/"] },
  { module: "koa", only: ["adapters/koa/"] },
  { module: "express", only: ["adapters/express.ts"] },
  { module: "fastify", only: ["adapters/fastify/"] },
  { module: "hono", only: ["adapters/hono/"] },
  { module: "piscina", only: ["adapters/"] },
  { module: "tinypool", only: ["adapters/"] },
  { module: "@opentelemetry/api", only: ["adapters/opentelemetry/"] },
];

/** What only these files and folders may mention in their code. */
const RESERVED_CODE = [{ code: /\bReflect\.\w*metadata/i, only: ["registry/metadata.ts"] }];

const { exports: entryPoints, peerDependencies } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);
const sources = readSources();
const byFile = new Map(sources.map((source) => [source.file, source]));

test("every file of src belongs to a layer", () => {
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter(({ file }) => !LAYERS.includes(layerOf(file))).map(({ file }) => file)).toEqual([]);
});

test("a file imports only from its own layer and from those above it", () => {
  const rank = (file: string): number => LAYERS.indexOf(layerOf(file));
  const isBelow = (file: string, imported: string | undefined): boolean => !!imported && rank(imported) > rank(file);
  const rule = `the layers, from the top, are ${LAYERS.join(", ")}`;
  expect(importsWhere(({ file }, imported) => isBelow(file, imported.file), rule)).toEqual([]);
});

test("no files import each other in a circle, not even for types", () => {
  const done = new Set<string>();
  expect(sources.flatMap(({ file }) => circlesFrom(file, [], done))).toEqual([]);
});

for (const { module, name, only } of RESERVED_IMPORTS) {
  test(`only ${only.join(" and ")} imports ${name ? `${name} from ` : ""}${module}`, () => {
    const isReserved = (imported: Import): boolean =>
      withoutNode(imported.module) === withoutNode(module) &&
      (!name || [name, "*"].some((n) => imported.names.includes(n)));
    const rule = `only ${only.join(" and ")} may`;
    expect(importsWhere(({ file }, imported) => isReserved(imported) && !isIn(file, only), rule)).toEqual([]);
  });
}

for (const { code, only } of RESERVED_CODE) {
  test(`only ${only.join(" and ")} mentions ${code}`, () => {
    const offenders = sources.filter((source) => code.test(source.code) && !isIn(source.file, only));
    expect(offenders.map(({ file }) => `src/${file} mentions ${code}: only ${only.join(" and ")} may`)).toEqual([]);
  });
}

test("a file imports no package but Node's modules and the peers in package.json", () => {
  const isAllowed = ({ file, module }: Import): boolean =>
    !!file || module.startsWith("node:") || module in peerDependencies;
  expect(importsWhere((_, imported) => !isAllowed(imported), "package.json does not name it as a peer")).toEqual([]);
});

test("no file imports a test runner: ambit/testing works in each of them", () => {
  const isRunner = ({ module }: Import): boolean => /^(?:node:test|vitest|@vitest|jest|@jest|mocha)\b/.test(module);
  expect(importsWhere((_, imported) => isRunner(imported), "whoever uses ambit/testing chooses one")).toEqual([]);
});

test("everything that an entry point exports has a doc comment", () => {
  const outputs = Object.values<{ default?: string }>(entryPoints).flatMap((target) => target.default ?? []);
  const entries = outputs.map((output) => output.replace("./dist/", "").replace(/\.js$/, ".ts"));
  expect([...byFile.keys()]).toEqual(expect.arrayContaining(entries));
  expect(new Set(entries.flatMap((entry) => undocumented(entry)))).toEqual(new Set());
});

function layerOf(file: string): string {
  return file.split("/")[0].replace(/\.ts$/, "");
}

function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === place || (place.endsWith("/") && file.startsWith(place)));
}

function withoutNode(module: string): string {
  return module.replace(/^node:/, "");
}

function importsWhere(isWrong: (source: Source, imported: Import) => boolean, rule: string): string[] {
  return sources.flatMap((source) =>
    source.imports
      .filter((imported) => isWrong(source, imported))
      .map(({ module, names }) => `src/${source.file} imports ${names.join(", ")} from ${module}: ${rule}`),
  );
}

/** Follows imports depth first; `done` are files from which no new circle can be found. */
function circlesFrom(file: string, path: readonly string[], done: Set<string>): string[] {
  if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" -> ")];
  if (done.has(file)) return [];
  const imported = byFile.get(file)?.imports.flatMap((each) => each.file ?? []) ?? [];
  const circles = imported.flatMap((next) => circlesFrom(next, [...path, file], done));
  done.add(file);
  return circles;
}

/** Names that `file` exports (all of them, or `name`) without a doc comment where they are declared. */
function undocumented(file: string, name?: string): string[] {
  const exports = byFile.get(file)?.exports.filter((each) => !name || !each.name || each.name === name) ?? [];
  const passedOn = exports.flatMap(({ from, name: own }) =>
    from?.file ? undocumented(from.file, own ? from.name : name) : [],
  );
  const declared = exports.filter(({ from }) => !from);
  // One comment is enough for all overloads of a function, and for a type that shares its name with a value.
  const documented = new Set(declared.filter((each) => each.documented).map((each) => each.name));
  const bare = declared.filter((each) => !documented.has(each.name));
  return [...passedOn, ...bare.map((each) => `src/${file}: ${each.name} has no doc comment`)];
}
