/** Random sequences of register, resolve, children, scopes, clearInstances, reset and ends, against the naive model. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SEED } from "../support/random.js";
import type { Spec } from "./model.js";
import { LIFETIMES, World } from "./world.js";

const TOKENS = ["a", "b", "c", "d", "e"];

const aToken = fc.constantFrom(...TOKENS);
const which = fc.nat(4);

/** A registration of a token that depends on earlier ones only, so that there are no circles. */
const registration = fc.nat(TOKENS.length - 1).chain((index) => {
  const dep = index === 0 ? undefined : fc.constantFrom(...TOKENS.slice(0, index));
  const several = dep === undefined ? fc.constant([]) : fc.array(dep, { maxLength: 3 });
  const one = dep === undefined ? undefined : dep.map((token) => [token]);
  const options = fc.constantFrom(...LIFETIMES);
  const kind = fc.constantFrom<Spec["kind"][]>("class", "factory", "asking factory");
  const made = fc.record({ kind, options, deps: several });
  const alias = one === undefined ? made : fc.record({ kind: fc.constant<Spec["kind"]>("alias"), options, deps: one });
  const spec = fc.oneof({ weight: 4, arbitrary: made }, { weight: 1, arbitrary: alias });
  return fc.record({ do: fc.constant("register" as const), token: fc.constant(TOKENS[index]), spec, at: which });
});

const step = fc.oneof(
  { weight: 6, arbitrary: registration },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant("ask container" as const), at: which, inside: which, token: aToken }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("ask scope" as const), at: which, token: aToken }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("open child" as const), at: which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("open scope" as const),
      at: which,
      inside: which,
      name: fc.constantFrom(undefined, "job"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("close scope" as const, "clear" as const), at: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("reset" as const, "end child" as const), at: which }) },
);

async function take(world: World, next: typeof step extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  switch (next.do) {
    case "register":
      return world.register(next.at, next.token, next.spec);
    case "ask container":
      return world.askContainer(next.at, next.inside, next.token);
    case "ask scope":
      return world.askScope(next.at, next.token);
    case "open child":
      return world.openChild(next.at);
    case "open scope":
      return world.openScope(next.at, next.inside, next.name);
    case "close scope":
      return world.closeScope(next.at);
    case "clear":
      return world.clearInstances(next.at);
    case "reset":
      return world.reset(next.at);
    case "end child":
      return world.endChild(next.at);
  }
}

// A failure prints the shortest sequence that shows it, too.
test(`after every step, the answers and the disposals are the model's (AMBIT_SEED=${SEED})`, {
  timeout: 120_000,
}, async () => {
  const outcomes = { given: 0, refused: 0 };
  const property = fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
    const world = new World();
    for (const next of steps) await take(world, next);
    await world.end();
    outcomes.given += world.outcomes.given;
    outcomes.refused += world.outcomes.refused;
  });
  await fc.assert(property, { numRuns: 2000, seed: SEED });
  expect([outcomes.given > 4000, outcomes.refused > 4000]).toEqual([true, true]);
});
