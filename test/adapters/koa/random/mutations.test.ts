/** What `npm run see-red -- koa` breaks is there to be broken, and every finding has something that brings it about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../support/repository.js";
import { MUTATIONS } from "./mutations.js";
import { SOUND } from "../../host/random/under-fire.js";

test.each(MUTATIONS)("$breaks: its line is in src, once", ({ file, line }) => {
  expect(readFileSync(join(ROOT, "src", file), "utf8").split(line)).toHaveLength(2);
});

test("every finding has a line that brings it about", () => {
  const found = new Set(MUTATIONS.flatMap(({ finds }) => finds));
  const { examples: _, warned: __, ...findings } = SOUND;
  expect([...found].sort()).toEqual(Object.keys(findings).sort());
});
