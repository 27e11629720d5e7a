/** A worker's file that was written for the pool alone. */
export { teardown } from "ambit/worker";

export default (/** @type {number} */ n) => n * 2;
