/** WorkerLocal: one value per thread, made when it is first asked for. */
import { ContextStateError, DisposalError, disposeThread, WorkerLocal } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const falsy = [0, "", null, undefined, false];

test("makes its value when it is first asked for, once", () => {
  let made = 0;
  const local = new WorkerLocal(() => ({ number: ++made }));
  expect(made).toBe(0);
  expect(local.get()).toBe(local.get());
  expect(made).toBe(1);
});

test.each(falsy)("makes %s once", (value) => {
  let made = 0;
  const local = new WorkerLocal(() => {
    made++;
    return value;
  });
  expect([local.get(), local.get()]).toEqual([value, value]);
  expect(made).toBe(1);
});

test("makes its value again after init threw", () => {
  let calls = 0;
  const local = new WorkerLocal(() => {
    if (++calls === 1) throw new Error("not yet");
    return "made";
  });
  expect(() => local.get()).toThrow("not yet");
  expect(local.peek()).toBeUndefined();
  expect(local.get()).toBe("made");
});

test("refuses to be asked from inside of its own init, and can be asked after that", () => {
  let nested = true;
  const local: WorkerLocal<string> = new WorkerLocal(() => (nested ? local.get() : "made"), { name: "pool" });
  expect(() => local.get()).toThrow(ContextStateError);
  expect(() => local.get()).toThrow('Cannot get WorkerLocal "pool" from inside of its own init.');
  nested = false;
  expect(local.get()).toBe("made");
});

test("two that ask for each other are refused, too", () => {
  const first: WorkerLocal<unknown> = new WorkerLocal(() => second.get());
  const second: WorkerLocal<unknown> = new WorkerLocal(() => first.get());
  expect(() => first.get()).toThrow(ContextStateError);
});

test("peek makes nothing", () => {
  const local = new WorkerLocal(() => "made");
  expect(local.peek()).toBeUndefined();
  local.get();
  expect(local.peek()).toBe("made");
});

test("peek gives nothing while init runs", () => {
  const seen: unknown[] = [];
  const local: WorkerLocal<string> = new WorkerLocal(() => {
    seen.push(local.peek(), local.delete());
    return "made";
  });
  expect(local.get()).toBe("made");
  expect(seen).toEqual([undefined, false]);
});

test("set takes the place of init", () => {
  const local = new WorkerLocal(() => expect.unreachable());
  local.set("set" as never);
  expect(local.get()).toBe("set");
});

test("set replaces the value, and the one before is the caller's", async () => {
  const ended: string[] = [];
  const local = new WorkerLocal(() => "made", { onExit: (value) => void ended.push(value) });
  local.get();
  local.set("set");
  await disposeThread();
  expect(ended).toEqual(["set"]);
});

test("delete says whether there was a value, and gives it to the caller", async () => {
  const ended: string[] = [];
  let made = 0;
  const local = new WorkerLocal(() => `made ${++made}`, { onExit: (value) => void ended.push(value) });
  expect(local.delete()).toBe(false);
  local.get();
  expect(local.delete()).toBe(true);
  expect(local.delete()).toBe(false);
  await disposeThread();
  expect(ended).toEqual([]);
  expect(local.get()).toBe("made 2");
  local.delete();
});

test.each(falsy)("delete says that there was a value of %s", (value) => {
  const local = new WorkerLocal(() => value);
  local.get();
  expect(local.delete()).toBe(true);
});

test("the thread's end calls onExit with the value, once, and makes none that was never asked for", async () => {
  const ended: string[] = [];
  const onExit = (value: string) => void ended.push(value);
  const asked = new WorkerLocal(() => "asked", { onExit });
  new WorkerLocal(() => expect.unreachable(), { onExit });
  asked.get();
  await disposeThread();
  await disposeThread();
  expect(ended).toEqual(["asked"]);
});

test.each(falsy)("the thread's end calls onExit with %s", async (value) => {
  const ended: unknown[] = [];
  new WorkerLocal<unknown>(() => value, { onExit: (last) => void ended.push(last) }).get();
  await disposeThread();
  expect(ended).toEqual([value]);
});

test("a value without onExit ends silently", async () => {
  const local = new WorkerLocal(() => "made");
  local.get();
  await disposeThread();
  expect(local.peek()).toBeUndefined();
});

test("asked again after the thread's end, it makes a new value, which ends in its turn", async () => {
  const ended: string[] = [];
  let made = 0;
  const local = new WorkerLocal(() => `value ${++made}`, { onExit: (value) => void ended.push(value) });
  local.get();
  await disposeThread();
  expect(local.get()).toBe("value 2");
  await disposeThread();
  expect(ended).toEqual(["value 1", "value 2"]);
});

test("values end newest first, each awaited before the next", async () => {
  const log: string[] = [];
  const gate = deferred();
  new WorkerLocal(() => 1, { onExit: () => void log.push("older") }).get();
  const newer = new WorkerLocal(() => 2, {
    async onExit() {
      log.push("newer begins");
      await gate.promise;
      log.push("newer ends");
    },
  });
  newer.get();
  const ended = disposeThread();
  expect(log).toEqual(["newer begins"]);
  gate.resolve();
  await ended;
  expect(log).toEqual(["newer begins", "newer ends", "older"]);
});

test("a value that another one asks for while it is made ends after it", async () => {
  const ended: string[] = [];
  const config = new WorkerLocal(() => "config", { onExit: (value) => void ended.push(value) });
  const pool = new WorkerLocal(() => `pool of ${config.get()}`, { onExit: (value) => void ended.push(value) });
  pool.get();
  await disposeThread();
  expect(ended).toEqual(["pool of config", "config"]);
});

test("a value that was deleted and made again is the newest", async () => {
  const ended: string[] = [];
  const onExit = (value: string) => void ended.push(value);
  const [one, other] = [new WorkerLocal(() => "one", { onExit }), new WorkerLocal(() => "other", { onExit })];
  one.get();
  other.get();
  one.delete();
  one.get();
  await disposeThread();
  expect(ended).toEqual(["one", "other"]);
});

test("a value that another's onExit deletes is the caller's", async () => {
  const ended: string[] = [];
  const older = new WorkerLocal(() => "older", { onExit: (value) => void ended.push(value) });
  const newer = new WorkerLocal(() => "newer", { onExit: () => void older.delete() });
  older.get();
  newer.get();
  await disposeThread();
  expect(ended).toEqual([]);
});

test("an onExit that throws stops no other, and several failures are a DisposalError", async () => {
  const ended: string[] = [];
  new WorkerLocal(() => 1, { onExit: () => void ended.push("oldest") }).get();
  new WorkerLocal(() => 2, { onExit: () => Promise.reject("rejected") }).get();
  new WorkerLocal(() => 3, {
    onExit() {
      throw "threw";
    },
  }).get();
  const failed = disposeThread();
  await expect(failed).rejects.toThrow(DisposalError);
  await expect(failed).rejects.toMatchObject({ errors: ["threw", "rejected"] });
  expect(ended).toEqual(["oldest"]);
});

test("needs a function to make its value", () => {
  expect(() => new WorkerLocal("value" as never)).toThrow(TypeError);
});
