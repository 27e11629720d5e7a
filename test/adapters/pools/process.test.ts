/** The end of a process that has pools: its workers end before it does. Needs a build. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../support/repository.js";
import { serverForEach } from "./kind.js";

const PARENT = fileURLToPath(new URL("./parent.js", import.meta.url));

describe.each(["piscina", "tinypool", "threads"])("%s", (kind) => {
  const goodbyes = serverForEach();

  /** Starts the program; resolves when it is ready. */
  async function start(what: string) {
    const child = spawn(process.execPath, ["--no-warnings", PARENT, kind, what], { cwd: ROOT, env: goodbyes().env() });
    const lines: string[] = [];
    const exited = exitOf(child);
    await new Promise<void>((resolve) => {
      child.stderr.pipe(process.stderr);
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        lines.push(...text.split("\n").filter(Boolean));
        if (lines.includes("ready")) resolve();
      });
      void exited.then(() => resolve());
    });
    return { child, lines, exited };
  }

  async function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
    const [code, signal] = await once(child, "close");
    return { code, signal };
  }

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends its workers politely, and then the process", async (signal) => {
    const { child, exited } = await start("waits");
    child.kill(signal);
    expect(await exited).toEqual({ code: null, signal });
    expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  });

  test("SIGTERM aborts a task that takes too long, and its worker says goodbye", async () => {
    const { child, lines, exited } = await start("is busy");
    await goodbyes().heard("began");
    child.kill("SIGTERM");
    expect(await exited).toEqual({ code: null, signal: "SIGTERM" });
    expect(lines).toContain("task: The pool was destroyed.");
    expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  });

  test("a program that listens to SIGTERM itself is left alone", async () => {
    const { child, lines, exited } = await start("has plans");
    child.kill("SIGTERM");
    expect(await exited).toEqual({ code: 7, signal: null });
    expect(lines).toContain("still there");
    expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  });

  test("a program that has nothing left to do ends its workers politely", async () => {
    const { exited } = await start("runs dry");
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  });

  test("after the pool has closed SIGTERM ends the process as if it had never been", async () => {
    const { child, lines, exited } = await start("has closed");
    expect(lines).toContain("0 listeners");
    child.kill("SIGTERM");
    expect(await exited).toEqual({ code: null, signal: "SIGTERM" });
  });
});
