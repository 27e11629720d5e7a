/** @registry: what it registers in the default container, and when. */
import { container, delay, injectable, Lifecycle, registry, token } from "ambit";
import { expect, test } from "vitest";

class Clock {}

test("registers its providers, of each kind, when the class is defined", () => {
  const [value, made, built, alias] = ["value", "made", "built", "alias"].map((name) => token<unknown>(name));
  @registry([
    { token: value, useValue: "v" },
    { token: made, useFactory: (c) => [c.resolve(value)] },
    { token: built, useClass: Clock },
    { token: alias, useToken: delay(() => Clock) },
  ])
  class Registering {}
  expect(container.resolve(value)).toBe("v");
  expect(container.resolve(made)).toEqual(["v"]);
  expect([container.resolve(built), container.resolve(alias)].every((clock) => clock instanceof Clock)).toBe(true);
  expect(container.isRegistered(Registering)).toBe(false);
});

test("takes options, ambit's lifetimes included", () => {
  const [one, perScope] = [token<Clock>("one"), token<Clock>("per scope")];
  @registry([
    { token: one, useClass: Clock, options: { lifecycle: Lifecycle.Singleton } },
    { token: perScope, useFactory: () => new Clock(), options: { lifecycle: Lifecycle.ContextScoped } },
  ])
  class Registering {}
  expect(new Registering()).toBeInstanceOf(Registering);
  expect(container.resolve(one)).toBe(container.resolve(one));
  container.runInScopeSync((scope) => expect(scope.resolve(perScope)).toBe(scope.resolve(perScope)));
  expect(() => container.resolve(perScope)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }));
});

test("several for one token are all there, in order", () => {
  const plugin = token<string>("plugin");
  registry([
    { token: plugin, useValue: "a" },
    { token: plugin, useValue: "b" },
  ])(class {});
  expect(container.resolveAll(plugin)).toEqual(["a", "b"]);
});

test("leaves the class as it is, and goes with @injectable", () => {
  const name = token<string>("name");
  @injectable()
  @registry([{ token: name, useValue: "orders" }])
  class Service {
    constructor(readonly clock: Clock) {}
  }
  expect(registry()(Service)).toBe(Service);
  expect(container.resolve(Service).clock).toBeInstanceOf(Clock);
});

test("the providers are left as they are", () => {
  const entry = Object.freeze({ token: token<string>("frozen"), useValue: "v", options: undefined as never });
  registry([entry])(class {});
  expect(container.resolve(entry.token)).toBe("v");
});
