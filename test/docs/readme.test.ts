/** The README's programs are the files of examples/, word for word, and print what the page says. Needs a build. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Container, inject, Lifecycle } from "ambit";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const built = (program: string) => join(ROOT, "examples/dist", program);

test.each([
  "hello.ts",
  "hello/greeter.ts",
  "hello-koa.ts",
  "hello-pool.ts",
  "hello-pool/worker.ts",
  "hello-context.ts",
  "hello-guard.ts",
  "hello-explore.ts",
])("shows examples/%s word for word", (file) => {
  expect(readme).toContain(`\`\`\`ts\n${readFileSync(join(ROOT, "examples", file), "utf8")}\`\`\``);
});

test("the first program ends by line 45", () => {
  const program = readFileSync(join(ROOT, "examples/hello.ts"), "utf8");
  const before = readme.slice(0, readme.indexOf(program));
  expect((before + program).trimEnd().split("\n").length).toBeLessThanOrEqual(45);
});

test.each([
  ["hello.js", "connection 2 closed"],
  ["hello-pool.js", "connection closed"],
  ["hello-context.js", "[-] outside"],
  ["hello-guard.js", "[ 'DbConnection: refused 1 time' ]"],
  ["hello-explore.js", "]"],
])("%s prints what the page says", async (program, lastLine) => {
  const { stdout } = await promisify(execFile)(process.execPath, [built(program)]);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(lastLine);
  expect(readme).toContain(`\`\`\`\n${stdout}\`\`\``);
});

test("a captive dependency is refused in the page's words", () => {
  class Transaction {}
  class PriceCache {
    constructor(@inject(Transaction) readonly tx: Transaction) {}
  }
  const container = new Container();
  container.register(Transaction, Transaction, { lifecycle: Lifecycle.ContextScoped });
  container.register(PriceCache, PriceCache, { lifecycle: Lifecycle.Singleton });
  const [refusal] = thrownBy(() => container.resolve(PriceCache)).split("\n    at ");
  expect(refusal).toContain("ERR_AMBIT_CAPTIVE");
  expect(readme).toContain(`\`\`\`\n${refusal}\n\`\`\``);
});

/** The stack of what `fn` throws: its headline has the code in it. */
function thrownBy(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return (error as Error).stack ?? "";
  }
  throw new Error("nothing was thrown");
}

test("the Koa program answers what the page says", async () => {
  const port = await freePort();
  const server = spawn(process.execPath, [built("hello-koa.js")], { env: { ...process.env, PORT: String(port) } });
  try {
    expect(readme).toContain(`hello ${await greeted(port)}`);
  } finally {
    server.kill();
    await once(server, "exit");
  }
});

/** The name in the answer; asks until the server listens. */
async function greeted(port: number): Promise<string> {
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { user: "Ada" } });
      return (await answer.text()).replace("hello ", "");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
