/** What the command is told to do. */
import { parseArgs } from "node:util";
import { CommandFailure } from "./failure.js";

/** How to call it. */
export const USAGE = `ambit check <module> [--export <name>] [--json] [--baseline <file> [--update-baseline]]
    Reports everything that resolve() would refuse, before anything is built.
    Exit code: 0 without problems, 1 with problems, 2 when it could not look.

ambit graph <module> [--export <name>] [--mermaid | --dot | --json | --html <file>]
    Writes what can be built, and what asks for what: a page to look at with --html, else text (default: --mermaid).

<module> is a file whose default export, or whose export named "container", is a container of ambit; or one that
registers in ambit's own container. Its export "tokens" may list what is asked for without being registered, such as
the classes of controllers.

--export <name>      another export of the module
--json               for programs
--baseline <file>    known problems: these do not fail the check, and those that are gone are to be taken out
--update-baseline    takes them out, or writes the file when there is none; never adds one
--version            of ambit
`;

export type GraphFormat = "mermaid" | "dot" | "json" | "html";

/** A command with its options. */
export type Command =
  | { readonly name: "help" }
  | { readonly name: "version" }
  | (Target & {
      readonly name: "check";
      readonly json: boolean;
      readonly baseline: string | undefined;
      readonly updateBaseline: boolean;
    })
  | (Target & { readonly name: "graph"; readonly format: GraphFormat; readonly html: string | undefined });

/** Where the container is. */
export interface Target {
  readonly module: string;
  readonly exportName: string | undefined;
}

const COMMON = {
  export: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;
const CHECK = { ...COMMON, baseline: { type: "string" }, "update-baseline": { type: "boolean" } } as const;
const GRAPH = { ...COMMON, mermaid: { type: "boolean" }, dot: { type: "boolean" }, html: { type: "string" } } as const;

/**
 * Reads the arguments after `ambit`.
 *
 * @throws CommandFailure for what it does not know
 */
export function commandFrom([name, ...args]: readonly string[]): Command {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return { name: "help" };
  if (name === "--version") return { name: "version" };
  if (name === "check") return checkFrom(args);
  if (name === "graph") return graphFrom(args);
  throw new CommandFailure(
    `There is no command "${name}".`,
    "npx ambit check ./container.js, or npx ambit graph ./container.js.",
  );
}

function checkFrom(args: readonly string[]): Command {
  const { values, positionals } = parsed(() => parseArgs({ args: [...args], options: CHECK, allowPositionals: true }));
  if (values.help) return { name: "help" };
  const { baseline, "update-baseline": updateBaseline = false } = values;
  if (updateBaseline && baseline === undefined) {
    throw new CommandFailure("--update-baseline needs a file.", "add --baseline ambit-baseline.json.");
  }
  return {
    name: "check",
    ...targetFrom(positionals, values.export),
    json: values.json ?? false,
    baseline,
    updateBaseline,
  };
}

function graphFrom(args: readonly string[]): Command {
  const { values, positionals } = parsed(() => parseArgs({ args: [...args], options: GRAPH, allowPositionals: true }));
  if (values.help) return { name: "help" };
  const formats = (["mermaid", "dot", "json", "html"] as const).filter((format) => values[format] !== undefined);
  if (formats.length > 1) {
    throw new CommandFailure(
      `It writes one format, and was asked for ${formats.map((each) => `--${each}`).join(" and ")}.`,
      "call it once for each.",
    );
  }
  return {
    name: "graph",
    ...targetFrom(positionals, values.export),
    format: formats[0] ?? "mermaid",
    html: values.html,
  };
}

function targetFrom([module, ...more]: readonly string[], exportName: string | undefined): Target {
  if (module === undefined || module === "")
    throw new CommandFailure("It needs the module of the container.", "npx ambit check ./container.js.");
  if (more.length > 0)
    throw new CommandFailure(`It looks at one module, and was given ${more.length + 1}.`, "call it once for each.");
  return { module, exportName };
}

/** Node's own sentences are good, the first of them; its stack is of no use here. */
function parsed<R>(parse: () => R): R {
  try {
    return parse();
  } catch (error) {
    const [message] = (error as Error).message.split(" To specify");
    throw new CommandFailure(message, "npx ambit --help says what there is.", { cause: error });
  }
}
