/** Scopes in scopes in scopes: apart from the others, because it takes longer than all of them together. */
import { Container, Lifecycle, type Scope } from "ambit";
import { expect, test } from "vitest";

/** Opens scopes in one another; `visit` is called with each. Gives the outermost and the innermost. */
function nest(container: Container, depth: number, visit: (scope: Scope, level: number) => void): [Scope, Scope] {
  const outermost = container.createScope();
  let innermost = outermost;
  for (let level = 0; level < depth; level++) visit((innermost = container.createScope({ parent: innermost })), level);
  return [outermost, innermost];
}

test("a container closes scopes that are nested more deeply than the call stack goes", async () => {
  const depth = 20_000;
  let ended = 0;
  const container = new Container();
  for (let level = 0, parent: Scope | null = null; level < depth; level++) {
    parent = container.createScope({ parent });
    parent.defer(async () => void ended++);
  }
  await container.dispose();
  expect(ended).toBe(depth);
});

test("a scope closes those that are nested in it more deeply than the call stack goes, the innermost first", async () => {
  const depth = 20_000;
  const ended: number[] = [];
  const container = new Container();
  const [outermost, innermost] = nest(container, depth, (scope, level) => scope.defer(() => void ended.push(level)));
  await outermost.close();
  expect(ended).toEqual(Array.from({ length: depth }, (_, level) => depth - 1 - level));
  expect([outermost.state, innermost.state]).toEqual(["closed", "closed"]);
  await container.dispose();
});

test("so it does where each of them has one inside that was opened later", async () => {
  let ended = 0;
  const container = new Container();
  const [outermost, innermost] = nest(container, 5_000, (scope) => scope.defer(() => void ended++));
  for (let scope: Scope | undefined = innermost; scope !== undefined; scope = scope.parent)
    container.createScope({ parent: scope }).defer(() => void ended++);
  await outermost.close();
  expect(ended).toBe(10_001);
});

test("the failures of scopes that are nested more deeply than the call stack goes are told by each around them", async () => {
  const container = new Container();
  const failure = new Error("of the innermost");
  const [outermost, innermost] = nest(container, 5_000, () => {});
  innermost.defer(() => {
    throw failure;
  });
  await expect(outermost.close()).rejects.toBe(failure);
  await container.dispose();
});

test("the disposers of a hundred scopes in one another have run when close() returns", () => {
  let ended = 0;
  const [outermost] = nest(new Container(), 100, (scope) => scope.defer(() => void ended++));
  void outermost.close();
  expect(ended).toBe(100);
});

test("a scope that is nested more deeply than the call stack goes owns values as any other does", async () => {
  let disposed = 0;
  const value = () => ({ dispose: () => void disposed++ });
  const container = new Container().register("built", { useFactory: value }, { lifecycle: Lifecycle.ContextScoped });
  const [, innermost] = nest(container, 20_000, () => {});
  innermost.use(value());
  innermost.resolve("built");
  await container.dispose();
  expect(disposed).toBe(2);
});
