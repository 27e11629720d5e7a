/** Thousands of random steps in concurrent flows agree with a model that hands Contexts on by hand. */
import { Context } from "ambit/context";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rootCell } from "#src/context/cell.js";
import { NO_VARIABLES } from "#src/context/variables.js";
import { SEED } from "../support/random.js";
import { ModelContext } from "./model.js";
import { type Start, type Step, VARIABLES, World } from "./world.js";

const aVariable = fc.nat(VARIABLES - 1);
const ofItself = fc.constant(-1);

const { script } = fc.letrec<{ script: Step[]; step: Step }>((tie) => ({
  script: fc.array(tie("step"), { maxLength: 20 }),
  step: fc.oneof(
    { depthSize: "medium" },
    fc.record({ do: fc.constant("set"), which: aVariable, value: fc.option(fc.nat(), { nil: undefined }) }),
    fc.record({
      do: fc.constant("reset"),
      which: fc.nat(4),
      by: fc.oneof({ weight: 4, arbitrary: ofItself }, { weight: 1, arbitrary: aVariable }),
      how: fc.constantFrom("sync", "async"),
    }),
    fc.record({ do: fc.constantFrom("pause", "look", "bind", "copy") }),
    fc.record({
      do: fc.constantFrom<Start["do"][]>("call", "fork", "new", "run", "enter"),
      which: fc.nat(2),
      body: tie("script"),
      isAwaited: fc.boolean(),
    }),
  ),
}));

// A failure prints the shortest script that shows it, too.
test(`random flows agree with the model after every step (AMBIT_SEED=${SEED})`, { timeout: 120_000 }, async () => {
  let steps = 0;
  const property = fc.asyncProperty(script, fc.boolean(), fc.infiniteStream(fc.nat()), async (main, inRoot, picks) => {
    const world = new World();
    const flow = () => world.play(main, { context: new ModelContext(), callers: [] });
    try {
      await world.drive(inRoot ? flow() : new Context().run(flow), picks);
    } finally {
      rootCell.vars = NO_VARIABLES;
      steps += world.steps;
    }
  });
  await fc.assert(property, { numRuns: 1000, seed: SEED });
  expect(steps).toBeGreaterThan(10_000);
});
