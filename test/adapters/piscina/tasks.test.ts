/** Tasks in Piscina's workers. Needs a build. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Piscina } from "piscina";
import { Container, ContextVar } from "ambit";
import { scopedPool } from "ambit/piscina";
import { Goodbyes, WORKER } from "../pools/goodbyes.js";

const tenant = new ContextVar("test.tenant", { default: "nobody", travels: true });

let goodbyes: Goodbyes;
beforeEach(async () => void (goodbyes = await Goodbyes.listen()));
afterEach(() => goodbyes[Symbol.asyncDispose]());

function pool(options = {}) {
  const piscina = new Piscina({
    filename: WORKER,
    atomics: "disabled",
    maxThreads: 1,
    env: goodbyes.env(),
    ...options,
  });
  return scopedPool(piscina);
}

test("a travelling variable goes along, and its thread ends politely at close()", async () => {
  const workers = pool();
  const { tenant: seen } = await tenant.run("acme", () => workers.run({ op: "about" }));
  expect(seen).toBe("acme");
  await workers.close();
  expect(await goodbyes.over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("the scope of a task knows the scope that posted it", async () => {
  const workers = pool();
  await new Container().runInScope(async (scope) => {
    const { parentId, id } = await workers.run({ op: "about" });
    expect(parentId).toBe(scope.id);
    expect(id).not.toBe(scope.id);
  });
  await workers.close();
});

test("the answer comes after the scope has closed", async () => {
  const workers = pool();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  await workers.run({ op: "closeLate", flag });
  expect(flag[0]).toBe(1);
  await workers.close();
});
