/** Runs the built command in a folder of its own, inside the repository, so that its modules find ambit. Needs a build. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, temporaryFolder } from "../support/repository.js";

const MAIN = join(ROOT, "dist/cli/main.js");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder with these files; `run` calls the command in it. */
export class Project implements Disposable {
  readonly folder = temporaryFolder();

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  run(...args: string[]): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: this.folder,
      encoding: "utf8",
      timeout: 15_000,
    });
    return { code: status, out: stdout, err: stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The text of a module that registers things by name, each with what it needs. */
export function moduleOf(needs: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(needs).map(
    ([name, deps]) =>
      `container.register(${JSON.stringify(name)}, { useFactory: () => 1, deps: ${JSON.stringify(deps)} });`,
  );
  return ['import { Container } from "ambit";', "export const container = new Container();", ...lines].join("\n");
}
