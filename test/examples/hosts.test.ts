/** The example for each host greets each client by its own name. Needs `npm run build && npm run build:examples`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const programs = readdirSync(join(ROOT, "examples/hosts")).map((file) => file.replace(/\.ts$/, ".js"));

test("there is an example for every host beside Koa", () => {
  expect(programs.sort()).toEqual(["express.js", "fastify.js", "hono.js", "http.js"]);
});

test.each(programs)("%s greets two clients at a time", async (program) => {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  const server = spawn(process.execPath, [join(ROOT, "examples/dist/hosts", program)], { env, stdio: "inherit" });
  try {
    await greeted(port, "nobody");
    expect(await Promise.all([greeted(port, "Ada"), greeted(port, "Bob")])).toEqual(["hello Ada\n", "hello Bob\n"]);
  } finally {
    server.kill();
    await once(server, "exit");
  }
});

/** The answer; asks until the server listens. */
async function greeted(port: number, user: string): Promise<string> {
  for (;;) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}`, { headers: { user } })).text();
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
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
