/** What `npm run see-red` breaks for each promise, README.md of this folder says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";
import { MUTATIONS } from "./mutations.js";

const readme = readFileSync(join(ROOT, "test/promises/README.md"), "utf8");

test.each(MUTATIONS)("$promise. $breaks: its row is in the README", ({ promise, breaks, file, tests }) => {
  expect(readme).toContain(`| ${promise} | ${breaks} | \`${file}\` | [${tests}](${tests}.test.ts) |`);
});

test("every promise has a line that was broken", () => {
  const promises = new Set(MUTATIONS.map(({ promise }) => promise));
  expect([...promises]).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
});
