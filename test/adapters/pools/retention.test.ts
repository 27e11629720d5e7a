/** What a pool keeps of the requests that used it: nothing. Needs a build. */
import { Container, ContextVar } from "ambit";
import { scopedPool } from "ambit/piscina";
import { expect, test } from "vitest";
import { countAlive } from "../../support/gc.js";
import { serverForEach } from "./kind.js";
import { piscina, piscinaOf, threads, tinypool } from "./kinds.js";

const goodbyes = serverForEach();
const user = new ContextVar<object>("test.user");

test.each(Object.entries({ piscina, tinypool, threads }))(
  "a worker of %s that was made for a request's task keeps nothing of the request",
  async (_, kind) => {
    await using workers = kind.open(goodbyes(), {});
    expect(await countAlive(await runForRequest((task) => workers.run(task)))).toBe(0);
    expect(await workers.run({ op: "echo", value: 1 })).toBe(1);
  },
);

test("nor does one that Piscina makes when it is asked", async () => {
  await using workers = scopedPool(piscinaOf(goodbyes(), {}, { minThreads: 0, maxThreads: 1, idleTimeout: 60_000 }));
  expect(await countAlive(await runForRequest((task) => workers.run(task)))).toBe(0);
});

/** A request with a variable, an instance and a signal of its own, all over when this resolves. */
async function runForRequest(run: (task: object) => Promise<unknown>): Promise<WeakRef<object>[]> {
  const container = new Container();
  const value = { name: "ann" };
  const seen = [new WeakRef<object>(value)];
  await user.run(value, () =>
    container.runInScope(async (scope) => {
      seen.push(new WeakRef(scope));
      await run({ op: "about" });
    }),
  );
  return seen;
}
