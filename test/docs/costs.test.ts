/** What the guide says that watching costs is what the bench measures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const textOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");

test("each row of the guide's costs is measured by bench/watching.js, in this order", () => {
  const [, section] = textOf("docs/guide/production.md").split("## What each costs\n");
  const rows = [...section.split("\n## ")[0].matchAll(/^\| (.+?) \| [\d.]+ \|/gm)].map(([, name]) => name);
  const [, watchers] = textOf("bench/watching.js").split("const WATCHERS = {\n");
  const measured = [...watchers.split("\n};")[0].matchAll(/^ {2}"(.+)":/gm)].map(([, name]) => name);
  expect(rows).not.toEqual([]);
  expect(rows).toEqual(measured);
});
