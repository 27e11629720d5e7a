/** `ambit check`, as a build server calls it. Needs a build. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/repository.js";
import { moduleOf, Project } from "./command.js";

const SOUND = moduleOf({ a: ["b"], b: [] });
const BROKEN = moduleOf({ a: ["gone"], b: ["lost"] });

test("ends with 0 where there is no problem", () => {
  using project = new Project({ "container.js": SOUND });
  expect(project.run("check", "container.js")).toEqual({ code: 0, out: "container.js: no problems.\n", err: "" });
});

test("ends with 1 and reports each problem, with path and fix", () => {
  using project = new Project({ "container.js": BROKEN });
  const { code, out } = project.run("check", "./container.js");
  expect(code).toBe(1);
  expect(out).toContain(
    "./container.js: 2 problems.\n\n1. UnregisteredTokenError [ERR_AMBIT_UNREGISTERED]: Cannot inject",
  );
  expect(out).toContain("  a      transient\n  gone   not registered   dependency #0\nFix: ");
});

test("says what it could not see, and does not fail for it", () => {
  using project = new Project({
    "container.js": `${SOUND}\ncontainer.register("opaque", { useFactory: (c) => c.resolve("x") });`,
  });
  const { code, out } = project.run("check", "container.js");
  expect([code, out]).toEqual([
    0,
    "container.js: no problems.\n\nNot seen: what opaque asks for. With deps: [...] it can be seen.\n",
  ]);
});

test("writes JSON, and nothing else, whatever the module prints", () => {
  using project = new Project({ "container.js": `console.log("loading");${BROKEN}` });
  const { code, out, err } = project.run("check", "container.js", "--json");
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    problems: [{ id: "unregistered: a -> gone" }, { id: "unregistered: b -> lost" }],
    known: [],
    gone: [],
    notes: [],
  });
  expect([code, err]).toEqual([1, "loading\n"]);
});

test("is not kept alive by what the module opened", () => {
  using project = new Project({ "container.js": `${SOUND}\nsetInterval(() => {}, 1000);` });
  expect(project.run("check", "container.js").code).toBe(0);
});

describe("finds the container", () => {
  test.each([
    [
      "the default export",
      'import { Container } from "ambit"; export default new Container().register("a", { useFactory: () => 1, deps: ["gone"] });',
      [],
    ],
    [
      "ambit's own, where the module only registers",
      'import { container } from "ambit"; container.register("a", { useFactory: () => 1, deps: ["gone"] });',
      [],
    ],
    [
      "the export that is named",
      `${SOUND}; export const other = new Container().register("a", { useFactory: () => 1, deps: ["gone"] });`,
      ["--export", "other"],
    ],
    ["what is asked for beside it", `${SOUND}; export const tokens = ["gone"];`, []],
  ])("%s", (_, text, args) => {
    using project = new Project({ "container.js": text });
    const { code, out } = project.run("check", "container.js", ...args);
    expect([code, out]).toEqual([1, expect.stringContaining('unregistered dependency token: "gone"')]);
  });

  test("of CommonJS", () => {
    using project = new Project({
      "container.cjs":
        'const { Container } = require("ambit"); const made = { container: new Container().register("a", { useFactory: () => 1, deps: ["gone"] }) }; module.exports = made;',
    });
    expect(project.run("check", "container.cjs").code).toBe(1);
  });
});

describe("ends with 2 and says what to do", () => {
  test.each([
    ["without a module", ["check"], "It needs the module of the container.\nFix: npx ambit check ./container.js."],
    ["for a module without a name", ["check", ""], "It needs the module of the container.\nFix: "],
    ["for a command that is none", ["chekc"], 'There is no command "chekc".'],
    ["for an option that is none", ["check", "container.js", "--jsno"], "Unknown option '--jsno'.\nFix: "],
    ["for two modules", ["check", "container.js", "b.js"], "It looks at one module, and was given 2."],
    ["for a file that is not there", ["check", "nowhere.js"], "There is no file nowhere.js."],
    ["for a folder", ["check", "."], "There is no file ..\nFix: name the built module"],
    ["for a module that throws", ["check", "throws.js"], "Cannot import throws.js: Error: no settings\n    at "],
    [
      "for what only TypeScript can read",
      ["check", "types.ts"],
      "Fix: build it and name what was built; or, where every parameter names its token: NODE_OPTIONS='--import tsx' npx ambit check types.ts.",
    ],
    ["for a module with a mistake", ["check", "broken.js"], "Fix: mend it until `node broken.js` runs."],
    [
      "for a module that lacks another",
      ["check", "lacks.js"],
      "Fix: have it built, and what it imports installed, until `node lacks.js` runs.",
    ],
    [
      "for a module without a container",
      ["check", "empty.js"],
      "empty.js exports no container, and registers nothing in ambit's own.",
    ],
    [
      "for an export that is not there",
      ["check", "container.js", "--export", "c"],
      'The export "c" of container.js is not there.\nFix: --export container.',
    ],
    [
      "for an export that is no container",
      ["check", "empty.js", "--export", "x"],
      'The export "x" of empty.js is no container of ambit.',
    ],
    [
      "for a baseline that is not there",
      ["check", "container.js", "--baseline", "b.json"],
      "There is no baseline b.json.\nFix: add --update-baseline",
    ],
    ["for a baseline that is none", ["check", "container.js", "--baseline", "list.json"], "list.json is no baseline"],
    [
      "for a baseline that is no JSON",
      ["check", "container.js", "--baseline", "empty.js"],
      "Cannot read the baseline empty.js: ",
    ],
    ["for an update of nothing", ["check", "container.js", "--update-baseline"], "--update-baseline needs a file."],
    [
      "for two formats",
      ["graph", "container.js", "--dot", "--json"],
      "It writes one format, and was asked for --dot and --json.",
    ],
    [
      "for a page that cannot be written",
      ["graph", "container.js", "--html", "no/graph.html"],
      "Cannot write no/graph.html: ",
    ],
    ["for tokens that are no list", ["check", "tokens.js"], 'The export "tokens" of tokens.js is no list.'],
  ])("%s", (_, args, said) => {
    using project = new Project({
      "container.js": SOUND,
      "throws.js": 'throw new Error("no settings");',
      "types.ts": "@singleton() export class A { constructor(private b: B) {} }",
      "broken.js": "export const x = {",
      "lacks.js": 'import "./gone.js";',
      "empty.js": "export const x = 1;",
      "list.json": "[]",
      "tokens.js": `${SOUND}; export const tokens = 1;`,
    });
    const { code, out, err } = project.run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(said);
    expect(err).toContain(args[0] === "graph" && args.includes("--html") ? "" : "Fix: ");
  });
});

describe("does not pass for sound where the module", () => {
  test.each([
    ["ends the process", "process.exit(0);"],
    ["never comes to its end", "await new Promise(() => {});"],
    ["throws later", 'setImmediate(() => { throw new Error("late"); }); await new Promise(() => {});'],
    ["rejects what nobody hears", 'void Promise.reject(new Error("late")); await new Promise(() => {});'],
  ])("%s", (_, text) => {
    using project = new Project({ "container.js": text });
    const { code, out, err } = project.run("check", "container.js");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^The process ended before there was an answer\.\nFix: /m);
  });
});

test("a failed import is told with the frames of the user's code alone", () => {
  using project = new Project({ "container.js": 'function start() { throw new Error("no"); }\nstart();' });
  const { err } = project.run("check", "container.js");
  expect(err.split("\n").flatMap((line) => /^ +at (.*)/.exec(line)?.slice(1) ?? [])).toEqual([
    expect.stringMatching(/^start \(.*container\.js:1:/),
    expect.stringMatching(/container\.js:2:1\)?$/),
  ]);
});

describe("a baseline", () => {
  const run = (project: Project, ...more: string[]) =>
    project.run("check", "container.js", "--baseline", "known.json", ...more);
  const known = (project: Project) => JSON.parse(project.read("known.json")).problems as string[];

  test("is written when there is none, and then its problems do not fail", () => {
    using project = new Project({ "container.js": BROKEN });
    expect(run(project, "--update-baseline").code).toBe(0);
    expect(known(project)).toEqual(["unregistered: a -> gone", "unregistered: b -> lost"]);
    expect(run(project)).toMatchObject({
      code: 0,
      out: "container.js: no problems, and 2 known ones in the baseline.\n",
    });
  });

  test("does not cover a new problem, and takes none in", () => {
    using project = new Project({ "container.js": BROKEN });
    run(project, "--update-baseline");
    project.write("container.js", moduleOf({ a: ["gone"], b: ["lost"], c: ["new"] }));
    expect(run(project).code).toBe(1);
    const { code, out } = run(project, "--update-baseline");
    expect([code, out]).toEqual([
      1,
      expect.stringContaining("container.js: 1 problem, and 2 known ones in the baseline."),
    ]);
    expect(known(project)).toHaveLength(2);
  });

  test("is to be made shorter when a problem is gone, and then stays so", () => {
    using project = new Project({ "container.js": BROKEN });
    run(project, "--update-baseline");
    project.write("container.js", moduleOf({ a: ["gone"], b: [] }));
    const { code, out } = run(project);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining(
        "A known problem is gone:\n  unregistered: b -> lost\nFix: take it out of known.json, with --update-baseline.",
      ),
    ]);
    expect(run(project, "--update-baseline").code).toBe(0);
    expect(known(project)).toEqual(["unregistered: a -> gone"]);
    project.write("container.js", BROKEN);
    expect(run(project).code).toBe(1);
  });

  test("knows each of two problems with one name", () => {
    const twice = moduleOf({ a: ["gone", "gone"] });
    using project = new Project({ "container.js": moduleOf({ a: ["gone"] }) });
    run(project, "--update-baseline");
    project.write("container.js", twice);
    expect(run(project).code).toBe(1);
  });
});

test("says how it is called", () => {
  using project = new Project({});
  for (const args of [[], ["--help"], ["check", "--help"], ["graph", "-h"]])
    expect(project.run(...args)).toMatchObject({
      code: 0,
      out: expect.stringContaining("ambit check <module>"),
      err: "",
    });
});

test("says of which version it is", () => {
  using project = new Project({});
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(project.run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
});

describe("graph writes", () => {
  test.each([
    ["a flow chart", [], "flowchart LR\n"],
    ["for Graphviz", ["--dot"], "digraph ambit {\n"],
    ["JSON", ["--json"], '{\n  "nodes": [\n'],
    ["a page", ["--html", "graph.html"], "Wrote graph.html: 2 nodes, 1 edge, 0 problems.\n"],
  ])("%s", (_, args, begins) => {
    using project = new Project({ "container.js": SOUND });
    const { code, out } = project.run("graph", "container.js", ...args);
    expect([code, out.slice(0, begins.length)]).toEqual([0, begins]);
  });
});
