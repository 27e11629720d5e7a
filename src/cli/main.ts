#!/usr/bin/env node
/** The command `ambit`. */
import { type Answer, check } from "./check.js";
import { CommandFailure } from "./failure.js";
import { drawGraph } from "./graph.js";
import { load } from "./load.js";
import { commandFrom, USAGE } from "./options.js";

const { text, code } = await answerTo(process.argv.slice(2));
// What the module opened, a pool or a server, must not keep a check alive.
(code === 2 ? process.stderr : process.stdout).write(text, () => process.exit(code));

async function answerTo(args: readonly string[]): Promise<Answer> {
  try {
    const command = commandFrom(args);
    if (command.name === "help") return { text: USAGE, code: 0 };
    const loaded = await load(command);
    return command.name === "check" ? check(loaded, command) : drawGraph(loaded, command);
  } catch (error) {
    if (error instanceof CommandFailure) return { text: `${error.message}\n`, code: 2 };
    return { text: `${error instanceof Error ? error.stack : String(error)}\n`, code: 2 };
  }
}
