/** The tests that a mutant has to pass: those of the layers, without the slow ones. */
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import base from "../../vitest.config.js";

const SLOW = [
  "**/*model.test.ts",
  "**/*.property.test.ts",
  "test/context/retention.test.ts",
  "test/promises/14-no-retention.test.ts",
  "test/container/depth.test.ts",
  "test/scope/deep-nesting.test.ts",
];

/** In this order, because the first test that fails ends a mutant: those of its own layer, then the promises. */
const FOLDERS = [`/test/${process.env.LAYER}/`, "/test/promises/", "/test/scope/", "/test/container/"];

class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = FOLDERS.findIndex((folder) => moduleId.includes(folder));
  return at < 0 ? FOLDERS.length : at;
}

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "test/{context,scope,container,promises,decorators}/**/*.test.ts",
      "test/errors.test.ts",
      "test/interop/*.test.ts",
      "test/thread/dispose-thread.test.ts",
      "test/compat/{circular,container,decorators,disposable}.test.ts",
    ],
    exclude: [...configDefaults.exclude, ...SLOW],
    sequence: { sequencer: NearestFirst },
    // Loading the sources anew for each file takes most of a mutant's time. No test that is left needs it.
    isolate: false,
    // A mutant that never answers is seen sooner.
    testTimeout: 10_000,
  },
});
