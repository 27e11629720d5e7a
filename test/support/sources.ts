/** What the files of src import and export, types included: read with the parser that vite brings. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));

export interface Import {
  /** As it is written: "koa", "./scope.js". */
  readonly module: string;
  /** The file of src that it means; `undefined` for a package. */
  readonly file: string | undefined;
  /** "*" for all of them, and for an import that names none. */
  readonly names: readonly string[];
}

export interface Export {
  /** `undefined` for `export *`. */
  readonly name: string | undefined;
  readonly documented: boolean;
  /** Where it comes from, when this file only passes it on. */
  readonly from: { readonly file: string | undefined; readonly name: string | undefined } | undefined;
}

export interface Source {
  /** From src: "scope/disposal.ts". */
  readonly file: string;
  /** Without its comments. */
  readonly code: string;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
}

/** Every file of src. */
export function readSources(): Source[] {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const sources = files.filter((file) => file.endsWith(".ts")).sort();
  return sources.map((file) => parseSource(file, readFileSync(join(SRC, file), "utf8")));
}

/** One file, from its text. */
export function parseSource(file: string, text: string): Source {
  const { program, module, comments, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);

  const documentedAt = (start: number): boolean =>
    comments.some(({ value, end }) => value.startsWith("*") && end <= start && text.slice(end, start).trim() === "");
  const exports = module.staticExports.flatMap(({ entries, start }) =>
    entries.map(({ exportName, importName, moduleRequest }) => ({
      name: exportName.name ?? undefined,
      documented: documentedAt(start),
      from: moduleRequest ? { file: fileOf(file, moduleRequest.value), name: importName.name ?? undefined } : undefined,
    })),
  );
  return { file, code: withoutComments(text, comments), imports: [...importsOf(program, file)], exports };
}

interface Node {
  readonly type?: string;
  readonly source?: { readonly value?: unknown } | null;
  readonly specifiers?: readonly { readonly imported?: Name; readonly local?: Name }[];
}
interface Name {
  readonly name: string;
}

/** Looks everywhere, because `import("./x.js").Type` may stand in any type. */
function* importsOf(node: Node, file: string): Generator<Import> {
  const module = node.source?.value;
  if (typeof module === "string") yield { module, file: fileOf(file, module), names: namesOf(node) };
  for (const child of Object.values(node)) {
    if (typeof child === "object" && child !== null) yield* importsOf(child, file);
  }
}

function namesOf({ type, specifiers = [] }: Node): string[] {
  const isExport = type === "ExportNamedDeclaration";
  const names = specifiers.map(({ imported, local }) => (isExport ? local : imported)?.name ?? "*");
  return names.length > 0 ? names : ["*"];
}

function fileOf(importer: string, module: string): string | undefined {
  return module.startsWith(".") ? join(dirname(importer), module).replace(/\.js$/, ".ts") : undefined;
}

function withoutComments(text: string, comments: readonly { start: number; end: number }[]): string {
  return comments.reduceRight((code, { start, end }) => code.slice(0, start) + code.slice(end), text);
}
