/** Random programs print the same with tsyringe and with ambit, but for the known differences. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SEED } from "../support/random.js";
import { libraries, resetBoth } from "./libraries.js";
import { type Dependency, RandomWorld, type Registering } from "./random-world.js";

type Lifecycle = Registering["lifecycle"];

const number = fc.nat(20);
const at = fc.nat(5);

/** Without `injectAll` where something is resolution-scoped (8). */
const dependenciesWith = (all: boolean) =>
  fc.array(
    fc.array(
      fc.record<Dependency>({ on: number, all: all ? fc.boolean() : fc.constant(false), optional: fc.boolean() }),
      {
        maxLength: 3,
      },
    ),
    { minLength: 4, maxLength: 4 },
  );

const registering = (lifecycles: readonly Lifecycle[]) =>
  fc.record<Registering>({
    token: number,
    as: fc.constantFrom("class", "class", "factory", "alias", "value"),
    target: number,
    lifecycle: fc.constantFrom(...lifecycles),
  });

type Step = (world: RandomWorld) => void;

const asking: fc.Arbitrary<Step>[] = [
  fc.tuple(at, number).map(
    ([where, token]) =>
      (world) =>
        world.resolve(where, token),
  ),
  fc.tuple(at, number).map(
    ([where, token]) =>
      (world) =>
        world.resolve(where, token),
  ),
  fc.tuple(at, number).map(
    ([where, token]) =>
      (world) =>
        world.resolveAll(where, token),
  ),
  fc.tuple(at, number).map(
    ([where, token]) =>
      (world) =>
        world.isRegistered(where, token),
  ),
];

const intercepting: fc.Arbitrary<Step> = fc
  .tuple(
    at,
    number,
    fc.constantFrom("beforeResolution" as const, "afterResolution" as const),
    fc.constantFrom("Always" as const, "Once" as const),
  )
  .map(
    ([where, token, when, frequency]) =>
      (world) =>
        world.intercept(where, token, when, frequency),
  );

const clearing: fc.Arbitrary<Step> = at.map((where) => (world) => world.clearInstances(where));

/** Never container-scoped: those are copied into children (17). */
const registeringTop = (lifecycles: readonly Lifecycle[]) =>
  fc.tuple(at, registering(lifecycles.filter((lifecycle) => lifecycle !== 3))).map(
    ([where, registration]): Step =>
      (world) =>
        world.registerTop(where, registration),
  );

/** A program: first everything in one container, and then, if it has children, what may happen in any of them. */
function programs(hasChildren: boolean, lifecycles: readonly Lifecycle[]) {
  const register = registering(lifecycles).map(
    (registration): Step =>
      (world) =>
        world.register(registration),
  );
  const top = registeringTop(lifecycles);
  const reset = fc.constant<Step>((world) => world.reset());
  const alone = [register, register, register, top, clearing, reset, ...asking];
  const opening = at.map(
    (where): Step =>
      (world) =>
        world.openChild(where),
  );
  const family = [opening, top, top, intercepting, clearing, ...asking, ...asking];
  return fc.record({
    dependencies: dependenciesWith(!lifecycles.includes(2)),
    first: fc.array(fc.oneof(...alone, ...(hasChildren ? [] : [intercepting])), { maxLength: 40, size: "max" }),
    second: hasChildren ? fc.array(fc.oneof(...family), { maxLength: 40, size: "max" }) : fc.constant<Step[]>([]),
  });
}

// A failure prints the shortest program that shows it, too.
test.each([
  // Nothing resolution-scoped where something longer-lived may hold it (26).
  ["one container", false, [0, 1, 3]],
  ["one container, with ResolutionScoped", false, [0, 2]],
  // Nothing container-scoped where a parent's singleton may hold it (4).
  ["a family of containers, with singletons", true, [0, 1]],
  ["a family of containers, with container-scoped", true, [0, 3]],
  ["a family of containers, with ResolutionScoped", true, [0, 2]],
] as const)(`%s: both print the same (AMBIT_SEED=${SEED})`, { timeout: 120_000 }, (_, hasChildren, lifecycles) => {
  let lines = 0;
  const property = fc.property(programs(hasChildren, lifecycles), ({ dependencies, first, second }) => {
    resetBoth();
    const [theirs, ours] = libraries.map(([, library]) => {
      const world = new RandomWorld(library, dependencies);
      for (const step of [...first, ...(second.length > 0 ? [open] : []), ...second]) step(world);
      return world.printed;
    });
    lines += theirs.length;
    expect(ours).toEqual(theirs);
  });
  fc.assert(property, { numRuns: 500, seed: SEED });
  expect(lines).toBeGreaterThan(2000);
});

const open: Step = (world) => world.openChild(0);
