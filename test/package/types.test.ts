/** The types of the built package, in programs that check those of their dependencies too. Needs a build. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/repository.js";

test("the types of every entry point are sound", () => {
  const names = ["", "/context", "/koa", "/http", "/express", "/fastify", "/hono", "/worker", "/threads", "/testing"];
  expect(errorsIn(names.map((name) => `import "ambit${name}";`).join(" "))).toBe("");
});

test("no type is taken from Node's that is not there in all of @types/node 20 to 26", () => {
  const dist = join(ROOT, "dist");
  const declarations = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".d.ts"),
  );
  const taking = (path: string) =>
    /TransferListItem\b[^;]* from "node:worker_threads"/.test(readFileSync(join(dist, path), "utf8"));
  expect(declarations).toContain(join("thread", "ports.d.ts"));
  expect(declarations.filter(taking)).toEqual([]);
});

test("a container can be extended, and given to who wants one of tsyringe", () => {
  const program = `
    import { Container, type DependencyContainer, type InjectionToken } from "ambit";
    import type { DependencyContainer as TsyringeContainer } from "tsyringe";
    class Counting extends Container {
      asked = 0;
      override resolve<T>(token: InjectionToken<T>): T {
        this.asked++;
        return super.resolve(token);
      }
    }
    export const ours: DependencyContainer = new Counting().register("a", { useValue: 1 });
    export const theirs: TsyringeContainer = new Counting();`;
  expect(errorsIn(program)).toBe("");
});

test("a double of a container has the methods that are documented, and no others", () => {
  const documented = `
    register registerType registerInstance registerSingleton isRegistered reset clearInstances
    beforeResolution afterResolution resolve resolveAsync resolveAll tryResolve createChildContainer
    runInScope runInScopeSync createScope enterScope dispose [Symbol.asyncDispose]`;
  const methods = documented.trim().split(/\s+/);
  const program = `
    import type { DependencyContainer } from "ambit";
    export class Double implements DependencyContainer {
      ${methods.map((name) => `${name}(..._: unknown[]): any {}`).join("\n")}
    }`;
  expect(errorsIn(program)).toBe("");
});

test("a container tells of itself, in types that are exported", () => {
  const program = `
    import { type Container, type Explanation, type Graph, type GraphNode, type Problem, token } from "ambit";
    declare const container: Container;
    class Service {}
    export const problems: Problem[] = container.diagnose(Service, "name", token<number>("port"));
    export const graph: Graph = container.recordEdges().graph();
    export const nodes: readonly GraphNode[] = graph.nodes;
    export const told: Explanation = container.explain(Service);
    export const nothing: void = container.validate();
    // @ts-expect-error A number is no token.
    container.explain(1);
    // @ts-expect-error What was seen is not changed.
    graph.nodes.push(nodes[0]);`;
  expect(errorsIn(program)).toBe("");
});

/** What tsc has to say about a program, and about all the types that it leads to. */
function errorsIn(program: string): string {
  const folder = temporaryFolder();
  try {
    const file = join(folder, "program.ts");
    writeFileSync(file, program);
    const language = ["--target", "es2022", "--module", "nodenext", "--lib", "es2023,esnext.disposable"];
    const checks = ["--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--types", "node"];
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const args = [compiler, "--ignoreConfig", "--noEmit", ...language, ...checks, file];
    return spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
