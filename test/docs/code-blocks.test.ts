/**
 * Every ts block of README.md and docs/ compiles, as strictly as src does.
 *
 * A block is a module of its own. What it needs and a reader need not see stands in a comment right before it:
 *
 *     <!-- given
 *     import { container } from "ambit";
 *     declare const app: Koa;
 *     -->
 *
 * One that begins with `// worker.ts` is that file for the other blocks of its page. One that cannot compile says why:
 *
 *     <!-- not compiled: it shows what TypeScript refuses -->
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { documentedBlocks, type PageBlock } from "../support/code-blocks.js";
import { ROOT, temporaryFolder } from "../support/repository.js";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const blocks = documentedBlocks();
const compiled = blocks.filter(({ notCompiled }) => !notCompiled);

test(`${compiled.length} ts blocks of the documents compile, ${blocks.length - compiled.length} say why they do not`, () => {
  expect(compiled.length).toBeGreaterThan(0);
  expect(problemsOf(compiled)).toEqual([]);
});

/** What the compiler says, with the place in the document: "README.md:47:3 - error TS2304: ...". */
function problemsOf(all: readonly PageBlock[]): string[] {
  const folder = temporaryFolder();
  try {
    for (const { page, file, code } of all) write(join(folder, page, file), code);
    write(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", include: ["."] }));
    const tsc = spawnSync(process.execPath, [TSC, "--pretty", "false"], { cwd: folder, encoding: "utf8" });
    if (tsc.status === 0) return [];
    const lines = `${tsc.stdout}${tsc.stderr}`.trim().split("\n");
    return lines.map((line) => line.replace(/^(.*\.md)\/[^(]+\((\d+),(\d+)\): /, "$1:$2:$3 - "));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  // Two blocks of one name would hide each other.
  writeFileSync(file, text, { flag: "wx" });
}
