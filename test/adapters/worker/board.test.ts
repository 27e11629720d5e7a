/** What a worker does with a task that is there before the pool has welcomed it. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { TaskState } from "#src/adapters/pool/task-state.js";
import { tellBoard } from "#src/adapters/worker/board.js";
import { openLink } from "#src/adapters/worker/links.js";
import { scopePerTask } from "#src/adapters/worker/scope-per-task.js";
import { Container } from "#src/index.js";

/** A pool that could cancel tasks here. */
const pool = new MessageChannel();
openLink(pool.port1);
afterAll(() => pool.port1.close());

test("a task that comes before the welcome begins after it; one that was cancelled meanwhile does not", async () => {
  const begun: string[] = [];
  const perTask = scopePerTask<unknown>(new Container(), (task) => begun.push(task as string));
  const board = new Int32Array(4);
  const [first, second] = [0, 2].map((place) => new TaskState(board, place, 1 + place));
  for (const state of [first, second]) state.enqueue();
  const answers = [envelope("first", first, 1), envelope("second", second, 3)].map(perTask);
  await nextTurn();
  expect(begun).toEqual([]);
  second.cancel();
  tellBoard(board);
  expect(await Promise.all(answers)).toEqual([1, expect.objectContaining({ byCancel: true })]);
  expect(begun).toEqual(["first"]);
});

function envelope(task: string, { place }: TaskState, id: number) {
  return { "ambit.task": id, task, luggage: [], parentId: undefined, place, deadline: 5_000 };
}
