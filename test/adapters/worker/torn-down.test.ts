/** What a worker of tinypool's does with tasks that it is given when it has said its goodbye. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { TaskState } from "#src/adapters/pool/task-state.js";
import { endAndTell, openLink } from "#src/adapters/worker/links.js";
import { scopePerTask } from "#src/adapters/worker/scope-per-task.js";
import { teardown } from "#src/adapters/worker/teardown.js";
import { Container } from "#src/index.js";

const pool = new MessageChannel();
openLink(pool.port1);
afterAll(() => pool.port1.close());

test("a thread that is ending refuses tasks, and answers none when tinypool knows that it has ended", async () => {
  const perTask = scopePerTask(new Container(), () => "done");
  const board = new Int32Array(6);
  void endAndTell();
  expect(await perTask(queued(board, 0))).toMatchObject({ refused: {} });
  await teardown();
  const late = [queued(board, 2), { ...queued(board, 4), "ambit.task": 0 }, undefined];
  expect(await Promise.race([...late.map(perTask), nextTurn("silent")])).toBe("silent");
});

function queued(board: Int32Array, place: number) {
  const id = 1 + place;
  new TaskState(board, place, id).enqueue();
  return { "ambit.task": id, task: undefined, luggage: [], parentId: undefined, place, board, deadline: 5_000 };
}
