/** Pages as a reader would have them on disk: their blocks compiled, each beside the others of its page. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PageBlock } from "../support/code-blocks.js";
import { ROOT, temporaryFolder } from "../support/repository.js";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** A folder with a folder for each page. Needs a build. The caller removes it. */
export function writtenOut(blocks: readonly PageBlock[]): string {
  const folder = temporaryFolder();
  for (const { page, file, code } of blocks) write(join(folder, page, file), code);
  // Unchecked, because code-blocks.test.ts checks the types of the same blocks.
  const compilerOptions = { noEmit: false, noCheck: true, allowJs: false, checkJs: false, paths: {}, rootDir: "." };
  write(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["."] }),
  );
  const { status, stdout } = spawnSync(process.execPath, [TSC], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stdout);
  return folder;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
