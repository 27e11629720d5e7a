/** `npm run see-red -- koa` brings about every finding. */
import { expect, test } from "vitest";
import { SOUND } from "../../host/random/under-fire.js";
import { MUTATIONS } from "./mutations.js";

test("every finding has a line that brings it about", () => {
  const found = new Set(MUTATIONS.flatMap(({ finds }) => finds));
  const { examples: _, warned: __, ...findings } = SOUND;
  expect([...found].sort()).toEqual(Object.keys(findings).sort());
});
