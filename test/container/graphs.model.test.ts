/** Random graphs of random lifetimes: who shares with whom in how many scopes and containers, and what is refused. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SEED } from "../support/random.js";
import type { Spec } from "./model.js";
import { LIFETIMES, World } from "./world.js";

const TOKENS = ["a", "b", "c", "d", "e", "f", "g"];

/** What the token of this number may be: it depends on earlier ones only, so that there are no circles. */
function specOf(index: number, kinds: readonly Spec["kind"][]): fc.Arbitrary<Spec> {
  const dep = index === 0 ? fc.constant("a") : fc.constantFrom(...TOKENS.slice(0, index));
  const options = fc.constantFrom(...LIFETIMES);
  return fc.constantFrom(...kinds).chain((kind) => {
    const deps = index === 0 ? fc.constant([]) : fc.array(dep, { maxLength: 3 });
    const isAlias = kind === "alias" && index > 0;
    return fc.record({
      kind: fc.constant(isAlias || kind !== "alias" ? kind : "class"),
      options,
      deps: isAlias ? fc.array(dep, { minLength: 1, maxLength: 1 }) : deps,
    });
  });
}

const graphOf = (kinds: readonly Spec["kind"][]) => fc.tuple(...TOKENS.map((_, index) => specOf(index, kinds)));
const aToken = fc.constantFrom(...TOKENS);
const someScopes = fc.array(
  fc.record({ at: fc.nat(1), inside: fc.nat(5), name: fc.constantFrom(undefined, undefined, "job") }),
  { minLength: 1, maxLength: 4 },
);
const someAsks = fc.array(fc.record({ at: fc.nat(1), inside: fc.nat(5), token: aToken, ofScope: fc.boolean() }), {
  minLength: 1,
  maxLength: 25,
});

/** Drives real and model containers through the same graph, scopes and questions; gives how often was refused. */
async function drive(
  graph: readonly Spec[],
  again: readonly (Spec | undefined)[],
  scopes: readonly { at: number; inside: number; name: string | undefined }[],
  asks: readonly { at: number; inside: number; token: string; ofScope: boolean }[],
): Promise<World> {
  const world = new World();
  world.openChild(0);
  for (const [index, spec] of graph.entries()) world.register(0, TOKENS[index], spec);
  for (const [index, spec] of again.entries()) if (spec !== undefined) world.register(1, TOKENS[index], spec);
  for (const { at, inside, name } of scopes) world.openScope(at, inside, name);
  for (const { at, inside, token, ofScope } of asks) {
    if (ofScope) world.askScope(inside, token);
    else world.askContainer(at, inside, token);
  }
  await world.end();
  return world;
}

const kinds: [name: string, kinds: readonly Spec["kind"][], numRuns: number][] = [
  ["classes", ["class"], 700],
  ["classes, factories and aliases", ["class", "factory", "alias"], 700],
  ["factories that ask", ["asking factory"], 500],
  ["everything", ["class", "factory", "asking factory", "alias"], 1000],
];

// A failure prints the smallest graph that shows it, too.
test.each(kinds)(
  `%s: shared, refused and disposed as the model says (AMBIT_SEED=${SEED})`,
  { timeout: 120_000 },
  async (_, of, numRuns) => {
    const outcomes = { given: 0, refused: 0 };
    const none = fc.constant(TOKENS.map(() => undefined));
    const again = fc.oneof(
      none,
      fc.tuple(...TOKENS.map((_token, index) => fc.option(specOf(index, of), { nil: undefined }))),
    );
    const property = fc.asyncProperty(graphOf(of), again, someScopes, someAsks, async (graph, anew, scopes, asks) => {
      const world = await drive(graph, anew, scopes, asks);
      outcomes.given += world.outcomes.given;
      outcomes.refused += world.outcomes.refused;
    });
    await fc.assert(property, { numRuns, seed: SEED });
    // Neither is rare, or this would show little.
    expect([outcomes.given > numRuns, outcomes.refused > numRuns]).toEqual([true, true]);
  },
);
