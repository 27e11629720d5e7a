/** A worker's file that does not export `scopePerTask(...)`. Needs a build. */
import { fileURLToPath } from "node:url";
import { ScopeStateError } from "ambit";
import { scopedPool } from "ambit/piscina";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { Piscina } from "piscina";
import { Tinypool } from "tinypool";
import { expect, test } from "vitest";

const filename = fileURLToPath(new URL("bare.js", import.meta.url));
const options = { filename, minThreads: 1, maxThreads: 1 };

test.each([
  ["Piscina", () => scopedPool(new Piscina({ ...options, atomics: "disabled" }))],
  ["tinypool", () => scopedTinypool(new Tinypool({ ...options, teardown: "teardown" }))],
])("its answer to what was not its task is no result: %s", async (_, open) => {
  await using pool = open();
  for (const task of [1, 2]) {
    const answer = pool.run(task);
    await expect(answer).rejects.toThrow(ScopeStateError);
    await expect(answer).rejects.toThrow("is not scopePerTask(...)");
  }
});
