/** What two threads see of a task, and what those that come late cannot do to the next one in its place. */
import { expect, test } from "vitest";
import { leavePlace, takePlace } from "#src/adapters/pool/places.js";
import { TaskState } from "#src/adapters/pool/task-state.js";

const THREAD = 7;
const OTHER_THREAD = 8;

test("one thread begins a task, and no other", () => {
  const { state, asSeenThere } = queued(1);
  expect(asSeenThere.begin(THREAD)).toBe(true);
  expect(asSeenThere.begin(OTHER_THREAD)).toBe(false);
  expect([state.threadId, state.isQueued]).toEqual([THREAD, false]);
});

test("a task that is cancelled in the queue never begins; one that has begun is not cancelled there", () => {
  const waits = queued(1);
  expect([waits.state.cancel(), waits.asSeenThere.begin(THREAD), waits.state.threadId]).toEqual([true, false, 0]);
  const runs = queued(2);
  expect([runs.asSeenThere.begin(THREAD), runs.state.cancel(), runs.state.threadId]).toEqual([true, false, THREAD]);
});

test("a failure is one for the next answer only", () => {
  const { state, asSeenThere } = queued(1);
  asSeenThere.fail();
  expect(state.hasFailed).toBe(true);
  state.expectResult();
  expect(state.hasFailed).toBe(false);
});

test("who comes late neither begins, cancels nor fails the next task in that place", () => {
  const board = new Int32Array(2);
  const late = queued(1, board).asSeenThere;
  const { state } = queued(2, board);
  expect([late.isQueued, late.begin(THREAD), late.cancel()]).toEqual([false, false, false]);
  late.fail();
  expect([state.isQueued, state.hasFailed]).toEqual([true, false]);
});

test("a place is one task's at a time, however many there are", () => {
  const places = Array.from({ length: 3_000 }, takePlace);
  const boards = [...new Set(places.map(({ board }) => board))];
  expect(new Set(places.map(({ board, at }) => `${boards.indexOf(board)} ${at}`)).size).toBe(places.length);
  expect(places.every(({ at }) => at % 2 === 0)).toBe(true);
  for (const place of places) leavePlace(place);
  const again = Array.from({ length: 1_000 }, takePlace);
  expect(new Set(again).size).toBe(again.length);
});

/** A task that waits, as both sides see it. */
function queued(task: number, board = new Int32Array(2)) {
  const state = new TaskState(board, 0, task);
  state.enqueue();
  state.expectResult();
  return { state, asSeenThere: new TaskState(board, 0, task) };
}
