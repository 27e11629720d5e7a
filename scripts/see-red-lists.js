/** What `npm run see-red` breaks, by the names by which it is asked for it. */
import { MUTATIONS as HOSTS } from "../test/adapters/host/mutations.js";
import { MUTATIONS as INSPECTOR } from "../test/adapters/inspector/mutations.js";
import { MUTATIONS as KOA } from "../test/adapters/koa/random/mutations.js";
import { MUTATIONS as OPENTELEMETRY } from "../test/adapters/opentelemetry/mutations.js";
import { MUTATIONS as POOLS } from "../test/adapters/pools/mutations.js";
import { MUTATIONS as OWN_CODE } from "../test/container/mutations.js";
import { MUTATIONS as INSIGHT } from "../test/insight/mutations.js";
import { MUTATIONS as PROMISES } from "../test/promises/mutations.js";
import { MUTATIONS as TESTING } from "../test/testing/mutations.js";

/**
 * A line of src, a way in which it can break, and the file of the tests that must then fail. With `build` they test what
 * is built, with `ownCode` where each class is built by code of its own.
 *
 * @typedef {{ promise?: number, breaks: string, file: string, line: string, by: string, tests: string, build?: boolean, ownCode?: boolean }} Mutation
 */

/** @type {Readonly<Record<string, readonly Mutation[]>>} */
export const LISTS = {
  promises: PROMISES.map((each) => ({ ...each, tests: `test/promises/${each.tests}.test.ts` })),
  "own-code": testedIn("test", OWN_CODE).map((each) => ({ ...each, ownCode: true })),
  koa: KOA.map((each) => ({ ...each, tests: "test/adapters/koa/random/random.test.ts" })),
  hosts: testedIn("test/adapters", HOSTS),
  // Worker threads load what is built.
  pools: testedIn("test/adapters", POOLS).map((each) => ({ ...each, build: true })),
  insight: testedIn("test/insight", INSIGHT),
  inspector: testedIn("test/adapters/inspector", INSPECTOR),
  opentelemetry: testedIn("test/adapters/opentelemetry", OPENTELEMETRY),
  testing: testedIn("test/testing", TESTING),
};

/** @param {string} folder @param {readonly Mutation[]} mutations @returns {Mutation[]} */
function testedIn(folder, mutations) {
  return mutations.map((each) => ({ ...each, tests: `${folder}/${each.tests}` }));
}
