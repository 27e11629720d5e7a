/** Finds the container of a module. */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Container } from "../container/container.js";
import type { InjectionToken } from "../registry/token.js";
import { CommandFailure } from "./failure.js";
import { importFailure } from "./import-failure.js";
import type { Target } from "./options.js";

/** What the command asks of a container: it may be one of another copy of ambit, so that no class can tell. */
export type Known = Pick<Container, "diagnose" | "graph">;

/** A container, and what a program asks it for beside its registrations. */
export interface Loaded {
  readonly container: Known;
  readonly tokens: readonly InjectionToken[];
}

type Module = Readonly<Record<string, unknown>>;

/**
 * Imports the module and finds its container, and its export `tokens`. What it prints goes to standard error.
 *
 * @throws CommandFailure when it cannot be imported, or has none
 */
export async function load({ module, exportName }: Target): Promise<Loaded> {
  const file = resolve(module);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CommandFailure(`There is no file ${module}.`, "name the built module, such as ./dist/container.js.");
  const loaded = await importQuietly(file, module);
  const tokens = tokensIn(loaded, module);
  if (exportName !== undefined) return { container: namedExport(loaded, exportName, module), tokens };
  const [found] = candidatesIn(loaded);
  return { container: found ?? (await defaultContainer(file, module, loaded)), tokens };
}

function tokensIn(loaded: Module, module: string): readonly InjectionToken[] {
  const tokens = loaded.tokens ?? inCommonJs(loaded).tokens ?? [];
  if (Array.isArray(tokens)) return tokens as InjectionToken[];
  throw new CommandFailure(`The export "tokens" of ${module} is no list.`, "export const tokens = [OrderController];");
}

async function importQuietly(file: string, module: string): Promise<Module> {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return (await import(pathToFileURL(file).href)) as Module;
  } catch (error) {
    throw importFailure(module, error);
  } finally {
    process.stdout.write = write;
  }
}

function namedExport(loaded: Module, name: string, module: string): Known {
  const found = loaded[name] ?? inCommonJs(loaded)[name];
  if (isContainer(found)) return found;
  const said = name in loaded ? "is no container of ambit" : "is not there";
  throw new CommandFailure(
    `The export "${name}" of ${module} ${said}.`,
    otherExports(loaded) ?? "export the container from it.",
  );
}

/** How to name the containers that it does export. */
function otherExports(loaded: Module): string | undefined {
  const names = Object.keys(loaded).filter((key) => isContainer(loaded[key]));
  return names.length === 0 ? undefined : `--export ${names.join(", or --export ")}.`;
}

/** What `require` would give of a CommonJS module. */
function inCommonJs({ default: exported }: Module): Module {
  return typeof exported === "object" && exported !== null ? (exported as Module) : {};
}

function candidatesIn(loaded: Module): Known[] {
  return [loaded.default, loaded.container, inCommonJs(loaded).default, inCommonJs(loaded).container].filter(
    isContainer,
  );
}

function isContainer(value: unknown): value is Known {
  const { diagnose, graph } = (value ?? {}) as Partial<Known>;
  return typeof diagnose === "function" && typeof graph === "function";
}

/** The container of the ambit that the module itself imports, if anything was registered there. */
async function defaultContainer(file: string, module: string, loaded: Module): Promise<Known> {
  const fix =
    otherExports(loaded) ??
    "export it as default or as container, or name the module that registers: npx ambit check ./container.js.";
  let ambit: Module;
  try {
    ambit = (await import(pathToFileURL(createRequire(file).resolve("ambit")).href)) as Module;
  } catch (cause) {
    throw new CommandFailure(`${module} exports no container, and there is no ambit where it stands.`, fix, { cause });
  }
  const { container } = ambit;
  if (isContainer(container) && container.graph().nodes.length > 0) return container;
  throw new CommandFailure(`${module} exports no container, and registers nothing in ambit's own.`, fix);
}
