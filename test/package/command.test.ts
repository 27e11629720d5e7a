/** The command of the packed file, as npm installs it. Needs a build. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/repository.js";

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [{ filename }] = JSON.parse(npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  // Its peers are found in the repository around it.
  npm(folder, "install", "--offline", "--ignore-scripts", "--legacy-peer-deps", "--no-save", `./${filename}`);
});

afterAll(() => rmSync(folder, { recursive: true }));

function ambit(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", "ambit", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("npx ambit check finds what the packed ambit has registered", () => {
  const module = 'import { container } from "ambit"; container.register("a", { useFactory: () => 1, deps: ["gone"] });';
  writeFileSync(join(folder, "container.js"), module);
  const { status, stdout } = ambit("check", "./container.js");
  expect([status, stdout]).toEqual([1, expect.stringContaining('unregistered dependency token: "gone"')]);
});

test("npx ambit graph writes a page from what is in the package", () => {
  writeFileSync(
    join(folder, "sound.js"),
    'import { container } from "ambit"; container.register("a", { useValue: 1 });',
  );
  expect(ambit("graph", "./sound.js", "--html", "graph.html")).toMatchObject({
    status: 0,
    stdout: "Wrote graph.html: 1 node, 0 edges, 0 problems.\n",
  });
  expect(readFileSync(join(folder, "graph.html"), "utf8")).toMatch(/^<!doctype html>[^]*"id":"a"[^]*function layOut/);
});
