/** What `npm run see-red` breaks is there to be broken. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LISTS } from "../scripts/see-red-lists.js";
import { ROOT } from "./support/repository.js";

describe.each(Object.entries(LISTS))("%s", (_, mutations) => {
  test.each(mutations)("$breaks: its line is in src, once, and its tests are there", ({ file, line, tests }) => {
    expect(readFileSync(join(ROOT, "src", file), "utf8").split(line)).toHaveLength(2);
    expect(existsSync(join(ROOT, tests))).toBe(true);
  });

  test("nothing is in it twice", () => {
    const breaks = mutations.map((each) => each.breaks);
    expect(breaks).toEqual([...new Set(breaks)]);
  });
});
