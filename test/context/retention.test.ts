/** What is over is let go, whatever is still alive around it. */
import { Context, ContextVar, copyContext } from "ambit/context";
import { expect, test } from "vitest";
import { countAlive } from "../support/gc.js";

class Value {}

const db = new ContextVar<Value>("db", { onReset: () => {} });

test("a reset leaves nothing of its value behind: the Context, the token and the variable stay alive", async () => {
  const context = new Context();
  const { ref, token } = context.run(() => {
    const value = new Value();
    const kept = db.set(value);
    db.get();
    return { ref: new WeakRef(value), token: kept };
  });
  expect(await countAlive([ref])).toBe(1);
  context.run(() => db.reset(token));
  expect(await countAlive([ref])).toBe(0);
  expect([context.size, token.used]).toEqual([0, true]);
});

test("resets out of order leave nothing behind either", async () => {
  const context = new Context();
  const others = Array.from({ length: 9 }, (_, i) => new ContextVar<number>(`v${i}`));
  const ref = context.run(() => {
    for (const other of others) other.set(1);
    const value = new Value();
    const [first, second] = [db.set(value), db.set(new Value())];
    db.reset(second);
    db.reset(first);
    return new WeakRef(value);
  });
  expect(await countAlive([ref])).toBe(0);
  expect(context.size).toBe(9);
});

test("a used token keeps no Context alive", async () => {
  const { ref, token } = (() => {
    const context = new Context();
    const kept = context.run(() => {
      const used = db.set(new Value());
      db.reset(used);
      return used;
    });
    return { ref: new WeakRef(context), token: kept };
  })();
  expect(await countAlive([ref])).toBe(0);
  expect(token.used).toBe(true);
});

test("a token that was dropped without a reset is not kept by its Context", async () => {
  const context = new Context();
  const ref = context.run(() => new WeakRef(db.set(new Value())));
  expect(await countAlive([ref])).toBe(0);
  expect(context.size).toBe(1);
});

test("a variable keeps no value of a Context that is gone", async () => {
  const ref = (() => {
    const value = new Value();
    const seen = db.run(value, () => db.get());
    expect(seen).toBe(value);
    return new WeakRef(value);
  })();
  expect(await countAlive([ref])).toBe(0);
  expect(db.get(undefined)).toBeUndefined();
});

test("a job that schedules itself again in a fork of a fork keeps no chain of Contexts", async () => {
  const first = new Context();
  const contexts: WeakRef<object>[] = [];
  const last = await new Promise<Context>((resolve) => {
    const job = (left: number): void => {
      const context = copyContext();
      contexts.push(new WeakRef(context));
      if (left === 0) resolve(context);
      else context.run(() => setImmediate(job, left - 1));
    };
    first.run(job, 20);
  });
  expect(await countAlive(contexts.slice(0, 10))).toBe(0);
  expect(last).toBeInstanceOf(Context);
});
