/** Which flows share a Context: the awaited ones; and which do not: those that were forked. */
import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { Context, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { everywhere } from "./states.js";

describe.each(everywhere)("$name", ({ run }) => {
  test("what an awaited function sets, its caller sees", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const login = async () => {
        await Promise.resolve();
        user.set("ada");
      };
      await login();
      expect(user.get()).toBe("ada");
    });
  });

  test("flows that did not fork see each other's changes", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const isSet = deferred();
      const reader = isSet.promise.then(() => user.get());
      const writer = Promise.resolve().then(() => user.set("ada"));
      await writer;
      isSet.resolve();
      expect(await reader).toBe("ada");
    });
  });

  test("forked flows keep their values through interleaved awaits", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const gates = Array.from({ length: 10 }, () => deferred());
      const flow = async (name: string, gate: Promise<void>) => {
        user.set(name);
        await gate;
        return user.get();
      };
      const flows = gates.map((gate, i) => copyContext().run(flow, `user-${i}`, gate.promise));
      for (const gate of gates.toReversed()) gate.resolve();
      expect(await Promise.all(flows)).toEqual(gates.map((_, i) => `user-${i}`));
      expect(user.get("nobody")).toBe("nobody");
    });
  });

  test("a forked flow sees what was set before the fork, and not what is set after it", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const gate = deferred();
      user.set("before");
      const forked = copyContext().run(() => gate.promise.then(() => user.get()));
      user.set("after");
      gate.resolve();
      expect(await forked).toBe("before");
    });
  });

  test("values follow timers, microtasks, nextTick and async iteration", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const read = () => user.get();
      const seen = await user.run("ada", async () => {
        const values = [
          await new Promise((resolve) => setTimeout(() => resolve(read()), 0)),
          await new Promise((resolve) => setImmediate(() => resolve(read()))),
          await new Promise((resolve) => process.nextTick(() => resolve(read()))),
          await new Promise((resolve) => queueMicrotask(() => resolve(read()))),
        ];
        for await (const value of Readable.from([1])) values.push(value, read());
        return values;
      });
      expect(seen).toEqual(["ada", "ada", "ada", "ada", 1, "ada"]);
    });
  });

  test("a token can be reset after any number of awaits in its flow", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const token = user.set("ada");
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      user.reset(token);
      expect(user.get("nobody")).toBe("nobody");
    });
  });

  test("an AsyncLocalStorage of the user's own is not disturbed", () =>
    run(() => {
      const storage = new AsyncLocalStorage<string>();
      storage.run("theirs", () => {
        expect(new Context().run(() => storage.getStore())).toBe("theirs");
        expect(new ContextVar("user").run("ada", () => storage.getStore())).toBe("theirs");
      });
    }));
});

test("what is set in the root is seen by every flow that did not fork", async () => {
  const user = new ContextVar<string>("user");
  const flow = Promise.resolve().then(() => Promise.resolve().then(() => user.get("nobody")));
  user.set("ada");
  expect(await flow).toBe("ada");
});

test("a Context that is entered while its own flow awaits leaves that flow where it was", async () => {
  const user = new ContextVar<string>("user");
  const [first, second] = [new Context(), new Context()];
  const gate = deferred();
  const flow = first.run(async () => {
    user.set("first");
    await gate.promise;
    return user.get();
  });
  second.run(() => user.set("second"));
  gate.resolve();
  expect([await flow, user.get("root")]).toEqual(["first", "root"]);
});
