import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// AMBIT_DIST=1 runs the same suite against the built package, which is what other Node lines test.
const built = process.env.AMBIT_DIST === "1";
// TEST_RESULTS names a folder for the totals of every run: see scripts/results.js.
const results = process.env.TEST_RESULTS;

const root = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sourceOf = (output: string): string => output.replace("./dist/", "./src/").replace(/\.js$/, ".ts");

/** "ambit", "ambit/koa" and every other name that package.json exports. */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(root("./package.json"), "utf8"));
  const modules = Object.entries<{ default?: string }>(exports).filter(([, target]) => target.default);
  return modules.map(([subpath, { default: output = "" }]) => ({
    find: new RegExp(`^ambit${subpath.slice(1)}$`),
    replacement: root(built ? output : sourceOf(output)),
  }));
}

/** What a browser makes of a page, a compiler of types and a test runner of the documents' tests. */
const SAME_ON_EVERY_LINE = [
  "**/page.test.ts",
  "package/types.test.ts",
  "docs/code-blocks.test.ts",
  "docs/runners.test.ts",
].map((path) => `test/${path}`);

/** What starts programs takes longest, and would be left alone at the end if it came last. */
const SLOW = ["examples", "package", "interleavings", "docs", "adapters/pools"].map((path) => root(`./test/${path}/`));

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isFast = ({ moduleId }: TestSpecification) => Number(!SLOW.some((path) => moduleId.startsWith(path)));
    return (await super.sort(files)).sort((one, other) => isFast(one) - isFast(other));
  }
}

export default defineConfig({
  resolve: {
    alias: [
      ...entryPoints(),
      // Tests of inner parts import "#src/…", so that they too run against the build.
      { find: /^#src\/(.*)\.js$/, replacement: built ? root("./dist/$1.js") : root("./src/$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(built ? SAME_ON_EVERY_LINE : [])],
    // The build is loaded by Node itself, as users load it.
    server: { deps: { external: built ? [/\/dist\//] : [] } },
    setupFiles: ["test/support/strict.ts", "test/support/own-code.ts"],
    sequence: { sequencer: SlowFirst },
    // All cores: half of the time is spent waiting for programs that tests have started.
    maxWorkers: "100%",
    // A busy machine with two cores starts processes, compilers and a database in its tests.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: results ? ["default", "json"] : ["default"],
    outputFile: { json: `${results}/${built ? "dist" : "src"} on Node ${process.version}.json` },
  },
});
