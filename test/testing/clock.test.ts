/** Virtual timeouts are used as real ones are. */
import { expect, onTestFinished, test } from "vitest";
import { VirtualClock } from "#src/testing/clock.js";

function virtual(): VirtualClock {
  const clock = new VirtualClock();
  onTestFinished(() => clock.stop());
  return clock;
}

/** Lets all timers fire; gives the times at which they did. */
function fireAll(clock: VirtualClock): number[] {
  const times: number[] = [];
  for (let [next] = clock.next(); next !== undefined; [next] = clock.next()) {
    next.go();
    times.push(clock.now);
  }
  return times;
}

test("a timer that was set before, and is real, can be cleared", async () => {
  let fired = false;
  const before = setTimeout(() => (fired = true), 1);
  const clock = virtual();
  clearTimeout(before);
  clock.stop();
  await new Promise((resolve) => setTimeout(resolve, 1)); // would fire after that one
  expect(fired).toBe(false);
});

test("a timer can be cleared, and closed", () => {
  const clock = virtual();
  const fired: string[] = [];
  clearTimeout(setTimeout(() => fired.push("cleared"), 1));
  setTimeout(() => fired.push("closed"), 1).close();
  clearTimeout(undefined);
  expect([fireAll(clock), fired]).toEqual([[], []]);
});

test("arguments reach the callback", () => {
  const clock = virtual();
  const heard: unknown[] = [];
  setTimeout((...args) => heard.push(args), 1, "a", "b");
  fireAll(clock);
  expect(heard).toEqual([["a", "b"]]);
});

test.each([undefined, Number.NaN, -7, "soon", 2 ** 31])("a timer of %s fires at once, as Node's does", (delay) => {
  const clock = virtual();
  setTimeout(() => {}, 5);
  fireAll(clock);
  setTimeout(() => {}, delay as number);
  expect(fireAll(clock)).toEqual([5]);
});

test("a number that is a text is one", () => {
  const clock = virtual();
  for (const delay of ["10", 9, 100]) setTimeout(() => {}, delay as number);
  expect(fireAll(clock)).toEqual([9, 10, 100]);
});

test("a timer that is refreshed begins anew, fired or not", () => {
  const clock = virtual();
  const fired: string[] = [];
  const refreshed = setTimeout(() => fired.push(`refreshed at ${clock.now}`), 10);
  setTimeout(() => {
    fired.push(`first at ${clock.now}`);
    refreshed.refresh();
  }, 4);
  fireAll(clock);
  refreshed.refresh();
  fireAll(clock);
  expect(fired).toEqual(["first at 4", "refreshed at 14", "refreshed at 24"]);
});

test("a timer says whether it keeps a process alive, as it was told", () => {
  virtual();
  const timer = setTimeout(() => {}, 1);
  expect([timer.hasRef(), timer.unref().hasRef(), timer.ref().hasRef()]).toEqual([true, false, true]);
});
