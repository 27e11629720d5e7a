/** Code of its own for a class that is built often: what tests of other promises would not notice if it were wrong. */
import { Container, Lifecycle, Scope } from "ambit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ownCode } from "#src/plan/own-code.js";

const scoped = { lifecycle: Lifecycle.ContextScoped };
const { after } = ownCode;

describe("with code of its own from the first instance on", () => {
  beforeAll(() => void (ownCode.after = 0));
  afterAll(() => void (ownCode.after = after));

  test("what is built for a constructor that has not run yet is not built once its scope has ended", () => {
    const built: string[] = [];
    class Ends {
      constructor(scope: Scope) {
        built.push("Ends");
        void scope.close();
      }
    }
    class Late {
      constructor() {
        built.push("Late");
      }
    }
    class Both {
      constructor(
        readonly ends: Ends,
        readonly late: Late,
      ) {
        built.push("Both");
      }
    }
    const container = new Container();
    let current: Scope | undefined;
    container.register(Ends, { useFactory: () => new Ends(current as Scope) });
    container.register(Late, Late, scoped);
    container.register(Both, { useClass: Both, deps: [Ends, Late] }, scoped);
    current = container.createScope();
    expect(() => current?.resolve(Both)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_SCOPE_CLOSED" }));
    expect(built).toEqual(["Ends"]);
  });

  test("a transient whose constructor ends its scope is disposed at once, and refused", async () => {
    const container = new Container();
    let ended = 0;
    class Handle {
      constructor(readonly scope: Scope) {
        void scope.close();
      }
      dispose() {
        ended++;
      }
    }
    container.register(Handle, { useClass: Handle, deps: [Scope] });
    const scope = container.createScope();
    expect(() => scope.resolve(Handle)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_SCOPE_CLOSED" }));
    expect(ended).toBe(1);
    await container.dispose();
    expect(ended).toBe(1);
  });

  test("what asks for itself while it is built is a cycle, though it would ask only once", () => {
    const container = new Container();
    let built = 0;
    class Self {
      constructor() {
        if (++built === 1) container.resolve(Self);
      }
    }
    container.register(Self, Self, scoped);
    const resolve = () => container.runInScopeSync((scope) => scope.resolve(Self));
    expect(resolve).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CYCLE" }));
    expect(built).toBe(1);
  });

  test("a class beyond the sixteenth of its app, on a page of slots, is one in a scope and another in the next", () => {
    const container = new Container();
    const types = Array.from({ length: 40 }, () => class {});
    for (const type of types) container.register(type, type, scoped);
    const instancesIn = (scope: Scope) => types.map((type) => scope.resolve(type));
    const [first, second] = [container.createScope(), container.createScope()];
    const [before, others] = [instancesIn(first), instancesIn(second)];
    expect(instancesIn(first).every((instance, index) => instance === before[index])).toBe(true);
    expect(new Set([...before, ...others]).size).toBe(2 * types.length);
    expect(before.every((instance, index) => instance instanceof types[index])).toBe(true);
  });
});

test.skipIf(process.env.AMBIT_OWN_CODE)(
  "a class is given code of its own with its fourth instance: not one that is built once or twice",
  () => {
    const made = vi.spyOn(globalThis, "Function");
    class Service {}
    const container = new Container().register(Service, Service, scoped);
    const codesAfter = Array.from({ length: 6 }, () => {
      container.runInScopeSync((scope) => scope.resolve(Service));
      return made.mock.calls.length;
    });
    made.mockRestore();
    expect(codesAfter).toEqual([0, 0, 0, 2, 2, 2]);
  },
);
