/** Promise 10: a transient with a disposer belongs to the owner it was made for. */
import { Container, inject, Lifecycle } from "ambit";
import { expect, test } from "vitest";
import { collectGarbage } from "../support/gc.js";

const { ContextScoped, Singleton } = Lifecycle;

function tracked(): { ended: string[]; Handle: new () => object } {
  const ended: string[] = [];
  let made = 0;
  class Handle {
    readonly name = `handle ${++made}`;
    dispose() {
      ended.push(this.name);
    }
  }
  return { ended, Handle };
}

test("10. one that is made in a scope ends with the scope, newest first", async () => {
  const { ended, Handle } = tracked();
  const container = new Container();
  await container.runInScope((scope) => {
    scope.resolve(Handle);
    container.resolve(Handle);
    expect(ended).toEqual([]);
  });
  expect(ended).toEqual(["handle 2", "handle 1"]);
});

test("10. one that is made for a singleton lives as long as the singleton, whoever asked for that first", async () => {
  const { ended, Handle } = tracked();
  class Cache {
    constructor(@inject(Handle) readonly handle: object) {}
  }
  const container = new Container();
  container.register(Cache, Cache, { lifecycle: Singleton });
  await container.runInScope((scope) => scope.resolve(Cache));
  expect(ended).toEqual([]);
  await container.dispose();
  expect(ended).toEqual(["handle 1"]);
});

test("10. one that is made for an instance of an outer named scope ends with that scope", async () => {
  const { ended, Handle } = tracked();
  class Connection {
    constructor(@inject(Handle) readonly handle: object) {}
  }
  const container = new Container();
  container.register(Connection, Connection, { lifecycle: ContextScoped, scopeName: "connection" });
  await container.runInScope({ name: "connection" }, async () => {
    await container.runInScope({ name: "message" }, () => container.resolve(Connection));
    expect(ended).toEqual([]);
  });
  expect(ended).toEqual(["handle 1"]);
});

test("10. one that is made outside of every scope ends with the container while somebody holds it", async () => {
  const { ended, Handle } = tracked();
  const container = new Container();
  const held = container.resolve(Handle);
  await collectGarbage();
  await container.dispose();
  expect(ended).toEqual(["handle 1"]);
  expect(held).toBeInstanceOf(Handle);
});

test("10. one that is made outside of every scope is not kept alive by the container", async () => {
  const { Handle } = tracked();
  const container = new Container();
  const refs = Array.from({ length: 100 }, () => new WeakRef(container.resolve(Handle)));
  await collectGarbage();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  await container.dispose();
});
