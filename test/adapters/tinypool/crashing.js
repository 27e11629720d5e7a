/** Its tasks answer with what they are given, or take their worker with them. Imports the built package. */
import { Container } from "ambit";
import { scopePerTask } from "ambit/worker";

export { teardown } from "ambit/worker";

/** @typedef {{ readonly hasSaidAll: Int32Array }} Crash */

export default scopePerTask(new Container(), async (/** @type {number | Crash} */ task) => {
  if (typeof task === "number") return task;
  // What Node calls after it has told of the error.
  const ending = /** @type {{ reallyExit(code: number): never }} */ (/** @type {unknown} */ (process));
  const exit = ending.reallyExit;
  ending.reallyExit = (code) => {
    Atomics.store(task.hasSaidAll, 0, 1);
    Atomics.notify(task.hasSaidAll, 0);
    return exit.call(process, code);
  };
  setImmediate(() => {
    throw new RangeError("nobody catches this");
  });
  return new Promise(() => {});
});
