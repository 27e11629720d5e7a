/** What `npm run see-red` breaks is there to be broken, and README.md of this folder says so. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";
import { MUTATIONS } from "./mutations.js";

const readme = readFileSync(join(ROOT, "test/promises/README.md"), "utf8");

test.each(MUTATIONS)(
  "$promise. $breaks: its line is in src, once, and its row in the README",
  ({ promise, breaks, file, line, tests }) => {
    expect(readFileSync(join(ROOT, "src", file), "utf8").split(line)).toHaveLength(2);
    expect(existsSync(join(ROOT, "test/promises", `${tests}.test.ts`))).toBe(true);
    expect(readme).toContain(`| ${promise} | ${breaks} | \`${file}\` | [${tests}](${tests}.test.ts) |`);
  },
);

test("every promise has a line that was broken", () => {
  const promises = new Set(MUTATIONS.map(({ promise }) => promise));
  expect([...promises]).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
});
