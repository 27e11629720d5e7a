/** The tests that a mutant has to pass: those of the layers, without the slow ones. */
import { configDefaults, defineConfig } from "vitest/config";
import base from "../../vitest.config.js";

const SLOW = [
  "**/*.model.test.ts",
  "**/*.property.test.ts",
  "test/context/retention.test.ts",
  "test/promises/14-no-retention.test.ts",
  "test/scope/deep-nesting.test.ts",
];
/** Compares lines of the sources, which are not what they were once Stryker has been there. */
const READS_SOURCES = ["test/promises/mutations.test.ts"];

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/{context,scope,container,promises,decorators}/**/*.test.ts", "test/errors.test.ts"],
    exclude: [...configDefaults.exclude, ...SLOW, ...READS_SOURCES],
    // Loading the sources anew for each file takes most of a mutant's time. No test that is left needs it.
    isolate: false,
    // A mutant that never answers is seen sooner.
    testTimeout: 10_000,
  },
});
