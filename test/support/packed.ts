/** The file that `npm pack` makes of what is built, in the folder of a stranger. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./repository.js";

export interface Packed {
  /** The paths in the package. */
  readonly files: readonly string[];
  /** A folder with the package and these others in its node_modules; outside of the repository, where nothing else is found. */
  install(...packages: readonly string[]): Project;
  remove(): void;
}

/** A folder in which ambit is installed. */
export class Project {
  constructor(readonly folder: string) {}

  /** Puts a file there. */
  write(file: string, text: string | object): this {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof text === "string" ? text : JSON.stringify(text));
    return this;
  }

  /** What Node prints when it runs that file; its complaints, when it fails. */
  run(file: string): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: this.folder, encoding: "utf8" });
    return status === 0 ? stdout : stderr;
  }

  /** What the compiler says of the project in that folder; nothing, if all is well. */
  compile(folder: string): string {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const args = [tsc, "--pretty", "false", "-p", join(this.folder, folder)];
    return spawnSync(process.execPath, args, { cwd: this.folder, encoding: "utf8" }).stdout;
  }
}

/** Needs a build. */
export function packAmbit(): Packed {
  const base = mkdtempSync(join(tmpdir(), "ambit-packed-"));
  const [{ filename, files }] = JSON.parse(npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", base));
  return {
    files: files.map(({ path }: { path: string }) => path),
    install: (...packages) => {
      const project = new Project(mkdtempSync(join(base, "project-")));
      project.write("package.json", { private: true, type: "module" });
      // Peers are copied: a test must not depend on a registry.
      npm(
        project.folder,
        "install",
        "--offline",
        "--legacy-peer-deps",
        "--no-audit",
        "--no-fund",
        join(base, filename),
      );
      for (const name of packages) borrow(name, project.folder);
      return project;
    },
    remove: () => rmSync(base, { recursive: true }),
  };
}

function npm(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${stderr}`);
  return stdout;
}

/** Copies a package of the repository, and those that it depends on. */
function borrow(name: string, folder: string): void {
  const [from, to] = [ROOT, folder].map((each) => join(each, "node_modules", name));
  if (existsSync(to)) return;
  cpSync(from, to, { recursive: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  // What is not at the top is inside of the package, and has been copied with it.
  for (const each of Object.keys(dependencies)) if (existsSync(join(ROOT, "node_modules", each))) borrow(each, folder);
}
