/** Random programs of nested scopes and disposables: one owner, disposed once, newest first, nothing left, all failures told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SEED } from "../support/random.js";
import { type Step, type Thing, World } from "./disposal-world.js";

const thing: fc.Arbitrary<Thing> = fc.record({
  lifetime: fc.constantFrom("context", "context", "transient", "transient", "resolution", "singleton"),
  provider: fc.constantFrom("class", "factory", "generator", "async factory", "async generator"),
  failsOnce: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  end: fc.constantFrom("nothing", "returns", "waits", "waits", "throws", "rejects"),
  falsy: fc.constantFrom<Thing["falsy"][]>(undefined, null, 0, "", false),
  needs: fc.array(fc.nat(4), { maxLength: 2 }),
});
const things = fc.array(thing, { minLength: 3, maxLength: 6, size: "max" });

const which = fc.nat(11);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("open" as const), parent: fc.option(which, { nil: undefined }) }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom("resolve" as const, "resolve async" as const),
      scope: which,
      thing: which,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("close" as const, "close twice" as const), scope: which }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("defer" as const, "use" as const),
      scope: which,
      end: fc.constantFrom<Thing["end"][]>("returns", "waits", "throws", "rejects"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("release" as const), gate: which }) },
  { weight: 3, arbitrary: fc.constant({ do: "turn" as const }) },
);
const steps = fc.array(step, { maxLength: 40, size: "max" });
const program = fc
  .tuple(steps, fc.option(steps))
  .map(([before, after]): Step[] => [
    { do: "open", parent: undefined },
    ...before,
    ...(after === null ? [] : [{ do: "dispose" as const }, ...after]),
  ]);

// A failure prints the shortest program that shows it, too.
test(`random programs agree with the model (AMBIT_SEED=${SEED})`, { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(things, program, async (all, played) => {
    expect(await new World(all).play(played)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 2_000, seed: SEED });
});
