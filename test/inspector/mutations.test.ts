/** What `npm run see-red -- inspector` breaks is there to be broken. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";
import { MUTATIONS } from "./mutations.js";

test.each(MUTATIONS)("$breaks: its line is in src, once, and its tests are there", ({ file, line, tests }) => {
  expect(readFileSync(join(ROOT, "src", file), "utf8").split(line)).toHaveLength(2);
  expect(existsSync(join(ROOT, "test/inspector", tests))).toBe(true);
});
