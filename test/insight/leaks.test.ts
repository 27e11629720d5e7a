/** What `container.leaks()` reports, with collections that are forced. */
import { Container, inject, Lifecycle } from "ambit";
import { expect, test } from "vitest";
import { collectGarbage } from "../support/gc.js";

const { ContextScoped } = Lifecycle;
const perScope = { lifecycle: ContextScoped } as const;

class Session {
  readonly #rows = [1];
  get rows() {
    return this.#rows.length;
  }
  /** An escape that the guard cannot see. */
  itself(): { session: Session } {
    return { session: this };
  }
}

class Service {
  constructor(@inject(Session) readonly session: Session) {}
}

function guarded(): Container {
  return new Container({ guard: true }).register(Session, Session, perScope).register(Service, Service, perScope);
}

/** Two full collections since the last scope closed, and their callbacks. */
async function collected(): Promise<void> {
  for (let n = 0; n < 3; n++) await collectGarbage();
}

test("instances that are reachable after their scope are reported, by what they are and where it was opened", async () => {
  const container = guarded();
  const kept: object[] = [];
  const handle = (origin: string) =>
    container.runInScope({ origin }, () => void kept.push(container.resolve(Service).session));
  for (let n = 0; n < 3; n++) await handle("GET /a");
  await handle("GET /b");
  await collected();
  expect(container.leaks().outlived).toEqual([
    {
      name: "Session",
      className: "Session",
      openedAt: expect.stringMatching(/^for GET \/a, at handle .*leaks\.test/),
      count: 3,
    },
    {
      name: "Session",
      className: "Session",
      openedAt: expect.stringMatching(/^for GET \/b, at handle .*leaks\.test/),
      count: 1,
    },
  ]);
  expect(kept).toHaveLength(4);
});

test("an instance that escaped from inside, past its stand-in, is reported", async () => {
  const container = guarded();
  const { session } = await container.runInScope((scope) => ({ ...scope.resolve(Session).itself() }));
  await collected();
  expect(container.leaks().outlived).toMatchObject([{ className: "Session", count: 1 }]);
  expect(session.rows).toBe(1);
});

test("what nobody keeps is not reported, nor what is of an open scope, nor what no collection has had a chance at", async () => {
  const container = guarded();
  const open = container.createScope();
  const used = open.resolve(Service);
  for (let n = 0; n < 100; n++) await container.runInScope((scope) => void scope.resolve(Service));
  expect(container.leaks().outlived).toEqual([]);
  await collected();
  expect(container.leaks().outlived).toEqual([]);
  expect(used.session.rows).toBe(1);
  await open.close();
});

test("what a factory gave may live on in its pool: only its stand-in must not", async () => {
  const container = new Container({ guard: true });
  const client = { query: () => "rows" };
  container.register("client", { useFactory: () => client }, perScope);
  await container.runInScope((scope) => void scope.resolve("client"));
  const kept = await container.runInScope((scope) => ({ client: scope.resolve("client") }));
  await collected();
  expect(container.leaks().outlived).toMatchObject([{ name: "client", className: "Object", count: 1 }]);
  expect(Object.keys(kept)).toEqual(["client"]);
});

test("10. transients of no scope that are collected undisposed are counted, by class", async () => {
  class Handle {
    dispose() {}
  }
  const container = new Container({ guard: true });
  for (let n = 0; n < 5; n++) container.resolve(Handle);
  const kept = container.resolve(Handle);
  await collected();
  expect(container.leaks().undisposed).toEqual([{ className: "Handle", count: 5 }]);
  await container.dispose();
  expect(kept).toBeInstanceOf(Handle);
});

test("the guard keeps nothing alive of a closed scope", async () => {
  const container = guarded();
  const refs: WeakRef<object>[] = [];
  for (let n = 0; n < 50; n++) {
    await container.runInScope((scope) => {
      const service = scope.resolve(Service);
      refs.push(new WeakRef(service), new WeakRef(service.session), new WeakRef(service.session.itself().session));
    });
  }
  await collected();
  expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
});
