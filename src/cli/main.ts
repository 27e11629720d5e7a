#!/usr/bin/env node
/** The command `ambit`. */
import { readFileSync } from "node:fs";
import { stackOf } from "../thrown.js";
import { type Answer, check } from "./check.js";
import { CommandFailure } from "./failure.js";
import { drawGraph } from "./graph.js";
import { load } from "./load.js";
import { commandFrom, USAGE } from "./options.js";

process.once("exit", endedByAnother);
const { text, code } = await answerTo(process.argv.slice(2));
(code === 2 ? process.stderr : process.stdout).write(text, end);

/** What the module opened, a pool or a server, must not keep a check alive. */
function end(): void {
  process.off("exit", endedByAnother);
  process.exit(code);
}

/** The module may end the process, or fail, while it is imported: that must not look like "no problems". */
function endedByAnother(): void {
  process.exitCode = 2;
  const { message } = new CommandFailure(
    "The process ended before there was an answer.",
    "a module that is checked must not end it, wait for ever or throw later on: register there, and start elsewhere.",
  );
  process.stderr.write(`${message}\n`);
}

async function answerTo(args: readonly string[]): Promise<Answer> {
  try {
    const command = commandFrom(args);
    if (command.name === "help") return { text: USAGE, code: 0 };
    if (command.name === "version") return { text: `${version()}\n`, code: 0 };
    const loaded = await load(command);
    return command.name === "check" ? check(loaded, command) : drawGraph(loaded, command);
  } catch (error) {
    if (error instanceof CommandFailure) return { text: `${error.message}\n`, code: 2 };
    return { text: `${stackOf(error)}\n`, code: 2 };
  }
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
