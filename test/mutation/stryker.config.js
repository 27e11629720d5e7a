/** `npm run mutate`: see README.md. */
export default {
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  // Of `container`, which takes 40 minutes, neither texts nor what runs when a module is loaded: they tell least.
  mutator: { excludedMutations: process.env.LAYER === "container" ? ["StringLiteral"] : [] },
  ignoreStatic: process.env.LAYER === "container",
  mutate: [`src/${process.env.LAYER ?? "{context,scope,registry,plan,resolve,container}"}/**/*.ts`],
  // What is copied before it is broken.
  ignorePatterns: [
    "*",
    "!src/**",
    "!test/**",
    "test/mutation/node_modules",
    "!package.json",
    "!tsconfig.json",
    "!vitest.config.ts",
  ],
  tempDirName: ".tmp/stryker",
  // Stryker would rewrite the tsconfig with the API of TypeScript, which version 7 does not have.
  tsconfigFile: "none",
  concurrency: 2,
  reporters: ["clear-text", "json", "html", "dots"],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: ".cache/mutation/report.json" },
  htmlReporter: { fileName: ".cache/mutation/report.html" },
};
