/** What `npm run see-red -- hosts` breaks is there to be broken. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../support/repository.js";
import { MUTATIONS } from "./mutations.js";

test.each(MUTATIONS)("$breaks: its line is in src, once", ({ file, line }) => {
  expect(readFileSync(join(ROOT, "src", file), "utf8").split(line)).toHaveLength(2);
});
