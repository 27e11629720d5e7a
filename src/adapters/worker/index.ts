/** ambit in a worker thread: a scope for each task, and an end of the thread that is awaited. @module ambit/worker */
export { scopePerTask } from "./scope-per-task.js";
export { teardown } from "./teardown.js";
